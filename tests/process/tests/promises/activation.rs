//! systemd's socket activation: the first client starts the agent, and the socket stays systemd's.

use std::fs;
use std::os::unix::fs::MetadataExt;

use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::run::Run;
use passcode_process_tests::{programs, site, tools, wait, watchdog};

fn activate(home: &Home, listen: &[&str]) -> Run {
    tools::need("systemd-socket-activate", "systemd");
    let variable = format!("--setenv=PASSCODE_HOME={}", home.path().display());
    Run::new("systemd-socket-activate").args(listen).arg(variable).arg(programs::passcoded())
}

#[test]
fn the_first_client_starts_the_agent_and_the_socket_stays_as_it_was() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let socket = home.socket();
    let listen = format!("--listen={}", socket.display());
    let activated = activate(&home, &[&listen]).start();
    wait::until("systemd's socket", || socket.exists().then_some(()));
    site::chmod(&socket, 0o600);
    let before = fs::metadata(&socket).unwrap();

    assert_eq!(home.pair("work", &hotp_key()), "755224");
    let status = home.status().unwrap();
    assert_eq!(status.pid, activated.pid(), "it is the one that systemd started");
    assert_eq!(status.socket, socket.to_str().unwrap());
    assert_eq!(home.print(&["get"]), "287082");

    home.print(&["lock"]);
    home.client().and_then(|mut agent| agent.call(passcode_proto::request::Quit {})).unwrap();
    let ended = activated.end();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let after = fs::metadata(&socket).expect("the socket is systemd's to remove");
    assert_eq!((after.ino(), after.mode()), (before.ino(), before.mode()));
}

#[test]
fn what_systemd_hands_over_must_be_one_listening_unix_socket() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let two = [home.socket(), home.file("second.sock")];
    let listen = two.each_ref().map(|socket| format!("--listen={}", socket.display()));
    let activated = activate(&home, &[&listen[0], &listen[1]]).start();
    wait::until("systemd's sockets", || two[1].exists().then_some(()));
    let _caller = wait::until("a way in", || std::os::unix::net::UnixStream::connect(&two[0]).ok());
    let ended = activated.end();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("did not hand over one listening Unix"), "{}", ended.err);
}
