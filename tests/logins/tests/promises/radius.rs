//! RADIUS and PAM by the programs of their administrators: codes from one line of shell.

use passcode_login_tests::agent::{Agent, PROFILE, Token};
use passcode_login_tests::codes::WRONG;
use passcode_login_tests::machine::{Machine, PASSWORD, USER, on_a_machine};
use passcode_login_tests::pam::Service;
use passcode_login_tests::radius::{FreeRadius, QUESTION, ask};
use passcode_login_tests::secret_watch::SecretWatch;

/// The answer to one request: `Access-Accept`, `Access-Reject` or `Access-Challenge`, and the state of a challenge.
fn answer(machine: &Machine, attributes: &str) -> (String, String) {
    let said = ask(machine, attributes).out;
    let received = said.split("Received ").nth(1).unwrap_or_else(|| panic!("no answer: {said}"));
    let state = received.split("State = ").nth(1).unwrap_or_default().lines().next();
    let kind = received.split(' ').next().unwrap_or_default();
    (kind.to_owned(), state.unwrap_or_default().to_owned())
}

fn user_and(password: &str) -> String {
    format!("User-Name = \"{USER}\"\nUser-Password = \"{password}\"\n")
}

/// Answers the password, and then the challenge with `code`.
fn challenged(machine: &Machine, code: &str) -> String {
    let (kind, state) = answer(machine, &user_and(PASSWORD));
    assert_eq!(kind, "Access-Challenge");
    answer(machine, &format!("{}State = {state}\n", user_and(code))).0
}

/// Password and code in one text, by `passcode get --join`.
fn joined(agent: &Agent, password: &str) -> String {
    let join = agent.passcode(&["get", PROFILE, "--fresh", "--join", "{password},{code}"]);
    join.input(format!("{password}\n")).output().trim_end().to_owned()
}

#[test]
fn a_challenge_is_answered_by_a_code_once() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (agent, server) = (machine.agent(Token::Hotp), FreeRadius::start(&machine));
        let code = agent.code();
        assert_eq!(challenged(&machine, &code), "Access-Accept", "{}", server.log());
        assert_eq!(challenged(&machine, &code), "Access-Reject", "the same code again");
        assert_eq!(challenged(&machine, WRONG), "Access-Reject", "a wrong code");
        assert_eq!(challenged(&machine, &agent.code()), "Access-Accept", "a fresh code");
        let asked = ask(&machine, &user_and(PASSWORD)).out;
        assert!(asked.contains(QUESTION), "{asked}");
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn a_password_and_a_code_with_a_comma_between_them_are_let_in_once() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let (agent, server) = (machine.agent(Token::Hotp), FreeRadius::start(&machine));
        let both = joined(&agent, PASSWORD);
        let tried = |text: &str| answer(&machine, &user_and(text)).0;
        assert_eq!(tried(&both), "Access-Accept", "{}", server.log());
        assert_eq!(tried(&both), "Access-Reject", "the same again");
        assert_eq!(tried(&joined(&agent, "another")), "Access-Reject", "a wrong password");
        assert_eq!(tried(&format!("{PASSWORD},{WRONG}")), "Access-Reject", "a wrong code");
        assert_eq!(tried(&joined(&agent, PASSWORD)), "Access-Accept", "a fresh code");
        watch.finish(&[&agent.log()]);
    });
}

#[test]
fn pam_takes_a_password_and_a_time_based_code_once() {
    on_a_machine(|machine| {
        let watch = SecretWatch::start();
        let agent = machine.agent(Token::Totp);
        let accepts = |password: &str, code: &str| {
            let service = Service::PasswordThenCode.name();
            let tester = machine.root(machine.need("pamtester"));
            let tester = tester.args([service, USER, "authenticate"]);
            tester.input(format!("{password}\n{code}\n")).end().status == Some(0)
        };
        let code = agent.code();
        assert!(!accepts("another", &code), "a wrong password");
        assert!(accepts(PASSWORD, &code), "the code, which a wrong password has not used up");
        assert!(!accepts(PASSWORD, &code), "the same code again");
        assert!(!accepts(PASSWORD, WRONG), "a wrong code");
        watch.finish(&[&agent.log()]);
    });
}
