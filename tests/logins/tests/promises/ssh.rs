//! ssh, which asks by `SSH_ASKPASS`: for the password, and then for the code.

use std::fs;
use std::path::Path;

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::codes;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine, write_script};
use passcode_login_tests::pam::Service;
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::sshd::{self, Sshd};
use passcode_process_tests::run::{Ended, Run};

/// A client that asks by `askpass`.
fn asking_by(agent: &Agent, program: impl AsRef<Path>, askpass: &Path) -> Run {
    agent.client(program).env("SSH_ASKPASS", askpass).env("SSH_ASKPASS_REQUIRE", "force")
}

/// Logs in, and asks the server who one is there.
fn log_in(machine: &Machine, agent: &Agent) -> Ended {
    let askpass = machine.program("passcode-askpass");
    let ssh = asking_by(agent, sshd::client(machine), &askpass);
    ssh.args(sshd::ssh_arguments()).args(["id", "-un"]).end()
}

fn assert_in(login: &Ended, server: &Sshd) {
    assert_eq!(login.out, format!("{USER}\n"), "{}{}", login.err, server.log());
}

fn assert_refused(login: &Ended) {
    assert_eq!((login.status, login.out.as_str()), (Some(255), ""), "{}", login.err);
}

#[test]
fn the_password_from_the_vault_and_a_fresh_code_let_in() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        let logins = [log_in(&machine, &agent), log_in(&machine, &agent)];
        logins.iter().for_each(|login| assert_in(login, &server));
        assert_eq!(agent.spent(), 2, "one code a login");
        watch.finish(&[&logins[0].err, &logins[1].err, &agent.log()]);
    });
}

#[test]
fn time_based_codes_let_in_too_and_none_of_them_twice() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Totp);
        agent.keep_password(PASSWORD);
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        let login = log_in(&machine, &agent);
        assert_in(&login, &server);
        // The server refuses the code that was just used; an askpass that has it shows that.
        let replay = machine.folder("replay").join("askpass");
        let used = [codes::totp(0), codes::totp(-1)].join(" ");
        let answer =
            format!("case $1 in *One-time*) set -- {used}; echo $1;; *) echo '{PASSWORD}';; esac");
        write_script(&replay, &format!("#!/bin/sh\n{answer}\n"));
        let again = asking_by(&agent, sshd::client(&machine), &replay);
        let again = again.args(["-o", "NumberOfPasswordPrompts=1"]).args(sshd::ssh_arguments());
        assert_refused(&again.arg("true").end());
        watch.finish(&[&login.err, &agent.log()]);
    });
}

#[test]
fn a_refused_password_burns_no_code() {
    on_a_machine(|machine| {
        let watch = SecretWatch::over(&["not the password"]);
        let agent = machine.agent(Token::Hotp);
        agent.keep_password("not the password");
        let _server = Sshd::start(&machine, Service::PasswordThenCode);
        let login = log_in(&machine, &agent);
        assert_refused(&login);
        assert_eq!(agent.spent(), 0);
        watch.finish(&[&login.err, &agent.log()]);
    });
}

#[test]
fn a_server_that_refuses_codes_gets_two_and_not_a_third() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        // So far ahead that the server accepts none.
        agent.passcode(&["hotp", "set", PROFILE, "20"]).output();
        let _server = Sshd::start(&machine, Service::Code);
        let login = log_in(&machine, &agent);
        assert_refused(&login);
        assert_eq!(agent.spent(), 22, "ssh asked three times: {}", login.err);
        assert!(login.err.contains("passcode hotp resync"), "{}", login.err);
        watch.finish(&[&login.err, &agent.log()]);
    });
}

#[test]
fn nobody_but_the_user_says_whether_a_host_can_be_trusted() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        let askpass = machine.program("passcode-askpass");
        let ssh = asking_by(&agent, sshd::client(&machine), &askpass);
        let login = ssh.args(["-o", "StrictHostKeyChecking=ask"]).args(sshd::ssh_arguments());
        let login = login.arg("true").end();
        assert_refused(&login);
        assert!(login.err.contains("Host key verification failed"), "{}", login.err);
        assert_eq!(agent.spent(), 0, "{}", server.log());
        assert!(!server.log().contains("Failed"), "nothing was sent: {}", server.log());
    });
}

#[test]
fn the_passphrase_of_a_key_is_neither_the_password_nor_a_code() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let key = format!("/home/{USER}/key");
        let make = ["-q", "-t", "ed25519", "-N", PASSWORD, "-f", &key];
        let askpass = machine.program("passcode-askpass");
        machine.user("ssh-keygen").args(make).output();
        // Were the password given, the key would open.
        let shown = asking_by(&agent, "ssh-keygen", &askpass).args(["-y", "-f", &key]).end();
        assert_ne!(shown.status, Some(0), "{}{}", shown.out, shown.err);
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn a_locked_agent_gives_nothing_where_nobody_can_be_asked() {
    on_a_machine(|machine| {
        let watch = SecretWatch::over(&["482913"]);
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        agent.lock_with_pin("482913");
        let _server = Sshd::start(&machine, Service::PasswordThenCode);
        let asked = agent.client(machine.program("passcode-askpass")).arg("Verification code: ");
        let asked = asked.end();
        assert_eq!((asked.status, asked.out.as_str()), (Some(4), ""), "{}", asked.err);
        let login = log_in(&machine, &agent);
        assert_refused(&login);
        assert!(login.err.contains("locked"), "{}", login.err);
        watch.finish(&[&asked.err, &login.err, &agent.log()]);
    });
}

#[test]
fn control_characters_of_a_server_reach_no_terminal() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}Favourite colour\u{9b}31m: ";
        let askpass = machine.program("passcode-askpass");
        let piped = agent.client(&askpass).arg(evil).end();
        assert_eq!((piped.status, piped.out.as_str()), (Some(5), ""), "{}", piped.err);
        // The same in a terminal, where the user is asked and answers.
        let command = format!("{} \"$PROMPT\"", askpass.display());
        let asked = agent.client("script").args(["--quiet", "--return", "--command", &command]);
        let asked = asked.arg("/dev/null").env("PROMPT", evil).input("blue\n").end();
        assert!(asked.out.contains("Favourite colour"), "{}", asked.out);
        assert!(asked.out.contains("blue"), "{}", asked.out);
        for said in [&piped.err, &asked.out] {
            let shown = |c: char| c.is_control() && !matches!(c, '\n' | '\r') || c == '\u{202e}';
            assert!(!said.contains(shown), "{said:?}");
        }
        // They hide no word either.
        let hidden = agent.client(&askpass).arg("Verifi\u{1b}cation \u{200b}code: ").end();
        assert_eq!(hidden.out, format!("{}\n", codes::hotp(1)[0]), "{}", hidden.err);
    });
}

#[test]
fn an_agent_that_does_not_run_is_started_by_the_first_prompt() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        agent.passcode(&["agent", "stop"]).output();
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        assert_in(&log_in(&machine, &agent), &server);
    });
}

#[test]
fn a_rule_names_the_profile_by_the_host() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let rule = "[[prompt]]\nhost = \"127.0.0.*\"\nprofile = \"work\"\n";
        let agent = machine.agent_with(Token::Hotp, rule);
        agent.keep_password(PASSWORD);
        let other = "otpauth://hotp/other?secret=GEZDGNBVGY3TQOJQ&counter=0";
        agent.passcode(&["pair", "-", "--name", "other", "--no-code"]).input(other).output();
        agent.passcode(&["default", "other"]).output();
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        let login = log_in(&machine, &agent);
        assert_in(&login, &server);
        assert_eq!(agent.spent(), 1);
        watch.finish(&[&login.err, &agent.log()]);
    });
}

#[test]
fn a_rule_answers_one_question_for_both() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let rule = "[[prompt]]\nprogram = \"ssh\"\nanswer = \"password+code\"\n";
        let agent = machine.agent_with(Token::Totp, rule);
        agent.keep_password(PASSWORD);
        let server = Sshd::start(&machine, Service::PasswordAndCode);
        let login = log_in(&machine, &agent);
        assert_in(&login, &server);
        watch.finish(&[&login.err, &agent.log()]);
    });
}

#[test]
fn git_clones_over_ssh() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = Sshd::start(&machine, Service::PasswordThenCode);
        let home = format!("/home/{USER}");
        machine.user("git").args(["init", "--quiet", "--bare", "project.git"]).output();
        let askpass = machine.program("passcode-askpass");
        let url = format!("ssh://{USER}@127.0.0.1:{}{home}/project.git", sshd::PORT);
        let options = "ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
        let git = asking_by(&agent, "git", &askpass).env("GIT_SSH_COMMAND", options);
        let cloned = git.args(["clone", &url, "clone"]).end();
        assert_eq!(cloned.status, Some(0), "{}{}", cloned.err, server.log());
        assert!(fs::exists(format!("{home}/clone/.git")).expect("a folder"));
        assert_eq!(agent.spent(), 1);
        watch.finish(&[&cloned.err, &agent.log()]);
    });
}
