//! One program registers to ask the user on behalf of those that wait, usually the tray: it is shown the open question and
//! brings what was typed, and nothing hangs when it goes.

use passcode_proto::FaultCode;
use passcode_proto::event::{Event, Wanted};
use passcode_proto::request::{GetCode, Lock, PrompterAnswer, PrompterRegister, Status};
use passcode_tests::rig::client::{Asker, Client};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};
use serde_json::json;

use crate::pins::with_pin;

/// A locked vault, a program that asks the user, and another that waits for a code.
async fn waiting(rig: &Rig) -> (Asker, Client) {
    let mut own = with_pin(rig).await;
    own.ask(Lock {}).await.expect("the vault is locked");
    let asker = rig.client().register().await;
    let mut client = rig.client();
    client.send(asks::code("work")).await;
    (asker, client)
}

#[test]
fn the_user_is_told_who_asks_and_for_which_profile_and_the_code_is_given() {
    with_agent(async |rig| {
        let (mut asker, mut client) = waiting(&rig).await;
        let prompt = asker.prompt().await;
        assert_eq!((prompt.wanted, prompt.seconds), (Wanted::Pin(4), 60));
        assert_eq!(prompt.profile.as_ref().map(|name| name.as_str()), Some("work"));
        assert!(!prompt.caller.is_empty());
        asker.answer(prompt.prompt, Some("2468")).await.expect("it is the open one");
        let code = client.receive::<GetCode>().await.expect("a code");
        assert_eq!(code.code.expose(), keys::RFC_CODES[0]);
        assert_eq!(asker.over().await, prompt.prompt);
    });
}

#[test]
fn a_wrong_pin_is_asked_for_again_with_what_was_wrong() {
    with_agent(async |rig| {
        let (mut asker, mut client) = waiting(&rig).await;
        for number in 1..=3 {
            let prompt = asker.prompt().await;
            assert_eq!((prompt.prompt, prompt.trouble.is_some()), (number, number > 1));
            if number > 1 {
                assert_eq!(asker.over().await, number - 1, "the former one is over");
            }
            asker.answer(number, Some("1357")).await.expect("it is the open one");
        }
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::WrongPin);
        assert_eq!(asker.over().await, 3);
    });
}

#[test]
fn a_prompt_is_over_when_it_is_dismissed_late_answered_elsewhere_or_nobody_waits() {
    for how in 0..4 {
        with_agent(async move |rig| {
            let (mut asker, client) = waiting(&rig).await;
            let prompt = asker.prompt().await.prompt;
            match how {
                0 => asker.answer(prompt, None).await.expect("it is the open one"),
                1 => rig.pass(60),
                2 => drop(rig.client().ask(asks::unlock_with("2468")).await),
                _ => drop(client),
            }
            assert_eq!(asker.over().await, prompt);
            assert_eq!(asker.answer(prompt, Some("2468")).await, Err(FaultCode::PromptOver));
        });
    }
}

#[test]
fn nobody_waits_on_when_the_program_that_asks_is_gone() {
    with_agent(async |rig| {
        let (mut asker, mut client) = waiting(&rig).await;
        asker.prompt().await;
        drop(asker);
        assert_eq!(client.receive::<GetCode>().await.unwrap_err().code, FaultCode::Locked);
        assert_eq!(rig.client().refused(asks::code("work")).await, FaultCode::Locked);
        rig.client().register().await;
    });
}

#[test]
fn one_program_asks_at_a_time_and_subscribers_know_which() {
    with_agent(async |rig| {
        let mut subscriber = rig.client().subscribe().await;
        let asker = rig.client().register().await;
        let named = |event: &Event| matches!(event, Event::PrompterChanged(Some(_)));
        subscriber.until(named).await;
        assert_eq!(rig.client().refused(PrompterRegister {}).await, FaultCode::PrompterTaken);
        assert!(rig.client().ask(Status {}).await.expect("status").prompter.is_some());
        drop(asker);
        subscriber.until(|event| *event == Event::PrompterChanged(None)).await;
        assert!(rig.client().ask(Status {}).await.expect("status").prompter.is_none());
    });
}

#[test]
fn answers_count_only_from_the_connection_that_registered() {
    with_agent(async |rig| {
        let (mut asker, mut client) = waiting(&rig).await;
        let prompt = asker.prompt().await.prompt;
        let answer = PrompterAnswer { prompt, typed: None };
        assert_eq!(rig.client().refused(answer).await, FaultCode::Forbidden);
        assert!(client.is_waiting().await);
    });
}

#[test]
fn a_connection_that_asks_the_user_takes_nothing_else_and_goes_on() {
    with_agent(async |rig| {
        let mut json = rig.json();
        json.ask("prompter.register", json!({})).await;
        let refused = json.refused("status", json!({})).await;
        assert_eq!(refused, "bad_request");
        let over = json.refused("prompter.answer", json!({"prompt": 1})).await;
        assert_eq!(over, "prompt_over");
    });
}

#[test]
fn a_profile_name_that_would_forge_a_line_is_not_shown() {
    with_agent(async |rig| {
        with_pin(&rig).await.ask(Lock {}).await.expect("the vault is locked");
        let mut asker = rig.client().register().await;
        rig.client().send(asks::code("work\nEnter your PIN here")).await;
        assert_eq!(asker.prompt().await.profile, None);
    });
}
