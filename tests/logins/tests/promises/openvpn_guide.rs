//! What `docs/guides/openvpn.md` shows does what it says: every block, with the addresses and names of a test.

use std::fs;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::daemon::Daemon;
use passcode_login_tests::guide;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine, write};
use passcode_login_tests::openvpn::{Client, Mode, OpenVpn, PORT};

/// A block with the server and the user of the test in the place of the guide's.
fn block(name: &str) -> String {
    let remote = ["remote vpn.example.org 1194", &format!("remote 127.0.0.1 {PORT}")];
    let block = guide::block("openvpn.md", name).replace(remote[0], remote[1]);
    block.replace("vpn.example.org", "localhost").replace("alice", USER)
}

/// The configuration of the guide, where the guide's command finds it, with `more` lines.
fn configure(server: &OpenVpn, more: &str) {
    fs::create_dir("/etc/vpn").expect("a folder for the authority");
    fs::copy(server.certificate(), "/etc/vpn/ca.pem").expect("a certificate");
    write("/home/otpuser/work.ovpn", format!("{}{more}", block("openvpn-static")));
    write("/etc/sudoers.d/otpuser", format!("{USER} ALL=(ALL) NOPASSWD: ALL\n"));
}

fn store_password(agent: &Agent<'_>) {
    let command = block("openvpn-password");
    agent.client("sh").args(["-c", &command]).input(format!("{PASSWORD}\n")).output();
}

/// Runs a command of the guide until it is connected, and ends it.
fn connects(agent: &Agent<'_>, command: &str) {
    let client = Client::by_command(agent, "client", command, "");
    client.wait_for_connection(1);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_server_and_a_client_by_the_guide_come_together() {
    on_a_machine(|machine| {
        write("/etc/pam.d/openvpn", block("openvpn-pam"));
        let agent = machine.agent(Token::Hotp);
        let lines = block("openvpn-server");
        let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
        let server = OpenVpn::start_with(&machine, &lines.replace("x86_64-linux-gnu", &triplet));
        configure(&server, "");
        store_password(&agent);
        connects(&agent, &block("openvpn-start"));
        assert_eq!(agent.spent(), 1);
    });
}

#[test]
fn the_lines_for_a_challenge_in_the_middle_bring_it() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let server = OpenVpn::start(&machine, Mode::Deferred);
        configure(&server, "");
        let plain = block("openvpn-static").replace("static-challenge", "#");
        write("/home/otpuser/work.ovpn", format!("{plain}{}", block("openvpn-deferred")));
        store_password(&agent);
        connects(&agent, &block("openvpn-start"));
        assert_eq!(agent.spent(), 1);
    });
}

#[test]
fn the_command_for_both_in_one_field_does_that() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let server = OpenVpn::start(&machine, Mode::Joined);
        configure(&server, "");
        let plain = block("openvpn-static").replace("static-challenge", "#");
        write("/home/otpuser/work.ovpn", plain);
        store_password(&agent);
        connects(&agent, &block("openvpn-joined"));
        assert_eq!(agent.spent(), 1);
    });
}

/// An OpenVPN of root's, as the system starts it.
fn service(machine: &Machine) -> Daemon {
    fs::create_dir("/run/openvpn").expect("a folder for the socket");
    let run = machine.root("openvpn").args(["--config", "/home/otpuser/work.ovpn"]);
    let mut service = Daemon::start("openvpn", run, &machine.folder("service").join("log"));
    service.wait_for_log("Need hold release");
    service
}

#[test]
fn a_service_by_the_guide_is_answered_for() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let server = OpenVpn::start(&machine, Mode::Static);
        // So that it says when it waits.
        configure(&server, &format!("{}verb 3\n", block("openvpn-management")));
        store_password(&agent);
        let mut service = service(&machine);
        connects(&agent, &block("openvpn-attach"));
        let unit = block("openvpn-unit");
        let mut lines = unit.lines();
        let start = lines.find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
        let client = Client::by_command(&agent, "unit", start, "");
        client.wait_for_connection(1);
        service.stop();
        assert_eq!((client.end(), agent.spent()), (Some(0), 1));
    });
}
