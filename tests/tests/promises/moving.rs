//! Moving the vault's key between key stores, and destroying it: at every moment there is one way in, or none at all.

use passcode_daemon::ports::keystore::{KeyStoreFault, StoreKind};
use passcode_daemon::ports::store::StoreFault;
use passcode_proto::FaultCode;
use passcode_proto::event::Event;
use passcode_proto::reply::LockState;
use passcode_proto::request::{KeystoreSet, Lock, Reset, Status, Unlock};
use passcode_tests::rig::client::Client;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

use crate::pins::with_pin;

const PASSPHRASE: &str = "correct horse battery";

fn to_passphrase() -> KeystoreSet {
    KeystoreSet { passphrase: Some(asks::secret(PASSPHRASE)), ..asks::keystore_set("passphrase") }
}

fn with_passphrase(text: &str) -> Unlock {
    Unlock { passphrase: Some(asks::secret(text)), ..asks::unlock() }
}

async fn paired(rig: &Rig) -> Client {
    let mut client = rig.client();
    client.pair_quietly(keys::HOTP, "work").await;
    client
}

fn kept(rig: &Rig, kind: StoreKind) -> usize {
    rig.keystores.fake(kind).kept_secrets().len()
}

#[test]
fn the_key_moves_and_nothing_of_it_stays_behind() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        let first = rig.keys.kept_secrets();
        client.ask(asks::keystore_set("file")).await.unwrap();
        assert_eq!((kept(&rig, StoreKind::Keyring), kept(&rig, StoreKind::File)), (0, 1));
        assert_ne!(rig.keystores.fake(StoreKind::File).kept_secrets(), first);
        assert_eq!(client.ask(Status {}).await.unwrap().keystore, "file");
        rig.quit_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.counter("work").await, 0, "the vault knows where its key is");
    });
}

#[test]
fn a_vault_in_a_passphrase_store_opens_with_the_passphrase_alone() {
    with_agent(async |mut rig| {
        let mut client = paired(&rig).await;
        let short = KeystoreSet { passphrase: Some(asks::secret("short")), ..to_passphrase() };
        assert_eq!(client.refused(short).await, FaultCode::BadPassphrase);
        assert_eq!(
            client.refused(asks::keystore_set("passphrase")).await,
            FaultCode::BadPassphrase
        );
        client.ask(to_passphrase()).await.unwrap();
        rig.quit_and_restart().await;
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked);
        let status = client.ask(Status {}).await.unwrap();
        assert!(status.passphrase && status.state == LockState::Locked);
        assert_eq!(client.refused(asks::unlock()).await, FaultCode::PassphraseNeeded);
        let wrong = client.refused(with_passphrase("correct horse buttery")).await;
        assert_eq!(wrong, FaultCode::WrongPassphrase);
        client.ask(with_passphrase(PASSPHRASE)).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
        rig.pass(180);
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::Locked, "it locks by time");
    });
}

#[test]
fn passphrase_and_pin_are_both_asked_for() {
    with_agent(async |mut rig| {
        let mut client = with_pin(&rig).await;
        let moved = KeystoreSet { pin: Some(asks::secret("2468")), ..to_passphrase() };
        client.ask(moved).await.unwrap();
        rig.quit_and_restart().await;
        let mut client = rig.client();
        rig.settle().await;
        assert_eq!(client.refused(asks::unlock_with("2468")).await, FaultCode::PassphraseNeeded);
        assert_eq!(client.refused(with_passphrase(PASSPHRASE)).await, FaultCode::PinNeeded);
        let both =
            |pin: &str| Unlock { pin: Some(asks::secret(pin)), ..with_passphrase(PASSPHRASE) };
        assert_eq!(client.refused(both("1357")).await, FaultCode::WrongPin);
        client.ask(both("2468")).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_pin_can_be_changed_in_every_key_store() {
    for kind in ["keyring", "file", "credential", "passphrase"] {
        with_agent(async move |rig| {
            let mut client = paired(&rig).await;
            let passphrase = (kind == "passphrase").then(|| asks::secret(PASSPHRASE));
            client.ask(KeystoreSet { passphrase, ..asks::keystore_set(kind) }).await.unwrap();
            client.ask(asks::pin_set("2468")).await.unwrap();
            client.ask(asks::pin_change("2468", "1357")).await.unwrap();
            client.ask(Lock {}).await.unwrap();
            let passphrase = (kind == "passphrase").then(|| asks::secret(PASSPHRASE));
            client.ask(Unlock { passphrase, ..asks::unlock_with("1357") }).await.unwrap();
            client.ask(asks::pin_remove("1357")).await.unwrap();
            assert_eq!(client.counter("work").await, 0, "{kind}");
        });
    }
}

#[test]
fn a_move_that_fails_anywhere_leaves_the_vault_where_it_was() {
    for commit in 1..=3 {
        with_agent(async move |mut rig| {
            let mut client = paired(&rig).await;
            rig.stores.fail_commit(rig.stores.commits() + commit, StoreFault::Full);
            let moved = client.ask(asks::keystore_set("file")).await;
            let kind = if moved.is_ok() { "file" } else { "keyring" };
            rig.kill_and_restart().await;
            rig.stores.forget_plans();
            let mut client = rig.client();
            assert_eq!(client.counter("work").await, 0);
            assert_eq!(client.ask(Status {}).await.unwrap().keystore, kind);
        });
    }
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        rig.keystores.fake(StoreKind::File).fail_writes(KeyStoreFault::Disk(StoreFault::Full));
        assert_eq!(client.refused(asks::keystore_set("file")).await, FaultCode::StoreFailed);
        assert_eq!(client.counter("work").await, 0);
        assert_eq!((kept(&rig, StoreKind::Keyring), kept(&rig, StoreKind::File)), (1, 0));
    });
}

#[test]
fn a_kill_in_the_middle_of_a_move_loses_nothing() {
    for tears in [false, true] {
        for commit in 1..=3 {
            with_agent(async move |mut rig| {
                let mut client = paired(&rig).await;
                if tears {
                    rig.stores.tear_commit(rig.stores.commits() + commit, StoreFault::Full);
                }
                client.send(asks::keystore_set("file")).await;
                for _ in 0..commit * 20 {
                    tokio::task::yield_now().await;
                }
                rig.kill_and_restart().await;
                rig.stores.forget_plans();
                assert_eq!(rig.client().counter("work").await, 0);
            });
        }
    }
}

#[test]
fn a_pin_that_comes_with_a_move_makes_no_pin() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        let moved = KeystoreSet { pin: Some(asks::secret("1")), ..asks::keystore_set("file") };
        client.ask(moved).await.unwrap();
        assert_eq!(crate::pins::pin(&mut client).await.set, None);
        client.ask(Lock {}).await.unwrap();
        client.ask(asks::unlock()).await.unwrap();
    });
}

#[test]
fn a_policy_says_where_the_key_may_go() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.keystores = vec![StoreKind::Keyring, StoreKind::Passphrase];
        rig.start_again();
        let mut client = paired(&rig).await;
        assert_eq!(client.refused(asks::keystore_set("file")).await, FaultCode::PolicyForbids);
        client.ask(to_passphrase()).await.unwrap();
    });
}

#[test]
fn the_first_passphrase_makes_the_vault() {
    with_agent(async |mut rig| {
        rig.quit().await;
        rig.rules.keystore = StoreKind::Passphrase;
        rig.start_again();
        let mut client = rig.client();
        assert_eq!(
            client.refused(asks::pair(keys::HOTP, "work")).await,
            FaultCode::PassphraseNeeded
        );
        assert_eq!(client.refused(with_passphrase("short")).await, FaultCode::BadPassphrase);
        assert_eq!(rig.stores.stored(), []);
        client.ask(with_passphrase(PASSPHRASE)).await.unwrap();
        client.pair_quietly(keys::HOTP, "work").await;
        rig.quit_and_restart().await;
        let mut client = rig.client();
        client.ask(with_passphrase(PASSPHRASE)).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn a_locked_keyring_is_asked_for_only_when_the_user_unlocks() {
    with_agent(async |mut rig| {
        drop(paired(&rig).await);
        rig.quit().await;
        rig.keys.lock(true);
        rig.start_again();
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::KeyStoreLocked);
        assert_eq!(rig.keys.asked(), 0, "no window pops up for a program");
        client.ask(asks::unlock()).await.unwrap();
        assert_eq!(rig.keys.asked(), 1);
        assert_eq!(client.counter("work").await, 0);
    });
}

#[test]
fn reset_destroys_the_vault_and_its_keys_without_a_pin_and_tells_everyone() {
    for locks in [false, true] {
        with_agent(async move |rig| {
            let mut client = with_pin(&rig).await;
            let mut subscriber = rig.client().subscribe().await;
            if locks {
                client.ask(Lock {}).await.unwrap();
            }
            assert!(client.ask(Reset {}).await.unwrap().warnings.is_empty());
            assert_eq!((rig.stores.stored(), kept(&rig, StoreKind::Keyring)), (vec![], 0));
            subscriber.until(|event| *event == Event::Reset).await;
            assert_eq!(client.ask(Status {}).await.unwrap().state, LockState::Empty);
            client.pair_quietly(keys::HOTP, "again").await;
            assert_eq!(client.counter("again").await, 0, "there is no PIN any more");
        });
    }
}

#[test]
fn reset_mends_a_vault_that_cannot_be_used() {
    with_agent(async |mut rig| {
        drop(paired(&rig).await);
        rig.quit().await;
        rig.keys.plant(None);
        rig.start_again();
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::KeyStore);
        client.ask(Reset {}).await.unwrap();
        client.pair_quietly(keys::HOTP, "again").await;
    });
}

#[test]
fn reset_says_what_it_could_not_destroy() {
    with_agent(async |rig| {
        let mut client = paired(&rig).await;
        rig.keys.fail(KeyStoreFault::Locked);
        let warnings = client.ask(Reset {}).await.unwrap().warnings;
        assert!(warnings[0].contains("keyring"), "{warnings:?}");
        assert_eq!(rig.stores.stored(), []);
    });
}

#[test]
fn reset_waits_for_what_is_being_opened_and_then_destroys_it() {
    for fails in [false, true] {
        with_agent(async move |mut rig| {
            drop(paired(&rig).await);
            rig.quit().await;
            if fails {
                rig.keys.plant(None);
            }
            rig.gate.shut();
            rig.start_again();
            let mut client = rig.client();
            rig.until(|| rig.gate.waiting() == 1).await;
            client.send(Reset {}).await;
            rig.settle().await;
            rig.gate.open();
            client.receive::<Reset>().await.unwrap();
            assert_eq!(rig.stores.stored(), []);
            assert_eq!(client.ask(Status {}).await.unwrap().state, LockState::Empty);
        });
    }
}
