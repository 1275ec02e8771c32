//! The PIN: made, changed and removed under the rules, asked for by whom the policy says, and needed for what manages
//! the vault.

use passcode_daemon::peer::Rights;
use passcode_daemon::ports::store::Table;
use passcode_proto::event::Event;
use passcode_proto::reply::{LockState, PinReport};
use passcode_proto::request::{KeystoreSet, Lock, Pair, PinChange, Status, Unpair};
use passcode_proto::{Exit, FaultCode};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

/// A client of an agent with one HOTP profile, `work`, and the PIN 2468.
pub async fn with_pin(rig: &Rig) -> Client {
    let mut client = rig.client();
    client.pair_quietly(keys::HOTP, "work").await;
    client.ask(asks::pin_set("2468")).await.expect("a PIN that follows the rules");
    client
}

pub async fn pin(client: &mut Client) -> PinReport {
    client.ask(Status {}).await.expect("status is always answered").pin
}

async fn state(client: &mut Client) -> LockState {
    client.ask(Status {}).await.expect("status is always answered").state
}

#[test]
fn a_vault_with_a_pin_opens_with_it_alone() {
    with_agent(async |mut rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.counter("work").await, 0, "making a PIN does not lock");
        client.ask(Lock {}).await.unwrap();
        assert_eq!(client.refused(asks::unlock()).await, FaultCode::PinNeeded);
        assert_eq!(client.refused(asks::unlock_with("2469")).await, FaultCode::WrongPin);
        client.ask(asks::unlock_with("2468")).await.unwrap();
        assert_eq!(client.counter("work").await, 1);
        rig.quit_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
        assert_eq!(state(&mut client).await, LockState::Locked, "it does not open by itself");
        client.ask(asks::unlock_with("2468")).await.unwrap();
        assert_eq!(client.counter("work").await, 2);
    });
}

#[test]
fn pins_that_break_a_rule_are_refused_with_the_reason_and_nothing_changes() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let before = rig.stores.stored();
        for (pin, reason) in [
            ("1111", "at least 3 different"),
            ("8787", "at least 3 different"),
            ("123321", "at least 4 different"),
            ("112211", "at least 4 different"),
            ("1234", "count up or down"),
            ("4321", "count up or down"),
            ("765432", "count up or down"),
            ("12345", "4 or 6 digits"),
            ("12a4", "digits only"),
            ("", "4 or 6 digits"),
        ] {
            let fault = client.ask(asks::pin_set(pin)).await.unwrap_err();
            assert_eq!((fault.code, fault.code.exit()), (FaultCode::WeakPin, Exit::Refused));
            assert!(fault.message.contains(reason), "{pin}: {}", fault.message);
        }
        assert_eq!(rig.stores.stored(), before);
        assert_eq!(pin(&mut client).await.set, None);
    });
}

#[test]
fn a_pin_is_changed_with_the_old_one_and_removed_with_the_present_one() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.refused(asks::pin_set("1357")).await, FaultCode::PinIsSet);
        assert_eq!(client.refused(asks::pin_change("2469", "135790")).await, FaultCode::WrongPin);
        assert_eq!(client.refused(asks::pin_change("2468", "1111")).await, FaultCode::WeakPin);
        client.ask(asks::pin_change("2468", "135790")).await.unwrap();
        assert_eq!(pin(&mut client).await.set, Some(6));
        client.ask(Lock {}).await.unwrap();
        assert_eq!(client.refused(asks::unlock_with("2468")).await, FaultCode::WrongPin);
        client.ask(asks::unlock_with("135790")).await.unwrap();
        assert_eq!(client.refused(asks::pin_remove("2468")).await, FaultCode::WrongPin);
        client.ask(asks::pin_remove("135790")).await.unwrap();
        assert_eq!(pin(&mut client).await.set, None);
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
        assert_eq!(client.refused(asks::pin_change("135790", "2468")).await, FaultCode::NoPin);
        assert_eq!(client.refused(asks::pin_remove("135790")).await, FaultCode::NoPin);
    });
}

#[test]
fn every_change_of_the_pin_makes_all_keys_anew() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let mut seen = vec![(rig.keys.kept_secrets(), rig.stores.stored())];
        client.ask(asks::pin_set("2468")).await.unwrap();
        seen.push((rig.keys.kept_secrets(), rig.stores.stored()));
        client.ask(asks::pin_change("2468", "1357")).await.unwrap();
        seen.push((rig.keys.kept_secrets(), rig.stores.stored()));
        client.ask(asks::pin_remove("1357")).await.unwrap();
        seen.push((rig.keys.kept_secrets(), rig.stores.stored()));
        for (number, (secrets, rows)) in seen.iter().enumerate() {
            assert_eq!(secrets.len(), 1, "the former device secret is gone");
            let earlier = seen[..number].iter();
            for (former_secrets, former_rows) in earlier {
                assert_ne!(secrets, former_secrets);
                assert!(
                    rows.iter()
                        .all(|row| former_rows.iter().all(|former| former.sealed != row.sealed))
                );
            }
            let slots = rows.iter().filter(|row| row.table == Table::Slot).count();
            assert_eq!(slots, 1, "no way in is left over");
        }
    });
}

#[test]
fn a_key_that_asks_for_a_pin_gives_no_code_before_there_is_one() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let paired = client.pair(&format!("{}&pin=true", keys::HOTP), "work").await;
        assert_eq!((paired.first, paired.pin_due), (None, Some(4)));
        for _ in 0..2 {
            let fault = client.ask(asks::code("work")).await.unwrap_err();
            assert_eq!((fault.code, fault.code.exit()), (FaultCode::PinDue, Exit::Locked));
            assert!(fault.hint.contains("passcode pin set"), "{}", fault.hint);
        }
        let report = pin(&mut client).await;
        assert_eq!((report.set, report.required, report.due), (None, 4, true));
        client.ask(asks::pin_set("2468")).await.unwrap();
        assert_eq!(client.counter("work").await, 0, "no counter was spent before");
        assert_eq!(client.refused(asks::pin_remove("2468")).await, FaultCode::PinRequired);
    });
}

#[test]
fn the_strictest_of_profiles_configuration_and_policy_holds() {
    for (of_rules, of_keys, holds) in [
        (0, &["", "pin=true"][..], 4),
        (6, &["pin=true"], 6),
        (4, &[""], 4),
        (6, &["", "app_force_unlock=pin"], 6),
    ] {
        with_agent(async move |mut rig| {
            rig.quit().await;
            rig.rules.pin = of_rules;
            rig.start_again();
            let mut client = rig.client();
            for (number, asked) in of_keys.iter().enumerate() {
                let key = format!("{}&{asked}", keys::TOTP);
                client.pair_quietly(&key, &format!("profile {number}")).await;
            }
            assert_eq!(pin(&mut client).await.required, holds);
            assert_eq!(client.refused(asks::code("profile 0")).await, FaultCode::PinDue);
            if holds == 6 {
                assert_eq!(client.refused(asks::pin_set("2468")).await, FaultCode::WeakPin);
            }
            client.ask(asks::pin_set("246813")).await.unwrap();
            client.code("profile 0").await;
        });
    }
}

#[test]
fn a_longer_policy_asks_for_the_old_pin_and_then_a_new_one_before_codes() {
    with_agent(async |mut rig| {
        let client = with_pin(&rig).await;
        drop(client);
        rig.quit().await;
        rig.rules.pin = 6;
        rig.start_again();
        let mut client = rig.client();
        client.ask(asks::unlock_with("2468")).await.unwrap();
        let fault = client.ask(asks::code("work")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::PinDue);
        assert!(
            fault.message.contains("6 digits") && fault.hint.contains("pin change"),
            "{fault:?}"
        );
        assert!(client.ask(asks::list()).await.is_ok(), "what is paired can be seen");
        assert_eq!(client.refused(asks::pin_change("2468", "1357")).await, FaultCode::WeakPin);
        client.ask(asks::pin_change("2468", "135792")).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn unpairing_and_setting_a_counter_take_the_pin_once_more() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.refused(asks::unpair("work")).await, FaultCode::PinNeeded);
        assert_eq!(client.refused(asks::hotp_set("work", 5)).await, FaultCode::PinNeeded);
        let wrong = Unpair { pin: Some(asks::secret("1357")), ..asks::unpair("work") };
        assert_eq!(client.refused(wrong).await, FaultCode::WrongPin);
        let mut set = asks::hotp_set("work", 5);
        set.pin = Some(asks::secret("2468"));
        assert_eq!(client.ask(set).await.unwrap().next.0, 5);
        let unpair = Unpair { pin: Some(asks::secret("2468")), ..asks::unpair("work") };
        client.ask(unpair).await.unwrap();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::NothingPaired);
    });
}

#[test]
fn subscribers_hear_of_wrong_pins_and_never_a_pin() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        let mut subscriber = rig.client().subscribe().await;
        client.ask(Lock {}).await.unwrap();
        let mut other = rig.client_of("/usr/bin/guesser", Rights::ALL);
        for blocks in [false, false, true] {
            other.refused(asks::unlock_with("1357")).await;
            let event = subscriber.until(|event| matches!(event, Event::WrongPin(_))).await;
            let Event::WrongPin(wrong) = event.event else { unreachable!("it was waited for") };
            assert_eq!(wrong.blocked_for.is_some(), blocks);
            assert_eq!(wrong.caller, "/usr/bin/guesser");
        }
    });
}

#[test]
fn pairing_into_a_locked_vault_is_refused_and_leaves_nothing() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        client.ask(Lock {}).await.unwrap();
        let before = rig.stores.stored();
        assert_eq!(client.refused(asks::pair(keys::TOTP, "other")).await, FaultCode::Locked);
        assert_eq!(rig.stores.stored(), before);
    });
}

#[test]
fn codes_that_are_asked_for_while_keys_are_made_come_after_it() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        let mut other = rig.client();
        rig.stores.hold_commits();
        client.send(asks::pin_change("2468", "1357")).await;
        rig.until_commit_is_held().await;
        other.send(asks::code("work")).await;
        rig.stores.release_commits();
        client.receive::<PinChange>().await.unwrap();
        let code = other.receive::<passcode_proto::request::GetCode>().await.unwrap();
        assert_eq!(code.code.expose(), keys::RFC_CODES[0]);
    });
}

#[test]
fn a_pin_that_cannot_be_stored_leaves_the_old_one_in_force() {
    for commit in 1..=4 {
        with_agent(async move |mut rig| {
            let mut client = with_pin(&rig).await;
            rig.stores.fail_commit(
                rig.stores.commits() + commit,
                passcode_daemon::ports::store::StoreFault::Full,
            );
            let changed = client.ask(asks::pin_change("2468", "1357")).await;
            let (right, wrong) = if changed.is_ok() { ("1357", "2468") } else { ("2468", "1357") };
            rig.kill_and_restart().await;
            rig.stores.forget_plans();
            let mut client = rig.client();
            assert_eq!(client.refused(asks::unlock_with(wrong)).await, FaultCode::WrongPin);
            client.ask(asks::unlock_with(right)).await.unwrap();
            assert_eq!(client.counter("work").await, 0);
        });
    }
}

#[test]
fn a_change_of_keys_that_is_torn_or_killed_leaves_one_pin_that_opens() {
    for tears in [false, true] {
        for commit in 1..=4 {
            with_agent(async move |mut rig| {
                let mut client = with_pin(&rig).await;
                let number = rig.stores.commits() + commit;
                match tears {
                    true => rig
                        .stores
                        .tear_commit(number, passcode_daemon::ports::store::StoreFault::Full),
                    false => rig
                        .stores
                        .fail_commit(number, passcode_daemon::ports::store::StoreFault::Gone),
                }
                // Whatever is answered, one of the two opens, and nothing is lost.
                let _ = client.ask(asks::pin_change("2468", "1357")).await;
                rig.kill_and_restart().await;
                rig.stores.forget_plans();
                let mut client = rig.client();
                let opened = client.ask(asks::unlock_with("1357")).await.is_ok()
                    || client.ask(asks::unlock_with("2468")).await.is_ok();
                assert!(opened, "commit {commit}");
                assert_eq!(client.counter("work").await, 0);
                assert_eq!(rig.keys.kept_secrets().len(), 1, "what the crash left is gone");
            });
        }
    }
}

#[test]
fn managing_is_answered_in_turn_while_pins_are_looked_at() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        client.pair_quietly(keys::TOTP, "one").await;
        client.pair_quietly(keys::TOTP, "two").await;
        let (mut first, mut second) = (rig.client(), rig.client());
        let unpair = |name| Unpair { pin: Some(asks::secret("2468")), ..asks::unpair(name) };
        first.send(unpair("one")).await;
        second.send(unpair("two")).await;
        first.receive::<Unpair>().await.unwrap();
        second.receive::<Unpair>().await.unwrap();
        assert_eq!(client.ask(asks::list()).await.unwrap().profiles.len(), 1);
    });
}

#[test]
fn a_kind_of_key_store_that_is_none_is_refused() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        let cloud = KeystoreSet { pin: Some(asks::secret("2468")), ..asks::keystore_set("cloud") };
        assert_eq!(client.refused(cloud).await, FaultCode::BadRequest);
        assert_eq!(client.refused(asks::keystore_set("file")).await, FaultCode::PinNeeded);
    });
}

#[test]
fn a_profile_that_asks_for_a_pin_does_so_until_it_is_unpaired() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::HOTP, "work").await;
        let key = format!("{}&pin=true", keys::TOTP);
        let strict = Pair { no_code: true, ..asks::pair(&key, "strict") };
        assert_eq!(client.ask(strict).await.unwrap().pin_due, Some(4));
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::PinDue);
        client.ask(asks::unpair("strict")).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}
