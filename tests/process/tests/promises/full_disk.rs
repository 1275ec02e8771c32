//! A full disk costs no counter and no time-based code.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use passcode_process_tests::home::{Home, hotp_key, totp_key};
use passcode_process_tests::run::Running;
use passcode_process_tests::{programs, tools, wait, watchdog};

/// An agent whose data lies on a file system of 1 MiB that only it can see; its socket is where we can reach it.
struct Cramped {
    home: Home,
    agent: Running,
}

impl Cramped {
    fn start() -> Self {
        let home = Home::new();
        let disk = home.path().display();
        let mount = format!(
            "mkdir '{disk}/disk' && mount -t tmpfs -o size=1m,mode=0700 none '{disk}/disk' && cp '{disk}/config.toml' '{disk}/disk'"
        );
        let agent = tools::in_own_mounts(&mount, &programs::passcoded())
            .env("PASSCODE_HOME", home.file("disk"))
            .env("PASSCODE_SOCKET", home.socket())
            .start();
        wait::until("the agent", || home.status().ok());
        Self { home, agent }
    }

    /// The disk, as the agent sees it.
    fn disk(&self) -> PathBuf {
        let inside = self.home.file("disk");
        let inside = inside.strip_prefix("/").expect("an absolute path");
        let pid = self.home.status().expect("an agent").pid;
        Path::new("/proc").join(pid.to_string()).join("root").join(inside)
    }

    /// Fills the disk to its last byte.
    fn fill(&self) -> PathBuf {
        let path = self.disk().join("ballast");
        let mut ballast = File::create(&path).expect("a file");
        for chunk in [4096, 1] {
            let full = loop {
                if let Err(error) = ballast.write_all(&vec![7; chunk]) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull);
        }
        path
    }

    /// Asks for a counter-based code: the code, or the failure's code.
    fn spend(&self) -> Result<String, String> {
        let get = self.home.run(&["get", "work", "--json"]);
        let answer: serde_json::Value = serde_json::from_str(&get.out).expect("an answer");
        match get.status {
            Some(0) => Ok(answer["code"].as_str().expect("a code").to_owned()),
            _ => Err(answer["error"]["code"].as_str().expect("a failure").to_owned()),
        }
    }
}

#[test]
fn a_full_disk_refuses_counters_serves_time_based_codes_and_loses_nothing() {
    let _watchdog = watchdog::watch();
    let cramped = Cramped::start();
    let home = &cramped.home;
    assert_eq!(home.pair("work", &hotp_key()), "755224");
    home.pair("time", &totp_key());
    assert_eq!(cramped.spend(), Ok("287082".to_owned()));

    let ballast = cramped.fill();
    // What is free in SQLite's own files may hold a few more; each that was given counts.
    let expected = passcode_process_tests::oathtool::hotp(b"12345678901234567890", 6, 2, 1000);
    let mut given = 0;
    let refused = loop {
        match cramped.spend() {
            Ok(code) => {
                assert_eq!(code, expected[given]);
                given += 1;
            }
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, "store_failed");
    assert_eq!(cramped.spend(), Err(refused), "and again");
    let said = home.run(&["get", "work"]);
    assert_eq!(said.status, Some(1));
    assert!(said.err.contains("disk"), "{}", said.err);
    for _ in 0..3 {
        assert_eq!(home.print(&["get", "time"]).len(), 6, "time-based codes need no disk");
    }
    let pair = home.passcode(&["pair", "-", "--name", "new"]).input(totp_key()).end();
    assert_eq!((pair.status, pair.out.as_str()), (Some(1), ""), "{}", pair.err);
    assert!(!home.print(&["list"]).contains("new"), "nothing is half paired");

    fs::remove_file(ballast).unwrap();
    for code in &expected[given..given + 3] {
        assert_eq!(cramped.spend().as_ref(), Ok(code), "the next counter, and none was lost");
    }
    home.pair("new", &totp_key());
    home.print(&["agent", "stop"]);
    assert_eq!(cramped.agent.end().status, Some(0));
}
