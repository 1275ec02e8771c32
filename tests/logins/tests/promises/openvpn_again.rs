//! `passcode openvpn` stays: OpenVPN that logs in again, for whatever reason, gets a code that nobody has had.

use std::path::Path;

use passcode_login_tests::agent::{Agent, Token};
use passcode_login_tests::machine::{PASSWORD, USER, on_a_machine};
use passcode_login_tests::openvpn::{self, Client, Mode, OpenVpn};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_process_tests::processes::{self, Signal};

fn client(agent: &Agent<'_>, configuration: &Path, options: &[&str]) -> Client {
    let path = configuration.display().to_string();
    let arguments: Vec<&str> =
        ["--user", USER, &path].into_iter().chain(options.iter().copied()).collect();
    Client::start(agent, "client", &arguments, &format!("{PASSWORD}\n"))
}

#[test]
fn a_renegotiation_gets_a_fresh_code_and_the_connection_stays() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        let client = client(&agent, &server.client(""), &["--", "--reneg-sec", "5"]);
        client.wait_for("two renegotiations", || server.let_in() >= 3);
        let log = client.log();
        assert_eq!(client.connected(), 1, "{log}");
        assert!(!log.contains("lost") && agent.spent() >= 3, "{log}");
        assert_eq!(client.stop(), Some(0));
        watch.finish(&[&log]);
    });
}

#[test]
fn a_renegotiation_with_a_challenge_in_the_middle_gets_a_fresh_code() {
    on_a_machine(|machine| {
        let (agent, server) =
            (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Deferred));
        let client = client(&agent, &server.client(""), &["--", "--reneg-sec", "5"]);
        client.wait_for("a renegotiation", || agent.spent() >= 2);
        client.wait_for_connection(1);
        assert!(!client.log().contains("refused"), "{}", client.log());
        assert_eq!(client.stop(), Some(0));
    });
}

#[test]
fn a_restart_gets_a_fresh_code() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Dynamic));
        let client = client(&agent, &server.client(""), &[]);
        client.wait_for_connection(1);
        processes::signal(openvpn::process("client.ovpn"), Signal::USR1);
        client.wait_for_connection(2);
        assert!(client.log().contains("The connection is lost (SIGUSR1); logging in again."));
        assert_eq!((client.stop(), agent.spent()), (Some(0), 2));
    });
}

#[test]
fn a_server_that_broke_down_is_logged_in_to_again_with_a_fresh_code() {
    on_a_machine(|machine| {
        let (agent, mut server) =
            (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        let client = client(&agent, &server.client(""), &[]);
        client.wait_for_connection(1);
        server.break_down(&machine);
        client.wait_for_connection(2);
        assert!(client.log().contains("The connection is lost"), "{}", client.log());
        assert_eq!((client.stop(), agent.spent()), (Some(0), 2));
    });
}

#[test]
fn a_code_of_time_is_waited_for_and_that_is_said() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Totp), OpenVpn::start(&machine, Mode::Static));
        let client = client(&agent, &server.client(""), &[]);
        client.wait_for_connection(1);
        processes::signal(openvpn::process("client.ovpn"), Signal::USR1);
        client.wait_for_connection(2);
        let log = client.log();
        assert!(log.contains("Waiting"), "{log}");
        assert!(!log.contains("refused"), "{log}");
        assert_eq!(client.stop(), Some(0));
    });
}

#[test]
fn a_server_that_is_away_costs_one_code() {
    on_a_machine(|machine| {
        let (agent, mut server) =
            (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        server.stop();
        let client = client(&agent, &server.client(""), &["--", "--hand-window", "2"]);
        client
            .wait_for("three tries", || client.log().matches("TLS handshake failed").count() >= 3);
        assert_eq!(agent.spent(), 1, "{}", client.log());
        assert_eq!(client.stop(), Some(0));
    });
}
