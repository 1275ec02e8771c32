//! `passcode openvpn` logs in, whatever way the server has to ask for a code, and does not try for ever.

use std::fs;
use std::path::Path;

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine, write};
use passcode_login_tests::openvpn::{self, Client, Mode, OpenVpn, expect_codes_from};
use passcode_login_tests::secret_watch::SecretWatch;

/// The command's arguments for a configuration.
fn arguments(configuration: &Path) -> Vec<String> {
    let path = configuration.display().to_string();
    ["--user", USER, "--profile", PROFILE, &path].map(str::to_owned).to_vec()
}

/// A client that needs no root, with its own options for OpenVPN, and the password on standard input.
fn client(agent: &Agent<'_>, server: &OpenVpn, more: &[&str]) -> Client {
    let arguments = arguments(&server.client(""));
    let arguments: Vec<&str> =
        arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Client::start(agent, "client", &arguments, &format!("{PASSWORD}\n"))
}

/// The right code is let in, and nobody sees it; Ctrl-C ends OpenVPN in good order.
fn lets_in(machine: &Machine, mode: Mode) {
    let watch = SecretWatch::start();
    let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(machine, mode));
    let client = client(&agent, &server, &[]);
    client.wait_for_connection(1);
    assert_eq!(agent.spent(), 1, "{}", client.log());
    let log = client.log();
    assert_eq!(client.stop(), Some(0));
    watch.finish(&[&log, &agent.log()]);
    let left = fs::read_dir(agent.home()).expect("a folder").flatten();
    assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().contains("openvpn")));
}

#[test]
fn a_static_challenge_is_answered() {
    on_a_machine(|machine| lets_in(&machine, Mode::Static));
}

#[test]
fn a_dynamic_challenge_is_answered() {
    on_a_machine(|machine| lets_in(&machine, Mode::Dynamic));
}

#[test]
fn a_challenge_in_the_middle_of_the_login_is_answered() {
    on_a_machine(|machine| lets_in(&machine, Mode::Deferred));
}

#[test]
fn password_and_code_go_into_one_field_where_the_user_says_so() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Joined));
        agent.keep_password(PASSWORD);
        let path = server.client("").display().to_string();
        // The password's place is behind the code's: that is the server's to say.
        let arguments = ["--user", USER, "--join", "{password}{code}", &path];
        let client = Client::start(&agent, "client", &arguments, &format!("{PASSWORD}\n"));
        client.wait_for_connection(1);
        let log = client.log();
        assert_eq!((client.stop(), agent.spent()), (Some(0), 1));
        watch.finish(&[&log]);
    });
}

/// A code that the server has had is followed by a fresh one.
fn tries_once_more(machine: &Machine, mode: Mode) {
    let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(machine, mode));
    expect_codes_from(1);
    let client = client(&agent, &server, &[]);
    client.wait_for_connection(1);
    assert!(client.log().contains("trying once more with a fresh code"), "{}", client.log());
    assert_eq!((client.stop(), agent.spent()), (Some(0), 2));
}

#[test]
fn a_code_that_was_used_is_followed_by_a_fresh_one_after_a_static_challenge() {
    on_a_machine(|machine| tries_once_more(&machine, Mode::Static));
}

#[test]
fn a_code_that_was_used_is_followed_by_a_fresh_one_after_a_dynamic_challenge() {
    on_a_machine(|machine| tries_once_more(&machine, Mode::Dynamic));
}

#[test]
fn a_code_that_was_used_is_followed_by_a_fresh_one_in_the_middle_of_the_login() {
    on_a_machine(|machine| tries_once_more(&machine, Mode::Deferred));
}

/// A server that takes no code ends it with exit status 5 and what to do, after two codes.
fn ends(machine: &Machine, mode: Mode) {
    let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(machine, mode));
    expect_codes_from(1000);
    let client = client(&agent, &server, &[]);
    client.wait_for("the end", || client.log().contains("passcode hotp resync"));
    let log = client.log();
    assert_eq!((client.end(), agent.spent()), (Some(5), 2), "{log}");
    assert!(log.contains("refused two logins with fresh codes"), "{log}");
    let refusals = log.lines().filter(|line| line.contains("message: AUTH_FAILED"));
    assert_eq!(refusals.filter(|line| !line.contains("CRV1:")).count(), 2, "{}", server.log());
}

#[test]
fn a_login_that_is_refused_twice_after_a_static_challenge_ends() {
    on_a_machine(|machine| ends(&machine, Mode::Static));
}

#[test]
fn a_login_that_is_refused_twice_after_a_dynamic_challenge_ends() {
    on_a_machine(|machine| ends(&machine, Mode::Dynamic));
}

#[test]
fn a_login_that_is_refused_twice_in_the_middle_ends() {
    on_a_machine(|machine| ends(&machine, Mode::Deferred));
}

/// A wrong password is tried once, and no code is spent on it.
fn spends_no_code(machine: &Machine, mode: Mode) {
    let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(machine, mode));
    let arguments = arguments(&server.client(""));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let client = Client::start(&agent, "client", &arguments, "Passw0rd?\n");
    client.wait_for("the end", || client.log().contains("No code was spent."));
    let log = client.log();
    assert_eq!((client.end(), agent.spent()), (Some(5), 0), "{log}");
    assert!(log.contains("The server refused the password"), "{log}");
}

#[test]
fn a_wrong_password_costs_no_code_where_a_dynamic_challenge_follows() {
    on_a_machine(|machine| spends_no_code(&machine, Mode::Dynamic));
}

#[test]
fn a_wrong_password_costs_no_code_where_the_challenge_comes_in_the_middle() {
    on_a_machine(|machine| spends_no_code(&machine, Mode::Deferred));
}

#[test]
fn the_vaults_password_and_the_name_in_openvpns_own_file_are_used() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        agent.keep_password(PASSWORD);
        write("/home/otpuser/login", format!("{USER}\n"));
        machine.root("chown").args([USER, "/home/otpuser/login"]).output();
        let path = server.client("auth-user-pass /home/otpuser/login\n").display().to_string();
        let client = Client::start(&agent, "client", &[&path], "");
        client.wait_for_connection(1);
        assert_eq!(client.stop(), Some(0));
    });
}

#[test]
fn a_tunnel_is_made_by_sudo_with_the_users_own_agent() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        machine.need("sudo");
        write("/etc/sudoers.d/otpuser", format!("{USER} ALL=(ALL) NOPASSWD: ALL\n"));
        let path = server.tunnel().display().to_string();
        let arguments = ["--sudo", "--user", USER, &path];
        let client = Client::start(&agent, "client", &arguments, &format!("{PASSWORD}\n"));
        client.wait_for_connection(1);
        assert!(openvpn::addresses().lines().any(|line| line.starts_with("ovc ")));
        let log = client.log();
        assert_eq!(client.stop(), Some(0), "{log}");
        assert!(!openvpn::addresses().contains("ovc "), "the tunnel is gone");
        watch.finish(&[&log]);
    });
}

#[test]
fn without_root_a_tunnel_fails_with_advice() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        let arguments = arguments(&server.tunnel());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let client = Client::start(&agent, "client", &arguments, &format!("{PASSWORD}\n"));
        client.wait_for("the end", || client.log().contains("passcode openvpn --sudo"));
        assert_eq!(client.end(), Some(1));
    });
}

#[test]
fn two_clients_at_once_get_a_code_each() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        agent.keep_password(PASSWORD);
        let path = server.client("").display().to_string();
        let start = |name: &str| Client::start(&agent, name, &["--user", USER, &path], "");
        let clients = [start("one"), start("other")];
        clients.iter().for_each(|client| client.wait_for_connection(1));
        // Where the second code reaches the server before the first, the first is refused, and followed by a third.
        assert!((2..=3).contains(&agent.spent()), "{}", agent.spent());
        assert_eq!(clients.map(Client::stop), [Some(0), Some(0)]);
    });
}

#[test]
fn openvpn_that_is_not_installed_is_told_with_what_to_do() {
    on_a_machine(|machine| {
        let (agent, installed) = (machine.agent(Token::Hotp), machine.need("openvpn"));
        machine.root("mount").args(["--bind", "/dev/null"]).arg(installed).output();
        let ended = agent.passcode(&["openvpn", "--user", USER, "work.ovpn"]).end();
        assert_eq!(ended.status, Some(1));
        assert!(ended.err.contains("openvpn is not installed."), "{}", ended.err);
        assert!(ended.err.contains("sudo apt-get install openvpn"), "{}", ended.err);
    });
}

#[test]
fn a_locked_vault_ends_an_openvpn_of_our_own_with_exit_status_4() {
    on_a_machine(|machine| {
        let (agent, server) = (machine.agent(Token::Hotp), OpenVpn::start(&machine, Mode::Static));
        agent.lock_with_pin("2468");
        let client = client(&agent, &server, &["--no-prompt"]);
        client.wait_for("a word about it", || client.log().contains("vault is locked"));
        assert!(client.log().contains("Exiting"), "{}", client.log());
        assert_eq!(client.end(), Some(4));
    });
}
