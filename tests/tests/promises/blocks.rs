//! Guessing a PIN: three tries, then a block that outlives whatever is restarted, killed, set or put back.

use passcode_daemon::peer::Rights;
use passcode_daemon::ports::store::{Row, StoreFault, Table};
use passcode_proto::request::{Lock, PinChange, Status, Unlock, Unpair};
use passcode_proto::{Exit, FaultCode};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks};

use crate::pins::{pin, with_pin};

/// A client of a locked agent whose vault has the PIN 2468.
async fn locked(rig: &Rig) -> Client {
    let mut client = with_pin(rig).await;
    client.ask(Lock {}).await.expect("locking always works");
    client
}

async fn guess(client: &mut Client) -> FaultCode {
    client.refused(asks::unlock_with("1357")).await
}

/// Three wrong PINs, one after the other.
async fn block(client: &mut Client) {
    for _ in 0..3 {
        assert_eq!(guess(client).await, FaultCode::WrongPin);
    }
}

#[test]
fn the_third_wrong_pin_blocks_and_every_refusal_says_where_one_stands() {
    with_agent(async |rig| {
        let mut client = locked(&rig).await;
        for told in ["2 tries are left", "one more wrong one blocks", "for 120 seconds"] {
            let fault = client.ask(asks::unlock_with("1357")).await.unwrap_err();
            assert_eq!((fault.code, fault.code.exit()), (FaultCode::WrongPin, Exit::WrongPin));
            assert!(fault.message.contains(told), "{}", fault.message);
        }
        rig.pass(20);
        let fault = client.ask(asks::unlock_with("2468")).await.unwrap_err();
        assert_eq!((fault.code, fault.code.exit()), (FaultCode::PinBlocked, Exit::Blocked));
        assert!(fault.message.contains("100 seconds"), "{}", fault.message);
        assert_eq!(pin(&mut client).await.blocked_for, Some(100));
        rig.pass(100);
        assert_eq!(pin(&mut client).await.blocked_for, None);
        client.ask(asks::unlock_with("2468")).await.unwrap();
    });
}

#[test]
fn programs_that_guess_at_once_share_the_three_tries() {
    with_agent(async |rig| {
        drop(locked(&rig).await);
        let mut programs: Vec<_> = (0..12)
            .map(|number| rig.client_of(&format!("/usr/bin/guess-{number}"), Rights::ALL))
            .collect();
        for program in &mut programs {
            program.send(asks::unlock_with("1357")).await;
        }
        let mut refusals = Vec::new();
        for program in &mut programs {
            refusals.push(program.receive::<Unlock>().await.unwrap_err().code);
        }
        let wrong = refusals.iter().filter(|code| **code == FaultCode::WrongPin).count();
        let blocked = refusals.iter().filter(|code| **code == FaultCode::PinBlocked).count();
        assert_eq!((wrong, blocked), (3, 9));
    });
}

#[test]
fn programs_that_guess_at_once_in_an_open_vault_share_them_too_and_none_hangs() {
    with_agent(async |rig| {
        drop(with_pin(&rig).await);
        let mut programs: Vec<_> = (0..8).map(|_| rig.client()).collect();
        for program in &mut programs {
            program.send(asks::pin_change("1357", "2580")).await;
        }
        let mut refusals = Vec::new();
        for program in &mut programs {
            refusals.push(program.receive::<PinChange>().await.unwrap_err().code);
        }
        let wrong = refusals.iter().filter(|code| **code == FaultCode::WrongPin).count();
        let blocked = refusals.iter().filter(|code| **code == FaultCode::PinBlocked).count();
        assert_eq!((wrong, blocked), (3, 5));
    });
}

#[test]
fn a_block_outlives_restarts_and_a_clock_that_is_set() {
    with_agent(async |mut rig| {
        let mut client = locked(&rig).await;
        block(&mut client).await;
        rig.pass(10);
        rig.quit_and_restart().await;
        assert_eq!(rig.client().refused(asks::unlock_with("2468")).await, FaultCode::PinBlocked);
        rig.kill_and_restart().await;
        rig.clock.set_wall(passcode_tests::rig::START + 86_400);
        let fault = rig.client().ask(asks::unlock_with("2468")).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::PinBlocked);
        assert!(fault.message.contains("110 seconds"), "{}", fault.message);
        rig.pass(110);
        rig.client().ask(asks::unlock_with("2468")).await.unwrap();
    });
}

#[test]
fn a_new_start_of_the_machine_begins_the_block_anew() {
    with_agent(async |mut rig| {
        let mut client = locked(&rig).await;
        block(&mut client).await;
        rig.pass(100);
        rig.quit().await;
        rig.clock.restart_machine();
        rig.start_again();
        let fault = rig.client().ask(asks::unlock_with("2468")).await.unwrap_err();
        assert!(fault.message.contains("120 seconds"), "{}", fault.message);
        rig.pass(120);
        rig.client().ask(asks::unlock_with("2468")).await.unwrap();
    });
}

#[test]
fn each_further_block_is_twice_as_long_until_the_right_pin_comes() {
    with_agent(async |rig| {
        let mut client = locked(&rig).await;
        for minutes in [2, 4, 8] {
            block(&mut client).await;
            assert_eq!(pin(&mut client).await.blocked_for, Some(minutes * 60));
            rig.pass(u64::from(minutes) * 60);
        }
        client.ask(asks::unlock_with("2468")).await.unwrap();
        client.ask(Lock {}).await.unwrap();
        block(&mut client).await;
        assert_eq!(pin(&mut client).await.blocked_for, Some(120));
    });
}

#[test]
fn a_kill_gives_no_guess_for_free() {
    with_agent(async |mut rig| {
        drop(locked(&rig).await);
        for _ in 0..3 {
            let mut client = rig.client();
            assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
            rig.kill_and_restart().await;
        }
        assert_eq!(rig.client().refused(asks::unlock_with("2468")).await, FaultCode::PinBlocked);
    });
}

#[test]
fn a_try_is_on_disk_before_its_pin_is_looked_at() {
    with_agent(async |mut rig| {
        drop(locked(&rig).await);
        for _ in 0..3 {
            let mut client = rig.client();
            rig.stores.hold_commits();
            client.send(asks::unlock_with("2468")).await;
            rig.until_commit_is_held().await;
            assert!(client.is_waiting().await, "nothing is told before the try is stored");
            rig.stores.release_commits();
            client.receive::<Unlock>().await.unwrap();
            client.ask(Lock {}).await.unwrap();
            rig.stores.fail_writes(StoreFault::Full);
            assert_eq!(client.refused(asks::unlock_with("2468")).await, FaultCode::StoreFailed);
            rig.stores.mend();
        }
        rig.kill_and_restart().await;
        rig.client().ask(asks::unlock_with("2468")).await.unwrap();
    });
}

/// What was stored at a time, to be put back later.
fn copy(rig: &Rig) -> Vec<Row> {
    rig.stores.stored()
}

/// Puts an older copy of the vault in the place of the present one.
fn put_back(rig: &Rig, rows: &[Row]) {
    rig.stores.replace(rows.to_vec());
}

#[test]
fn a_copy_that_is_put_back_gives_no_more_guesses_and_is_noticed() {
    with_agent(async |mut rig| {
        let mut client = locked(&rig).await;
        let before = copy(&rig);
        assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
        assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
        for seconds in [120, 240, 480] {
            rig.quit().await;
            put_back(&rig, &before);
            rig.start_again();
            let mut client = rig.client();
            let fault = client.ask(asks::unlock_with("2468")).await.unwrap_err();
            assert_eq!(fault.code, FaultCode::PinBlocked, "not even the right one is looked at");
            assert!(fault.message.contains("older copy of the vault was put back"), "{fault}");
            assert!(fault.message.contains(&format!("{seconds} seconds")), "{fault}");
            rig.pass(seconds);
        }
        rig.client().ask(asks::unlock_with("2468")).await.unwrap();
    });
}

#[test]
fn a_count_that_was_removed_or_changed_gives_no_guess() {
    for removes in [true, false] {
        with_agent(async move |mut rig| {
            let mut client = locked(&rig).await;
            assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
            rig.quit().await;
            let mut rows = copy(&rig);
            match removes {
                true => rows.retain(|row| row.table != Table::Attempt),
                false => {
                    rows.iter_mut().filter(|row| row.table == Table::Attempt).for_each(|row| {
                        row.sealed[30] ^= 1;
                    })
                }
            }
            put_back(&rig, &rows);
            rig.start_again();
            let code = rig.client().refused(asks::unlock_with("2468")).await;
            let expected = if removes { FaultCode::PinBlocked } else { FaultCode::KeyStore };
            assert_eq!(code, expected);
        });
    }
}

#[test]
fn an_anchor_that_was_removed_gives_no_guess() {
    with_agent(async |mut rig| {
        drop(locked(&rig).await);
        rig.quit().await;
        rig.keys.plant_anchor(None);
        rig.start_again();
        assert_eq!(rig.client().refused(asks::unlock_with("2468")).await, FaultCode::PinBlocked);
        rig.pass(120);
        rig.client().ask(asks::unlock_with("2468")).await.unwrap();
    });
}

#[test]
fn wrong_pins_count_together_whether_the_vault_is_open_or_locked() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        assert_eq!(client.refused(asks::pin_change("1357", "2580")).await, FaultCode::WrongPin);
        assert_eq!(pin(&mut client).await.tries_left, Some(2));
        client.ask(Lock {}).await.unwrap();
        assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
        assert_eq!(guess(&mut client).await, FaultCode::WrongPin);
        assert_eq!(client.refused(asks::unlock_with("2468")).await, FaultCode::PinBlocked);
    });
}

#[test]
fn a_block_holds_for_changes_while_codes_are_still_served() {
    with_agent(async |rig| {
        let mut client = with_pin(&rig).await;
        for _ in 0..3 {
            assert_eq!(client.refused(asks::pin_change("1357", "2580")).await, FaultCode::WrongPin);
        }
        assert_eq!(client.refused(asks::pin_change("2468", "2580")).await, FaultCode::PinBlocked);
        let unpair = Unpair { pin: Some(asks::secret("2468")), ..asks::unpair("work") };
        assert_eq!(client.refused(unpair).await, FaultCode::PinBlocked);
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn the_recovery_code_is_taken_during_a_block() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(passcode_tests::rig::keys::HOTP, "work").await;
        let made = passcode_proto::request::PinSet { recovery_code: true, ..asks::pin_set("2468") };
        let code = client.ask(made).await.unwrap().recovery_code.expect("a code was asked for");
        client.ask(Lock {}).await.unwrap();
        block(&mut client).await;
        client.ask(Unlock { recovery: Some(code), ..asks::unlock() }).await.unwrap();
        client.ask(asks::pin_set("1357")).await.unwrap();
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock_with("1357")).await.unwrap();
    });
}

#[test]
fn a_block_is_known_again_after_a_restart_where_the_key_is_in_a_file() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.keystore = passcode_daemon::ports::keystore::StoreKind::File;
        rig.start_again();
        let mut client = locked(&rig).await;
        block(&mut client).await;
        rig.quit_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.refused(asks::list()).await, FaultCode::PinBlocked);
        let status = client.ask(Status {}).await.unwrap();
        assert_eq!((status.keystore.as_str(), status.pin.blocked_for), ("file", Some(120)));
    });
}

#[test]
fn an_older_copy_of_a_vault_without_pin_opens_and_is_told() {
    with_agent(async |mut rig| {
        let mut client = rig.client();
        client.pair_quietly(passcode_tests::rig::keys::HOTP, "work").await;
        rig.quit().await;
        let before = copy(&rig);
        rig.start_again();
        assert_eq!(rig.client().counter("work").await, 0);
        rig.quit().await;
        put_back(&rig, &before);
        rig.start_again();
        let mut client = rig.client();
        client.ask(asks::list()).await.unwrap();
        let status = client.ask(Status {}).await.unwrap();
        let told = status.warnings.iter().any(|warning| warning.contains("older copy"));
        assert!(told, "{:?}", status.warnings);
    });
}
