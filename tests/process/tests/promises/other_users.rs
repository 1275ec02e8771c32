//! Other users get nothing, the administrator included; and our clients talk to nobody else's agent. What refuses is
//! the check of who is at the other end: permissions are opened wide to prove it.

use std::fs;
use std::path::Path;

use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::others::{OtherHome, administrator, as_other};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::{programs, site, tools, wait, watchdog};
use serde_json::Value;

/// What an agent says to whoever runs `start` and connects.
fn connect(start: Run, socket: &Path) -> Ended {
    tools::need("socat", "socat");
    let address = format!("UNIX-CONNECT:{}", socket.display());
    start.args(["socat", "-u"]).arg(address).arg("-").end()
}

/// The failure that an agent answers to another user.
fn assert_forbidden(answered: &Ended) {
    let answer: Value = serde_json::from_str(&answered.out)
        .unwrap_or_else(|_| panic!("no answer: {}{}", answered.out, answered.err));
    assert_eq!(answer["error"]["data"]["code"], "forbidden", "{answer}");
    assert_eq!(answered.out.lines().count(), 1, "and then the connection was closed");
}

/// The command line of another user for our instance.
fn others_passcode(home: &Home, arguments: &[&str]) -> Ended {
    let variable = format!("PASSCODE_HOME={}", home.path().display());
    let program = programs::for_every_user().join("passcode");
    as_other("env").arg(variable).arg(program).args(arguments).end()
}

#[test]
fn another_user_cannot_connect_list_or_read_the_vault() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    for command in [&["status"][..], &["list"], &["get", "work"], &["agent", "stop"]] {
        let refused = others_passcode(&home, command);
        assert_eq!((refused.status, refused.out.as_str()), (Some(3), ""), "{command:?}");
    }
    let connected = connect(as_other("env"), &home.socket());
    assert!(connected.err.contains("Permission denied"), "{}", connected.err);
    // Even where the folder lets everyone pass.
    site::chmod(home.path(), 0o755);
    for file in ["vault.db", "vault.db-wal", "vault.key", "passcoded.log"] {
        assert!(home.file(file).exists(), "{file}");
        let read = as_other("cat").arg(home.file(file)).end();
        assert_eq!(read.out, "", "{file}");
        assert!(read.err.contains("Permission denied"), "{file}: {}", read.err);
    }
    assert_eq!(home.print(&["get"]), "287082", "and no counter was spent");
}

#[test]
fn another_user_is_refused_by_who_it_is_where_every_permission_is_open() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    site::chmod(home.path(), 0o777);
    site::chmod(&home.socket(), 0o777);
    assert_forbidden(&connect(as_other("env"), &home.socket()));
    for command in [&["status"][..], &["list"], &["get", "work"], &["agent", "stop"]] {
        let refused = others_passcode(&home, command);
        assert_eq!((refused.status, refused.out.as_str()), (Some(5), ""), "{}", refused.err);
        assert!(refused.err.contains("belongs to another user"), "{}", refused.err);
    }
    assert!(home.log().contains("a program of another user was refused"), "{}", home.log());
    assert_eq!(home.print(&["get"]), "287082", "its owner is served on");
}

#[test]
fn the_administrator_is_refused_too() {
    let _watchdog = watchdog::watch();
    let home = OtherHome::new();
    home.start();
    let pair = home.passcode(&["pair", "-", "--name", "work"]).input(hotp_key()).end();
    assert_eq!(pair.out, "755224\n", "{}", pair.err);
    assert_forbidden(&connect(administrator(), &home.file("agent.sock")));
    let variable = format!("PASSCODE_HOME={}", home.path().display());
    let program = programs::for_every_user().join("passcode");
    let get = administrator().arg("env").arg(variable).arg(program).args(["get", "work"]).end();
    assert_eq!((get.status, get.out.as_str()), (Some(5), ""), "{}", get.err);
    assert_eq!(home.passcode(&["get", "work"]).output(), "287082\n", "no counter was spent");
}

#[test]
fn a_client_says_nothing_to_the_agent_of_another_user() {
    let _watchdog = watchdog::watch();
    tools::need("socat", "socat");
    let (home, other) = (Home::new(), OtherHome::new());
    other.chmod("0777", "");
    let (socket, heard) = (other.file("agent.sock"), other.file("heard"));
    // Whoever connects to this impostor is recorded, and gets nothing but silence.
    let impostor = as_other("socat")
        .args(["-u", &format!("UNIX-LISTEN:{},fork,perm=0777", socket.display())])
        .arg(format!("OPEN:{},creat,append", heard.display()))
        .start();
    wait::until("the impostor", || socket.exists().then_some(()));
    let pair = home.passcode(&["pair", "-"]).input(hotp_key());
    let pair = pair.env("PASSCODE_SOCKET", &socket).end();
    assert_eq!((pair.status, pair.out.as_str()), (Some(5), ""), "{}", pair.err);
    assert!(pair.err.contains("belongs to another user"), "{}", pair.err);
    let got = home.passcode(&["get"]).env("PASSCODE_SOCKET", &socket).end();
    assert_eq!(got.status, Some(5), "{}", got.err);
    drop(impostor);
    assert_eq!(fs::read(&heard).unwrap_or_default(), b"", "not one byte was sent");
}
