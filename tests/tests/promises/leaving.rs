//! The vault closes when the user leaves it: idle, for too long, asleep, or away from the screen.

use std::time::Duration;

use passcode_daemon::ports::watch::Happening;
use passcode_proto::FaultCode;
use passcode_proto::reply::LockState;
use passcode_proto::request::{GetCode, Lock, Status};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

use crate::pins::with_pin;

async fn state(client: &mut Client) -> LockState {
    client.ask(Status {}).await.expect("status is always answered").state
}

/// Starts an agent anew under other rules; its vault is made again.
async fn under(rig: &mut Rig, change: impl FnOnce(&mut passcode_daemon::rules::Rules)) {
    rig.quit().await;
    change(&mut rig.rules);
    rig.start_again();
}

#[test]
fn a_vault_with_pin_locks_three_minutes_after_the_last_code() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        for _ in 0..3 {
            rig.pass(179);
            client.counter("work").await;
        }
        rig.pass(179);
        assert_eq!(state(&mut client).await, LockState::Open);
        rig.pass(1);
        assert_eq!(state(&mut client).await, LockState::Locked);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
    });
}

#[test]
fn looking_does_not_keep_the_vault_open() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        client.pair_quietly(keys::TOTP, "time").await;
        let mut subscriber = rig.client().subscribe().await;
        for _ in 0..3 {
            rig.pass(60);
            let _ = client.ask(Status {}).await;
            let _ = client.ask(asks::list()).await;
            let _ = client.ask(asks::hotp_show("work")).await;
            let _ = client.ask(asks::shown("time")).await;
            let _ = client.ask(asks::code("no such")).await;
        }
        assert_eq!(state(&mut client).await, LockState::Locked);
        subscriber
            .until(|event| *event == passcode_proto::event::Event::State(LockState::Locked))
            .await;
    });
}

#[test]
fn an_idle_vault_locks_although_nobody_asks_anything() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        let mut subscriber = rig.client().subscribe().await;
        rig.pass(180);
        subscriber
            .until(|event| *event == passcode_proto::event::Event::State(LockState::Locked))
            .await;
    });
}

#[test]
fn a_vault_in_use_locks_after_twelve_hours_all_the_same() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        client.pair_quietly(keys::TOTP, "time").await;
        for _ in 0..(12 * 60 / 2) - 1 {
            rig.pass(120);
            client.code("time").await;
        }
        rig.pass(120);
        assert_eq!(client.refused(asks::code("time")).await, FaultCode::Locked);
    });
}

#[test]
fn the_times_are_those_of_the_rules_and_zero_is_never() {
    with_agent(async |mut rig| {
        under(&mut rig, |rules| {
            rules.idle_lock = None;
            rules.max_open = Some(Duration::from_secs(600));
        })
        .await;
        let mut client = with_pin(&rig).await;
        rig.pass(599);
        assert_eq!(client.ask(Status {}).await.unwrap().locks_in, Some(1));
        rig.pass(1);
        assert_eq!(state(&mut client).await, LockState::Locked);
    });
    with_agent(async |mut rig| {
        under(&mut rig, |rules| (rules.idle_lock, rules.max_open) = (None, None)).await;
        let mut client = with_pin(&rig).await;
        rig.pass(10 * 86_400);
        assert_eq!(client.ask(Status {}).await.unwrap().locks_in, None);
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_vault_without_pin_does_not_lock_by_time() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        rig.pass(10 * 86_400);
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_machine_that_slept_serves_nothing_when_it_wakes() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        rig.clock.suspend(Duration::from_secs(30));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
    });
}

#[test]
fn the_screen_a_switch_of_users_and_the_end_of_the_session_lock() {
    for happening in [Happening::ScreenLocked, Happening::SwitchedAway, Happening::LoggedOut] {
        with_agent(async move |rig| {
            let mut client = with_pin(&rig).await;
            rig.session.tell(happening);
            assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
            rig.session.tell(Happening::ScreenUnlocked);
            assert_eq!(state(&mut client).await, LockState::Locked, "a PIN is needed again");
            client.ask(asks::unlock_with("2468")).await.unwrap();
        });
    }
}

#[test]
fn the_machine_sleeps_only_when_the_keys_are_gone() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        let mut subscriber = rig.client().subscribe().await;
        rig.session.suspend();
        rig.until(|| rig.session.may_sleep()).await;
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
        subscriber
            .until(|event| *event == passcode_proto::event::Event::State(LockState::Locked))
            .await;
    });
}

#[test]
fn a_vault_without_pin_opens_itself_when_the_user_is_back() {
    for (away, back) in [
        (Happening::ScreenLocked, Happening::ScreenUnlocked),
        (Happening::SwitchedAway, Happening::SwitchedBack),
        (Happening::LoggedOut, Happening::Resumed),
    ] {
        with_agent(async move |rig| {
            let mut client = rig.client();
            client.pair_quietly(keys::HOTP, "work").await;
            rig.session.tell(away);
            rig.settle().await;
            assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
            rig.session.tell(back);
            assert_eq!(client.counter("work").await, 0);
        });
    }
}

#[test]
fn what_the_user_has_locked_stays_locked_when_the_user_is_back() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        client.ask(Lock {}).await.unwrap();
        rig.session.tell(Happening::ScreenLocked);
        rig.session.tell(Happening::ScreenUnlocked);
        rig.settle().await;
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
        client.ask(asks::unlock()).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn sources_of_locking_that_are_missing_are_named_in_status() {
    with_agent(async |rig| {
        let mut client = rig.client();
        rig.session.tell(Happening::Missing(vec!["Nobody announces screen locks.".to_owned()]));
        rig.settle().await;
        let warnings = client.ask(Status {}).await.unwrap().warnings;
        assert!(warnings.contains(&"Nobody announces screen locks.".to_owned()));
        rig.session.tell(Happening::Missing(Vec::new()));
        rig.settle().await;
        let warnings = client.ask(Status {}).await.unwrap().warnings;
        assert!(!warnings.contains(&"Nobody announces screen locks.".to_owned()));
    });
}

#[test]
fn the_user_is_asked_once_for_all_who_wait_and_all_are_served() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        rig.session.tell(Happening::ScreenLocked);
        rig.user.come();
        let mut waiting: Vec<Client> = (0..3).map(|_| rig.client()).collect();
        for client in &mut waiting {
            client.send(asks::code("work")).await;
        }
        rig.until(|| rig.user.is_asked()).await;
        rig.settle().await;
        assert_eq!(rig.user.asked().len(), 1);
        assert_eq!(rig.user.asked()[0].caller, "/usr/bin/rig");
        rig.user.answer(prompted("2468"));
        let mut codes = Vec::new();
        for client in &mut waiting {
            codes.push(client.receive::<GetCode>().await.unwrap().code.expose().to_owned());
        }
        codes.sort();
        let mut expected = keys::RFC_CODES[..3].to_vec();
        expected.sort_unstable();
        assert_eq!(codes, expected);
    });
}

fn prompted(answer: &str) -> passcode_daemon::ports::prompter::Prompted {
    let secret = passcode_daemon::secret::Secret::of(answer);
    passcode_daemon::ports::prompter::Prompted::Given(secret)
}

#[test]
fn a_wrong_answer_is_asked_again_and_the_third_ends_it() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        rig.session.tell(Happening::ScreenLocked);
        rig.user.come();
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        for number in 1..=3 {
            rig.until(|| rig.user.is_asked()).await;
            let question = rig.user.asked().pop().expect("a question");
            assert_eq!(question.trouble.is_some(), number > 1);
            rig.user.answer(prompted("1357"));
        }
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::WrongPin);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinBlocked);
        assert_eq!(rig.user.asked().len(), 3, "nobody is asked during a block");
    });
}

#[test]
fn every_question_ends_dismissed_late_or_answered_elsewhere() {
    for how in 0..4 {
        with_agent(async move |rig| {
            drop(with_pin(&rig).await);
            rig.session.tell(Happening::ScreenLocked);
            rig.user.come();
            let (mut client, mut other) = (rig.client(), rig.client());
            client.send(asks::code("work")).await;
            rig.until(|| rig.user.is_asked()).await;
            match how {
                0 => rig.user.answer(passcode_daemon::ports::prompter::Prompted::Dismissed),
                1 => rig.pass(60),
                2 => drop(other.ask(Lock {}).await),
                _ => drop(other.ask(asks::unlock_with("2468")).await),
            }
            let answer = client.receive::<GetCode>().await;
            match how {
                3 => assert_eq!(answer.unwrap().code.expose(), keys::RFC_CODES[0]),
                _ => assert_eq!(answer.unwrap_err().code, FaultCode::Locked),
            }
            rig.settle().await;
            assert!(!rig.user.is_asked(), "the question is withdrawn");
        });
    }
}

#[test]
fn who_does_not_want_to_wait_for_the_user_is_refused_at_once() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        rig.session.tell(Happening::ScreenLocked);
        rig.user.come();
        let hasty = GetCode { no_prompt: true, ..asks::code("work") };
        assert_eq!(rig.client().refused(hasty).await, FaultCode::Locked);
        assert_eq!(rig.client().refused(asks::list()).await, FaultCode::Locked);
        assert_eq!(rig.user.asked().len(), 0);
    });
}

#[test]
fn a_question_is_withdrawn_when_nobody_waits_for_it_any_more() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        rig.session.tell(Happening::ScreenLocked);
        rig.user.come();
        let mut client = rig.client();
        client.send(asks::code("work")).await;
        rig.until(|| rig.user.is_asked()).await;
        drop(client);
        rig.until(|| !rig.user.is_asked()).await;
    });
}
