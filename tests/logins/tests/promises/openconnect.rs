//! `passcode openconnect` with ocserv, in the three ways in which that checks codes.

use std::fs;
use std::thread;
use std::time::Duration;

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::codes::WRONG;
use passcode_login_tests::daemon::Daemon;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine};
use passcode_login_tests::ocserv::{Mode, Ocserv};
use passcode_login_tests::pam::{self, Service};
use passcode_login_tests::secret_watch::SecretWatch;
use passcode_login_tests::terminal::Terminal;
use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::wait;

/// For those who wait for the next step of time.
const PATIENCE: Duration = Duration::from_secs(75);

/// What logs in and prints the cookie.
fn login(agent: &Agent, server: &Ocserv) -> Run {
    let login = agent.passcode(&["openconnect", "--authenticate", "--user", USER, &server.url()]);
    login.limit(PATIENCE)
}

fn assert_in(login: &Ended, server: &Ocserv) {
    assert_eq!(login.status, Some(0), "{}{}", login.err, server.log());
    assert!(login.out.contains("COOKIE='"), "{}", login.out);
}

fn assert_refused(login: &Ended) {
    assert_eq!((login.status, login.out.as_str()), (Some(5), ""), "{}", login.err);
}

/// openconnect itself, by hand.
fn by_hand(machine: &Machine, server: &Ocserv, code: &str) -> bool {
    let client = machine.user("openconnect").args(["--authenticate", "--passwd-on-stdin"]);
    let client = client.args(["--user", USER, &server.url()]);
    client.input(format!("{PASSWORD}\n{code}\n")).end().out.contains("COOKIE=")
}

/// What holds in each way: the vault's password and a fresh code each time let in, and the server checks both.
fn lets_in(machine: &Machine, mode: Mode) {
    let watch = SecretWatch::start();
    let agent = machine.agent(Token::Hotp);
    agent.keep_password(PASSWORD);
    let server = Ocserv::start(machine, mode);
    assert!(!by_hand(machine, &server, WRONG), "a wrong code");
    let logins = [login(&agent, &server).end(), login(&agent, &server).end()];
    logins.iter().for_each(|login| assert_in(login, &server));
    assert_eq!(agent.spent(), 2, "one code a login");
    let used = passcode_login_tests::codes::hotp(2).remove(1);
    assert!(!by_hand(machine, &server, &used), "the code that was used last");
    watch.finish(&[&logins[0].err, &logins[1].err, &agent.log()]);
}

#[test]
fn a_server_with_files_of_its_own_lets_in() {
    on_a_machine(|machine| lets_in(&machine, Mode::PlainAndOtp(Token::Hotp)));
}

#[test]
fn a_server_that_asks_pam_lets_in() {
    on_a_machine(|machine| lets_in(&machine, Mode::Pam));
}

#[test]
fn a_server_that_asks_radius_lets_in() {
    on_a_machine(|machine| lets_in(&machine, Mode::Radius));
}

/// What holds in each way for codes that the server does not accept.
fn refuses_codes(machine: &Machine, mode: Mode) {
    let watch = SecretWatch::start();
    let agent = machine.agent(Token::Hotp);
    agent.keep_password(PASSWORD);
    // So far ahead that the server accepts none.
    agent.passcode(&["hotp", "set", PROFILE, "90"]).output();
    let server = Ocserv::start(machine, mode);
    let refused = login(&agent, &server).end();
    assert_refused(&refused);
    assert!((91..=92).contains(&agent.spent()), "{}: {}", agent.spent(), refused.err);
    assert!(refused.err.contains("passcode hotp resync"), "{}", refused.err);
    watch.finish(&[&refused.err, &agent.log()]);
}

#[test]
fn codes_that_a_server_with_files_refuses_are_not_spent_without_end() {
    on_a_machine(|machine| refuses_codes(&machine, Mode::PlainAndOtp(Token::Hotp)));
}

#[test]
fn codes_that_pam_refuses_are_not_spent_without_end() {
    on_a_machine(|machine| refuses_codes(&machine, Mode::Pam));
}

#[test]
fn codes_that_radius_refuses_are_not_spent_without_end() {
    on_a_machine(|machine| refuses_codes(&machine, Mode::Radius));
}

/// What holds in each way for a password that the server does not accept: it asks for it again.
fn burns_no_code(machine: &Machine, mode: Mode) {
    let watch = SecretWatch::over(&["not the password"]);
    let agent = machine.agent(Token::Hotp);
    agent.keep_password("not the password");
    let server = Ocserv::start(machine, mode);
    let refused = login(&agent, &server).end();
    assert_refused(&refused);
    assert_eq!(agent.spent(), 0, "{}", refused.err);
    assert!(refused.err.contains("password"), "{}", refused.err);
    watch.finish(&[&refused.err, &agent.log()]);
}

#[test]
fn a_password_that_a_server_with_files_refuses_burns_no_code() {
    on_a_machine(|machine| burns_no_code(&machine, Mode::PlainAndOtp(Token::Hotp)));
}

#[test]
fn a_password_that_pam_refuses_burns_no_code() {
    on_a_machine(|machine| burns_no_code(&machine, Mode::Pam));
}

#[test]
fn a_password_that_radius_refuses_burns_no_code() {
    on_a_machine(|machine| burns_no_code(&machine, Mode::Radius));
}

#[test]
fn the_password_can_come_by_standard_input() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        let server = Ocserv::start(&machine, Mode::Pam);
        let given = login(&agent, &server).input(format!("{PASSWORD}\n")).end();
        assert_in(&given, &server);
        watch.finish(&[&given.err, &agent.log()]);
    });
}

#[test]
fn without_a_password_and_anybody_to_ask_no_code_is_spent_and_the_way_out_is_told() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        let server = Ocserv::start(&machine, Mode::Pam);
        let failed = login(&agent, &server).end();
        assert_ne!(failed.status, Some(0));
        assert!(failed.err.contains("passcode password set"), "{}", failed.err);
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn two_time_based_logins_at_the_same_moment_both_get_in_and_the_second_says_that_it_waits() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Totp);
        agent.keep_password(PASSWORD);
        let server = Ocserv::start(&machine, Mode::Pam);
        let both = thread::scope(|scope| {
            let other = scope.spawn(|| login(&agent, &server).end());
            [login(&agent, &server).end(), other.join().expect("a login")]
        });
        both.iter().for_each(|login| assert_in(login, &server));
        let waited = both.iter().filter(|login| login.err.contains("Waiting")).count();
        assert_eq!(waited, 1, "{}{}", both[0].err, both[1].err);
        watch.finish(&[&both[0].err, &both[1].err, &agent.log()]);
    });
}

#[test]
fn a_missing_openconnect_is_named_with_its_package() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        // Found in /usr/sbin otherwise, wherever PATH leads.
        let installed = machine.need("openconnect");
        machine.root("mount").args(["--bind", "/dev/null"]).arg(installed).output();
        let without = ["openconnect", "--user", USER, "vpn.example.org"];
        let failed = agent.passcode(&without).env("PATH", "/run/programs").end();
        assert_eq!(failed.status, Some(1), "{}", failed.err);
        assert!(failed.err.contains("openconnect is not installed"), "{}", failed.err);
        assert!(failed.err.contains("apt-get install openconnect"), "{}", failed.err);
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn after_a_refused_password_the_user_is_asked_for_another_one_in_a_terminal() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password("not the password");
        // With files of its own, or PAM, ocserv 1.1 lets nobody in after a wrong password.
        let server = Ocserv::start(&machine, Mode::Radius);
        let login = ["openconnect", "--authenticate", "--user", USER, &server.url()];
        let mut terminal = Terminal::open(&machine, agent.passcode(&login));
        terminal.wait_for("(not shown)");
        terminal.type_line(PASSWORD);
        let shown = terminal.end();
        assert!(shown.contains("COOKIE='"), "{shown}{}", server.log());
        assert!(!shown.contains(PASSWORD), "{shown}");
        assert_eq!(agent.spent(), 1);
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn a_question_for_a_new_pin_is_not_answered_with_a_code() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let question = "Enter a new PIN having from 4 to 8 digits:";
        let server = Ocserv::start(&machine, Mode::RadiusAsking(question));
        let refused = login(&agent, &server).end();
        assert_refused(&refused);
        assert!(refused.err.contains("only you can answer"), "{}", refused.err);
        assert_eq!(agent.spent(), 0, "{}", refused.err);
        watch.finish(&[&refused.err, &agent.log()]);
    });
}

#[test]
fn a_servers_question_turns_no_text_around() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let question = "\u{202e}Enter your one-time\u{200b} passcode\u{2066}";
        let server = Ocserv::start(&machine, Mode::RadiusAsking(question));
        let login = login(&agent, &server).end();
        assert_in(&login, &server);
        assert!(login.err.contains("passcode"), "{}", login.err);
        let hidden = ['\u{202e}', '\u{200b}', '\u{2066}', '\u{1b}'];
        assert!(!login.err.contains(hidden), "{:?}", login.err);
    });
}

#[test]
fn a_login_that_is_ended_while_it_waits_leaves_nothing_behind() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Totp);
        agent.keep_password(PASSWORD);
        let server = Ocserv::start(&machine, Mode::Pam);
        // Unless the step changes meanwhile, which the next login is then early enough for.
        agent.code();
        let log = machine.folder("client").join("log");
        let mut waiting = Daemon::start("passcode openconnect", login(&agent, &server), &log);
        waiting.wait_for_log("Waiting");
        processes::signal(waiting.pid(), Signal::TERM);
        wait::until("it to end", || processes::has_ended(waiting.pid()).then_some(()));
        wait::until("openconnect to end", || {
            processes::knowing("--authenticate").is_empty().then_some(())
        });
    });
}

#[test]
fn a_server_that_cannot_be_trusted_gets_no_answer() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = Ocserv::start(&machine, Mode::Pam);
        // Nobody vouches for it any more.
        fs::write("/etc/ssl/certs/ca-certificates.crt", "").expect("a list of authorities");
        let refused = login(&agent, &server).end();
        assert_refused(&refused);
        assert!(refused.err.contains("--servercert"), "{}", refused.err);
        assert_eq!(agent.spent(), 0);
        let key = server.certificate().pin();
        let named = ["openconnect", "--authenticate", "--user", USER, "--servercert", &key];
        assert_in(&agent.passcode(&named).arg(server.url()).end(), &server);
    });
}

#[test]
fn a_question_for_the_users_name_is_the_users_to_answer() {
    on_a_machine(|machine| {
        let agent = machine.agent(Token::Hotp);
        agent.keep_password(PASSWORD);
        let server = Ocserv::start(&machine, Mode::Pam);
        let nameless = ["openconnect", "--authenticate", &server.url()];
        let refused = agent.passcode(&nameless).end();
        assert_refused(&refused);
        assert!(refused.err.contains("--user"), "{}", refused.err);
        assert_eq!(agent.spent(), 0);
    });
}

#[test]
fn a_rule_answers_a_server_with_one_field_for_both() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let rule = "[[prompt]]\nprogram = \"openconnect\"\nanswer = \"password+code\"\n";
        let agent = machine.agent_with(Token::Hotp, rule);
        agent.keep_password(PASSWORD);
        let server = Ocserv::start(&machine, Mode::Pam);
        pam::serve("ocserv", Service::PasswordAndCode);
        let first = login(&agent, &server).end();
        assert_in(&first, &server);
        assert_eq!(agent.spent(), 1);
        agent.passcode(&["hotp", "set", PROFILE, "90"]).output();
        let refused = login(&agent, &server).end();
        assert_refused(&refused);
        assert!((91..=92).contains(&agent.spent()), "{}: {}", agent.spent(), refused.err);
        watch.finish(&[&first.err, &refused.err, &agent.log()]);
    });
}
