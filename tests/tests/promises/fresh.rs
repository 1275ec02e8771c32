//! `--fresh`: never a step that was given before, to anyone, whatever became of the agent in between.

use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::request::{GetCode, Lock, Rename};
use passcode_tests::rig::client::{Client, times};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, START, asks, keys};

/// A client of an agent with a time-based profile of which nothing has been given.
async fn paired(rig: &Rig) -> Client {
    let mut client = rig.client();
    client.pair_quietly(keys::TOTP, "work").await;
    client
}

/// A fresh code that may not be waited for.
fn now() -> GetCode {
    GetCode { wait: Some(0), ..asks::fresh("work") }
}

async fn is_ready(rig: &Rig) -> bool {
    match rig.client().ask(now()).await {
        Ok(_) => true,
        Err(fault) => {
            assert_eq!(fault.code, FaultCode::NotReady);
            false
        }
    }
}

#[test]
fn a_fresh_code_is_given_at_once_when_its_step_was_not_given() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        assert_eq!(times(&client.given(now()).await).0, START);
    });
}

#[test]
fn a_step_that_anyone_was_given_is_not_fresh() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.code("work").await;
        let mut other = rig.client();
        other.send(asks::fresh("work")).await;
        rig.until_waiting(1).await;
        rig.pass(30);
        assert_eq!(times(&other.receive::<GetCode>().await.unwrap()).0, START + 30);
    });
}

#[test]
fn callers_who_want_fresh_codes_at_once_get_a_step_each() {
    with_agent(async |rig| {
        paired(&rig).await;
        let mut clients: Vec<_> = (0..4).map(|_| rig.client()).collect();
        for client in &mut clients {
            client.send(asks::fresh("work")).await;
        }
        rig.until_waiting(3).await;
        rig.pass(30);
        rig.until_waiting(2).await;
        rig.pass(30);
        let mut steps = Vec::new();
        let mut refused = 0;
        for client in &mut clients {
            match client.receive::<GetCode>().await {
                Ok(code) => steps.push(times(&code).0),
                Err(fault) => {
                    assert_eq!(fault.code, FaultCode::NotReady);
                    refused += 1;
                }
            }
        }
        steps.sort_unstable();
        assert_eq!(steps, [START, START + 30, START + 60]);
        assert_eq!(refused, 1, "the fourth step would come after 90 seconds");
    });
}

#[test]
fn a_refusal_says_how_long_it_would_have_to_wait() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(&keys::totp_of(3_600), "work").await;
        rig.clock.set_wall(START / 3_600 * 3_600 + 600);
        client.code("work").await;
        let fault = client.ask(asks::fresh("work")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::NotReady);
        assert!(fault.message.contains("3000 seconds"), "{fault}");
    });
}

#[test]
fn a_code_that_was_only_shown_does_not_count_as_given() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        let shown = client.given(asks::shown("work")).await;
        let given = client.given(now()).await;
        assert_eq!(shown.code, given.code);
        client.given(asks::shown("work")).await;
        assert!(!is_ready(&rig).await, "showing it again does not make it fresh");
    });
}

#[test]
fn a_counter_based_code_cannot_be_only_shown() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "count").await;
        assert_eq!(client.refused(asks::shown("count")).await, FaultCode::WrongKind);
        assert_eq!(client.counter("count").await, 0);
    });
}

#[test]
fn the_first_code_at_pairing_counts_as_given() {
    with_agent(async |rig| {
        let first = rig.client().pair(keys::TOTP, "work").await.first.expect("a first code");
        assert_eq!(first.code.expose(), keys::totp_at(START));
        assert!(!is_ready(&rig).await);
    });
}

#[test]
fn a_fresh_code_leaves_only_when_it_is_on_disk_that_it_was_given() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        rig.stores.hold_commits();
        client.send(asks::fresh("work")).await;
        rig.until_commit_is_held().await;
        rig.settle().await;
        assert!(client.is_waiting().await);
        assert!(!is_ready(&rig).await, "nobody else gets it meanwhile");
        rig.stores.release_commits();
        assert_eq!(times(&client.receive::<GetCode>().await.unwrap()).0, START);
        // Even when the clock is set back behind the kill.
        rig.kill().await;
        rig.clock.set_wall(START - 30);
        rig.start_again();
        rig.clock.set_wall(START);
        assert!(!is_ready(&rig).await);
    });
}

#[test]
fn a_fresh_code_that_cannot_be_written_down_is_not_given() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        rig.stores.fail_writes(StoreFault::Full);
        assert_eq!(client.refused(asks::fresh("work")).await, FaultCode::StoreFailed);
        rig.stores.mend();
        rig.pass(30);
        assert!(is_ready(&rig).await);
    });
}

#[test]
fn a_plain_code_does_not_wait_for_the_disk() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        rig.stores.hold_commits();
        assert_eq!(client.code("work").await, keys::totp_at(START));
        rig.stores.release_commits();
    });
}

#[test]
fn what_was_given_is_remembered_over_a_restart() {
    with_agent(async |mut rig| {
        paired(&rig).await.code("work").await;
        rig.quit_and_restart().await;
        assert!(!is_ready(&rig).await);
        rig.pass(30);
        rig.quit_and_restart().await;
        assert!(is_ready(&rig).await, "an agent that ended in good order knows what it gave");
    });
}

#[test]
fn a_killed_agent_never_repeats_a_step() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        rig.stores.hold_commits();
        client.code("work").await;
        rig.kill_and_restart().await;
        assert!(!is_ready(&rig).await, "although nothing of it had reached the disk");
        rig.pass(30);
        assert!(is_ready(&rig).await);
        rig.pass(30);
        rig.kill_and_restart().await;
        assert!(!is_ready(&rig).await, "what a killed agent gave is not known");
    });
}

#[test]
fn what_a_killed_agent_gave_stays_given_when_the_next_one_ends_in_good_order() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        rig.stores.hold_commits();
        client.code("work").await;
        rig.kill_and_restart().await;
        let mut client = rig.client();
        client.ask(asks::list()).await.unwrap();
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        assert!(!is_ready(&rig).await);
        rig.quit_and_restart().await;
        assert!(!is_ready(&rig).await);
        rig.pass(30);
        rig.quit_and_restart().await;
        rig.client().ask(asks::list()).await.unwrap();
        rig.pass(30);
        rig.quit_and_restart().await;
        assert!(is_ready(&rig).await, "once the step is over, all is known again");
    });
}

#[test]
fn what_was_given_is_remembered_over_a_lock() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.code("work").await;
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        assert!(!is_ready(&rig).await);
    });
}

#[test]
fn what_was_given_is_remembered_although_it_could_not_be_written_down() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        rig.stores.fail_writes(StoreFault::Full);
        client.code("work").await;
        rig.settle().await;
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        assert!(!is_ready(&rig).await);
    });
}

#[test]
fn what_is_given_while_the_profile_is_being_renamed_is_remembered_over_a_lock() {
    with_agent(async |rig| {
        for (now, wanted) in [(START, asks::code("work")), (START + 30, asks::fresh("work"))] {
            rig.clock.set_wall(now);
            let mut client = rig.client();
            if now == START {
                client.pair_quietly(keys::TOTP, "work").await;
            }
            rig.stores.hold_commits();
            let mut renaming = rig.client();
            renaming.send(asks::rename("work", "work")).await;
            rig.until_commit_is_held().await;
            client.send(wanted).await;
            rig.settle().await;
            rig.stores.release_commits();
            renaming.receive::<Rename>().await.unwrap();
            assert_eq!(times(&client.receive::<GetCode>().await.unwrap()).0, now);
            client.ask(Lock {}).await.unwrap();
            client.ask(asks::unlock()).await.unwrap();
            assert!(!is_ready(&rig).await);
        }
    });
}

#[test]
fn a_clock_that_is_set_back_makes_no_step_fresh_again() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.code("work").await;
        for back in [30, 31, 86_400] {
            rig.clock.set_wall(START - back);
            assert!(!is_ready(&rig).await);
        }
        let fault = client.ask(asks::fresh("work")).await.unwrap_err();
        assert!(fault.message.contains("86430 seconds"), "{fault}");
        rig.clock.set_wall(START + 30);
        assert!(is_ready(&rig).await);
    });
}

#[test]
fn one_profile_s_steps_do_not_hold_up_another_s() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        client.pair_quietly(keys::TOTP, "home").await;
        client.code("home").await;
        assert!(is_ready(&rig).await);
    });
}
