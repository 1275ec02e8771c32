//! The vault key comes back with its device secret, and only with it.

use super::*;
use crate::ports::fake::keystore::FakeKeyStore;
use crate::ports::store::StoreFault;

/// The key store and slot of a new vault, and a row that proves its key.
fn new_vault() -> (FakeKeyStore, Row, Row) {
    let keys = FakeKeyStore::new();
    let (key, slot) = create(&keys).unwrap();
    let proof = key.seal(Table::Setting, 1, 1, b"proof");
    (keys, slot, proof)
}

fn fault(keys: &FakeKeyStore, rows: &[Row]) -> SlotFault {
    unlock(keys, rows).unwrap_err()
}

#[test]
fn a_new_vault_opens_with_its_device_secret() {
    let (keys, slot, proof) = new_vault();
    assert_eq!((slot.table, slot.id, slot.revision), (Table::Slot, 1, 1));
    assert_eq!(keys.kept_bytes().unwrap().len(), DEVICE_SECRET_BYTES);
    let key = unlock(&keys, &[slot]).unwrap();
    assert_eq!(key.open(&proof).unwrap().expose(), b"proof");
}

#[test]
fn no_vault_is_made_when_its_device_secret_cannot_be_kept() {
    let keys = FakeKeyStore::new();
    let full = KeyStoreFault::Disk(StoreFault::Full);
    keys.fail(full.clone());
    assert_eq!(create(&keys).unwrap_err(), SlotFault::KeyStore(full));
    keys.mend();
    assert_eq!(keys.kept_bytes(), None);
}

#[test]
fn a_device_secret_that_is_there_already_is_kept_for_the_vault_that_needs_it() {
    let (keys, old_slot, proof) = new_vault();
    let (new_key, new_slot) = create(&keys).unwrap();
    assert!(new_key.open(&proof).is_err(), "a new vault has a key of its own");
    assert!(unlock(&keys, &[new_slot]).is_ok());
    assert!(unlock(&keys, &[old_slot]).unwrap().open(&proof).is_ok());
}

#[test]
fn a_missing_or_foreign_device_secret_is_told_apart() {
    let (keys, slot, _) = new_vault();
    keys.plant(None);
    assert_eq!(fault(&keys, std::slice::from_ref(&slot)), SlotFault::NoDeviceSecret);
    keys.plant(Some(vec![1; DEVICE_SECRET_BYTES]));
    assert_eq!(fault(&keys, &[slot]), SlotFault::WrongDeviceSecret);
}

#[test]
fn a_key_store_that_fails_is_named() {
    let (keys, slot, _) = new_vault();
    keys.fail(KeyStoreFault::Damaged);
    assert_eq!(fault(&keys, &[slot]), SlotFault::KeyStore(KeyStoreFault::Damaged));
}

#[test]
fn a_vault_without_slot_is_named_and_the_key_store_not_asked() {
    let (keys, _, proof) = new_vault();
    keys.fail(KeyStoreFault::Damaged);
    assert_eq!(fault(&keys, &[]), SlotFault::NoSlot);
    assert_eq!(fault(&keys, &[proof]), SlotFault::NoSlot);
}

#[test]
fn slots_of_unknown_kinds_and_of_other_secrets_are_passed_over() {
    let (keys, slot, proof) = new_vault();
    let (_, foreign, _) = new_vault();
    let unknown = Row { id: 2, sealed: [&[250], &slot.sealed[1..]].concat(), ..slot.clone() };
    let empty = Row { id: 3, sealed: Vec::new(), ..slot.clone() };
    assert_eq!(fault(&keys, &[unknown.clone(), empty.clone()]), SlotFault::NoSlot);
    let key = unlock(&keys, &[unknown, empty, foreign, slot]).unwrap();
    assert!(key.open(&proof).is_ok());
}

#[test]
fn a_slot_that_was_changed_or_moved_opens_nothing() {
    let (keys, slot, _) = new_vault();
    for bit in 8..slot.sealed.len() * 8 {
        let mut changed = slot.clone();
        changed.sealed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(fault(&keys, &[changed]), SlotFault::WrongDeviceSecret, "bit {bit}");
    }
    let other_id = Row { id: 2, ..slot.clone() };
    let other_revision = Row { revision: 2, ..slot };
    assert_eq!(fault(&keys, &[other_id]), SlotFault::WrongDeviceSecret);
    assert_eq!(fault(&keys, &[other_revision]), SlotFault::WrongDeviceSecret);
}

#[test]
fn the_place_is_spelled_as_the_format_says() {
    let mut expected = b"passcode vault slot\x01\x01".to_vec();
    expected.extend([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4]);
    assert_eq!(slot_place(DEVICE, 0x0102, 0x0304).to_vec(), expected);
}
