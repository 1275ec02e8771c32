//! When it is enough: no refusal, whatever its form, leads to a loop.

use super::super::machine::Machine;
use super::super::steps::{Action, Answer, Want};
use super::super::tally::Gave;
use super::*;

#[test]
fn a_refused_login_is_tried_once_more_with_a_fresh_code() {
    let mut talk = Talk::begun();
    let first = talk.answers(&[STATIC]);
    let second = talk.answers(&[REFUSED, RECONNECTING, ">HOLD:Waiting for hold release:1", STATIC]);
    assert_ne!(first[1], second[1]);
    assert!(talk.told[0].contains("trying once more with a fresh code"), "{:?}", talk.told);
    assert_eq!(talk.answers(&[REFUSED]), ["signal SIGTERM"]);
    assert!(talk.failure().contains("refused two logins"));
    assert!(talk.answers(&[RECONNECTING, STATIC, STATIC]).is_empty());
    assert_eq!(talk.answering.login.codes, 2);
}

#[test]
fn a_code_that_a_dynamic_challenge_refused_twice_ends_it() {
    let mut talk = Talk::begun();
    talk.hear(&[PLAIN, CRV1, PLAIN, REFUSED, PLAIN, CRV1, PLAIN]);
    assert_eq!((talk.answering.login.codes, &talk.end), (2, &None));
    assert_eq!(talk.answers(&[REFUSED]), ["signal SIGTERM"]);
}

#[test]
fn a_server_that_asks_for_one_code_after_the_other_gets_two() {
    let mut talk = Talk::begun();
    talk.hear(&[PLAIN, CRV1, PLAIN, CRV1, PLAIN, CRV1, PLAIN]);
    assert_eq!(talk.answering.login.codes, 2);
    assert!(talk.failure().contains("third code"));
    let mut talk = Talk::begun();
    talk.hear(&[PLAIN, CR_TEXT, CR_TEXT, CR_TEXT, CR_TEXT]);
    assert_eq!(talk.answering.login.codes, 2);
    assert!(talk.failure().contains("third code"));
}

#[test]
fn a_refused_password_costs_no_code_and_is_not_tried_again() {
    let mut talk = Talk::begun();
    assert_eq!(talk.answers(&[PLAIN, REFUSED, PLAIN])[2..], ["signal SIGTERM"]);
    assert!(talk.failure().contains("refused the password"));
    assert_eq!(talk.answering.login.codes, 0);
}

#[test]
fn another_password_is_the_users_and_three_are_enough() {
    let mut talk = Talk::begun();
    talk.answering.login.may_ask = true;
    let said = talk.answers(&[PLAIN, REFUSED, PLAIN, REFUSED, PLAIN, REFUSED, PLAIN]);
    let passwords: Vec<&String> = said.iter().filter(|line| line.starts_with("password")).collect();
    assert_eq!(passwords.len(), 3);
    assert!(passwords[0] != passwords[1] && passwords[1] != passwords[2]);
    assert!(talk.failure().contains("refused the password"));
}

#[test]
fn being_connected_begins_a_new_count() {
    let mut talk = Talk::begun();
    for _ in 0..20 {
        talk.hear(&[
            STATIC,
            REFUSED,
            STATIC,
            CONNECTED,
            ">STATE:1795464412,RECONNECTING,ping-restart,,,,,",
        ]);
    }
    assert_eq!((talk.answering.login.codes, &talk.end), (40, &None));
    assert!(talk.told.contains(
        &"passcode: The connection is lost (ping-restart); logging in again.".to_owned()
    ));
}

#[test]
fn a_renegotiation_begins_a_new_count_and_gets_a_fresh_code() {
    let mut talk = Talk::begun();
    talk.hear(&[STATIC, CONNECTED]);
    let mut answers: Vec<String> = (0..20).map(|_| talk.answers(&[STATIC])[1].clone()).collect();
    answers.dedup();
    assert_eq!((answers.len(), &talk.end), (20, &None));
    talk.hear(&[REFUSED, STATIC]);
    assert_eq!(talk.end, None);
    talk.hear(&[REFUSED]);
    assert!(talk.failure().contains("refused two logins"));
}

#[test]
fn a_server_that_says_nothing_gets_five_codes() {
    let mut talk = Talk::begun();
    for _ in 0..9 {
        talk.hear(&[STATIC, ">STATE:1795464412,RECONNECTING,tls-error,,,,,"]);
    }
    assert_eq!(talk.answering.login.codes, 5);
    assert!(talk.failure().contains("five codes"));
}

#[test]
fn a_server_that_lets_nobody_in_for_the_moment_is_left_after_three_tries() {
    let mut talk = Talk::begun();
    for _ in 0..9 {
        talk.hear(&[PLAIN, ">PASSWORD:Verification Failed: 'Auth' ['TEMP[backoff 5]:database']"]);
    }
    assert_eq!(talk.failure(), "The server lets nobody in for the moment (database).");
}

#[test]
fn a_session_that_has_expired_is_no_refused_code() {
    let expired = ">PASSWORD:Verification Failed: 'Auth' ['SESSION: token expired']";
    let mut talk = Talk::begun();
    talk.hear(&[STATIC, CONNECTED, RECONNECTING, expired, STATIC, REFUSED, STATIC]);
    assert_eq!(talk.end, None);
    talk.hear(&[REFUSED]);
    assert!(talk.failure().contains("refused two logins"));
}

#[test]
fn a_login_that_openvpn_has_by_itself_is_refused_three_times_at_the_most() {
    let mut talk = Talk::begun();
    talk.hear(&[REFUSED, REFUSED]);
    assert_eq!(talk.end, None);
    talk.hear(&[REFUSED]);
    assert!(talk.failure().contains("by itself"));
}

fn asked(actions: &[Action]) -> usize {
    actions.iter().filter(|action| matches!(action, Action::Ask(_))).count()
}

#[test]
fn an_answer_that_comes_too_late_is_not_sent_and_one_that_fits_again_is() {
    let answer = || Answer {
        user: Some("u".to_owned()),
        secret: SecretText::new("100001".to_owned()),
        gave: Gave::Code,
    };
    let mut machine = Machine::new(None);
    assert_eq!(asked(&machine.line(decode(STATIC))), 1);
    // OpenVPN starts anew while the user still thinks, and asks the same: it is not asked for twice.
    assert!(asked(&machine.line(decode(RECONNECTING))) == 0);
    assert!(asked(&machine.line(decode(STATIC))) == 0);
    assert_eq!(machine.answered(Ok(answer())).len(), 2);
    machine.line(decode(STATIC));
    machine.line(decode(RECONNECTING));
    assert!(machine.answered(Ok(answer())).is_empty());
    machine.line(decode(STATIC));
    machine.line(decode(CR_TEXT));
    let late = machine.answered(Ok(answer()));
    assert!(matches!(late[..], [Action::Ask(Want::Response(_))]), "{late:?}");
}
