//! A vault that cannot be used: the fault says why, the command line ends with status 10, and the vault is left as it
//! was found until it is mended.

use std::io::ErrorKind;

use passcode_daemon::ports::keystore::KeyStoreFault;
use passcode_daemon::ports::store::{Exposure, Row, StoreFault, Table};
use passcode_proto::fault::Exit;
use passcode_proto::reply::LockState;
use passcode_proto::request::Status;
use passcode_proto::{Fault, FaultCode};
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, asks, keys};

/// An agent with two profiles that has ended in good order.
async fn ended(rig: &mut Rig) {
    let mut client = rig.client();
    client.pair_quietly(keys::HOTP, "work").await;
    client.pair_quietly(keys::TOTP, "home").await;
    client.ask(asks::default("home")).await.expect("a default");
    rig.quit().await;
}

/// Starts the agent on what was left, and checks that nothing works, nothing is touched and the reason is told.
async fn refusal(rig: &mut Rig) -> Fault {
    let before = (rig.stores.stored(), rig.stores.commits(), rig.keys.kept_bytes());
    rig.start_again();
    let mut client = rig.client();
    let fault = client.ask(asks::code("work")).await.expect_err("no code");
    for refused in [
        client.ask(asks::list()).await.map(|_| ()),
        client.ask(asks::pair(keys::TOTP, "new")).await.map(|_| ()),
        client.ask(asks::unpair("work")).await.map(|_| ()),
        client.ask(asks::unlock()).await.map(|_| ()),
    ] {
        assert_eq!(refused, Err(fault.clone()));
    }
    let status = client.ask(Status {}).await.expect("status is always answered");
    assert_eq!(status.state, LockState::Broken);
    assert!(status.warnings[0].starts_with(&fault.message), "{:?}", status.warnings);
    assert_eq!((rig.stores.stored(), rig.stores.commits(), rig.keys.kept_bytes()), before);
    rig.quit().await;
    assert!(rig.stores.ended_cleanly(), "not even a mark is left");
    fault
}

fn change(rig: &Rig, place: (Table, u32), change: impl FnOnce(&mut Row)) {
    let rows = rig.stores.stored();
    let row = rows.iter().find(|row| (row.table, row.id) == place).expect("there is such a row");
    let mut changed = row.clone();
    change(&mut changed);
    rig.stores.plant(changed);
}

#[test]
fn every_fault_of_the_disk_has_its_code_and_is_over_when_it_is_mended() {
    let ours = |how| StoreFault::NotOurs { what: "vault.db", how };
    for (fault, code) in [
        (StoreFault::Damaged, FaultCode::VaultDamaged),
        (StoreFault::Newer { found: 2, known: 1 }, FaultCode::VaultNewer),
        (ours(Exposure::OtherOwner), FaultCode::VaultUnreadable),
        (ours(Exposure::OthersMayWrite), FaultCode::VaultUnreadable),
        (ours(Exposure::OthersMayRead), FaultCode::VaultUnreadable),
        (StoreFault::NotAFile { what: "vault.db" }, FaultCode::VaultUnreadable),
        (StoreFault::NotAFolder, FaultCode::VaultUnreadable),
        (StoreFault::InUse, FaultCode::VaultUnreadable),
        (StoreFault::Gone, FaultCode::VaultUnreadable),
        (StoreFault::Denied, FaultCode::VaultUnreadable),
        (StoreFault::ReadOnly, FaultCode::VaultUnreadable),
        (StoreFault::Io(ErrorKind::Other, "reading"), FaultCode::VaultUnreadable),
    ] {
        with_agent(async move |mut rig| {
            ended(&mut rig).await;
            rig.stores.fail_reads(fault.clone());
            let told = refusal(&mut rig).await;
            assert_eq!((told.code, told.code.exit()), (code, Exit::Vault), "{fault}");
            assert!(told.message.to_lowercase().contains(&fault.to_string().to_lowercase()));
            assert_eq!(told.hint, fault.hint());
            rig.stores.mend();
            rig.start_again();
            assert_eq!(rig.client().counter("work").await, 0);
        });
    }
}

#[test]
fn a_vault_that_was_mended_is_opened_by_unlocking() {
    with_agent(async |mut rig| {
        ended(&mut rig).await;
        rig.stores.fail_reads(StoreFault::Denied);
        rig.start_again();
        let mut client = rig.client();
        assert_eq!(client.refused(asks::code("work")).await, FaultCode::VaultUnreadable);
        rig.stores.mend();
        client.ask(asks::unlock()).await.unwrap();
        assert_eq!(client.counter("work").await, 0);
        assert_eq!(client.ask(Status {}).await.unwrap().state, LockState::Open);
    });
}

#[test]
fn a_vault_whose_key_is_gone_or_another_one_is_not_opened() {
    with_agent(async |mut rig| {
        ended(&mut rig).await;
        let key = rig.keys.kept_bytes();
        for planted in [None, Some(vec![7; 32])] {
            rig.keys.plant(planted);
            let fault = refusal(&mut rig).await;
            assert_eq!((fault.code, fault.code.exit()), (FaultCode::KeyStore, Exit::Vault));
        }
        rig.keys.plant(key);
        rig.start_again();
        assert_eq!(rig.client().counter("work").await, 0);
    });
}

#[test]
fn a_key_store_that_fails_says_why() {
    for fault in [KeyStoreFault::Damaged, KeyStoreFault::Disk(StoreFault::Denied)] {
        with_agent(async move |mut rig| {
            ended(&mut rig).await;
            rig.keys.fail(fault.clone());
            let told = refusal(&mut rig).await;
            assert_eq!((told.code, told.code.exit()), (FaultCode::KeyStore, Exit::Vault));
            assert!(told.message.to_lowercase().contains(&fault.to_string().to_lowercase()));
            rig.keys.mend();
            rig.start_again();
            assert_eq!(rig.client().counter("work").await, 0);
        });
    }
}

#[test]
fn a_vault_whose_key_store_is_away_is_locked_and_opens_when_it_is_back() {
    for (fault, code) in [
        (KeyStoreFault::Absent("no keyring answers"), FaultCode::NoKeyStore),
        (KeyStoreFault::Locked, FaultCode::KeyStoreLocked),
        (KeyStoreFault::Late, FaultCode::KeyStore),
        (KeyStoreFault::Failed("the keyring went away"), FaultCode::KeyStore),
    ] {
        with_agent(async move |mut rig| {
            ended(&mut rig).await;
            rig.keys.fail(fault.clone());
            rig.start_again();
            let mut client = rig.client();
            assert_eq!(client.refused(asks::code("work")).await, code);
            let status = client.ask(Status {}).await.unwrap();
            assert_eq!(status.state, LockState::Locked);
            assert!(status.warnings.iter().any(|told| told.contains("key")), "{status:?}");
            rig.keys.mend();
            assert_eq!(client.counter("work").await, 0, "no command is needed for it");
            let status = client.ask(Status {}).await.unwrap();
            assert_eq!(status.state, LockState::Open);
        });
    }
}

#[test]
fn a_row_of_which_a_single_bit_is_changed_is_noticed() {
    for place in [(Table::Profile, 1), (Table::Secret, 1), (Table::Usage, 2), (Table::Setting, 1)] {
        for byte in [0, 24, usize::MAX] {
            with_agent(async move |mut rig| {
                ended(&mut rig).await;
                change(&rig, place, |row| {
                    let last = row.sealed.len() - 1;
                    row.sealed[byte.min(last)] ^= 1;
                });
                let fault = refusal(&mut rig).await;
                assert_eq!((fault.code, fault.code.exit()), (FaultCode::VaultDamaged, Exit::Vault));
            });
        }
    }
}

#[test]
fn a_row_that_was_cut_or_emptied_is_noticed() {
    for length in [0, 1, 39, 40] {
        with_agent(async move |mut rig| {
            ended(&mut rig).await;
            change(&rig, (Table::Secret, 1), |row| row.sealed.truncate(length));
            assert_eq!(refusal(&mut rig).await.code, FaultCode::VaultDamaged);
        });
    }
}

#[test]
fn a_row_that_was_put_into_another_s_place_is_noticed() {
    with_agent(async |mut rig| {
        ended(&mut rig).await;
        let rows = rig.stores.stored();
        let secret = |id| rows.iter().find(|row| row.table == Table::Secret && row.id == id);
        let (one, two) = (secret(1).unwrap().clone(), secret(2).unwrap().clone());
        rig.stores.plant(Row { id: 2, ..one });
        assert_eq!(refusal(&mut rig).await.code, FaultCode::VaultDamaged);
        rig.stores.plant(two);
        change(&rig, (Table::Usage, 1), |row| row.revision += 1);
        assert_eq!(refusal(&mut rig).await.code, FaultCode::VaultDamaged);
    });
}

#[test]
fn a_changed_way_to_the_vault_key_is_noticed() {
    with_agent(async |mut rig| {
        ended(&mut rig).await;
        change(&rig, (Table::Slot, 1), |row| row.sealed[30] ^= 1);
        assert_eq!(refusal(&mut rig).await.code, FaultCode::KeyStore);
    });
}

#[test]
fn whoever_waits_for_a_vault_that_turns_out_broken_is_told_why() {
    with_agent(async |mut rig| {
        ended(&mut rig).await;
        rig.stores.fail_reads(StoreFault::Damaged);
        rig.gate.shut();
        rig.start_again();
        rig.until(|| rig.gate.waiting() == 1).await;
        let mut clients: Vec<_> = (0..5).map(|_| rig.client()).collect();
        for client in &mut clients {
            client.send(asks::code("work")).await;
        }
        rig.settle().await;
        rig.gate.open();
        for client in &mut clients {
            let fault = client.receive::<passcode_proto::request::GetCode>().await.unwrap_err();
            assert_eq!(fault.code, FaultCode::VaultDamaged);
        }
    });
}
