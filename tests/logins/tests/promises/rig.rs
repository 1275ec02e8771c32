//! The rig itself: a machine is as private as the tests need it, and the watch sees what it is there for.

use std::fs;
use std::panic;
use std::path::Path;

use passcode_login_tests::agent::{PROFILE, Token};
use passcode_login_tests::codes;
use passcode_login_tests::daemon::Daemon;
use passcode_login_tests::machine::{PASSWORD, on_a_machine};
use passcode_login_tests::network::{Host, Pair, SERVER};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::run::Run;

#[test]
fn a_machine_sees_nothing_of_the_computer_that_it_runs_on() {
    on_a_machine(|machine| {
        let processes = fs::read_dir("/proc").expect("processes").flatten();
        let processes =
            processes.filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok());
        assert!(processes.count() < 5, "only the machine's own processes");
        let devices = Run::new("ip").args(["-brief", "link"]).output();
        assert!(devices.lines().all(|line| line.starts_with("lo")), "{devices}");
        assert!(
            !Path::new("/root")
                .read_dir()
                .expect("a home")
                .any(|entry| { entry.is_ok_and(|entry| entry.file_name() == ".bashrc") })
        );
        assert_eq!(machine.user("id").arg("-Gn").output(), "otpuser\n");
    });
}

#[test]
fn the_agent_of_a_machine_gives_the_codes_that_its_servers_expect() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        assert_eq!(agent.spent(), 0);
        assert_eq!([agent.code(), agent.code()], codes::hotp(2)[..]);
        assert_eq!(agent.spent(), 2);
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn two_hosts_reach_each_other_and_nobody_else_reaches_them() {
    on_a_machine(|machine| {
        Pair::make();
        let listen = format!("TCP-LISTEN:7777,bind={SERVER},fork");
        let greet = Host::Server.root("socat").args([&listen, "EXEC:echo reached"]);
        let mut server = Daemon::start("socat", greet, &machine.folder("greeter").join("log"));
        server.wait_for_port(7777);
        let connect = ["-u", &format!("TCP:{SERVER}:7777,connect-timeout=5"), "-"];
        assert_eq!(Host::Client.root("socat").args(connect).output(), "reached\n");
        assert_eq!(Host::Machine.root("socat").args(connect).end().out, "");
    });
}

/// What the watch says about `leak`, or nothing.
fn caught(leak: impl FnOnce()) -> String {
    let watch = SecretWatch::start();
    leak();
    let watched = panic::catch_unwind(panic::AssertUnwindSafe(|| watch.finish(&[])));
    let said = watched.err().and_then(|said| said.downcast::<String>().ok());
    said.map(|said| *said).unwrap_or_default()
}

#[test]
fn the_watch_sees_secrets_in_arguments_environments_and_files_and_nothing_else() {
    on_a_machine(|machine| {
        let code = codes::hotp(1).remove(0);
        let sleep = || machine.user("sleep").arg("0.3");
        let argument = caught(|| drop(machine.user("sh").args(["-c", "sleep 0.3", &code]).end()));
        assert!(argument.contains("cmdline"), "{argument}");
        let joined = format!("{PASSWORD}{code}");
        let variable = caught(|| drop(sleep().env("ANSWER", &joined).end()));
        assert!(variable.contains("environ"), "{variable}");
        let file = Path::new("/home/otpuser/left");
        let left = caught(|| fs::write(file, format!("code: {code}\n")).expect("a file"));
        assert!(left.contains("/home/otpuser/left"), "{left}");
        fs::remove_file(file).expect("a file");
        let longer = format!("{code}0");
        assert_eq!(caught(|| drop(sleep().env("NUMBER", longer).end())), "");
        let moment = format!("2026-11-24T18:50:31.{code}Z");
        assert_eq!(caught(|| drop(sleep().env("MOMENT", moment).end())), "");
        let agent = machine.agent(Token::Hotp);
        assert_eq!(caught(|| drop(agent.passcode(&["get", PROFILE]).end())), "");
    });
}
