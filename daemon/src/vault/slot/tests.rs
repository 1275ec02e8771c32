//! The vault key comes back with its device secret and what belongs to it, and only with that.

use super::*;
use crate::kdf::Cost;

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; DEVICE_SECRET_BYTES])
}

fn pin_guard() -> PinGuard {
    PinGuard { digits: 4, recipe: Recipe::random(Cost::LEAST).unwrap() }
}

fn pin(guard: &PinGuard, pin: &str) -> Proof {
    Proof::Pin(guard.recipe.key(pin.as_bytes()).unwrap())
}

/// A row that proves its key.
fn proof_of(key: &VaultKey) -> Row {
    key.seal(Table::Setting, 1, 1, b"proof")
}

fn opens(slots: &[Row], secrets: &[Secret], proof: &Proof, sealed: &Row) -> bool {
    open(slots, secrets, proof).is_some_and(|(key, _)| key.open(sealed).is_ok())
}

#[test]
fn a_vault_without_pin_opens_with_its_device_secret_alone() {
    let key = VaultKey::random().unwrap();
    let slots = wrap(&key, &secret(7), StoreKind::Keyring, &[(Proof::Device, None)], 1);
    let expected = Guard { store: StoreKind::Keyring, pin: None, recovery: false };
    assert_eq!(guard(&slots), Ok(expected));
    let (_, number) = open(&slots, &[secret(1), secret(7)], &Proof::Device).unwrap();
    assert_eq!(number, 1, "the secret that belongs to it is told");
    assert!(opens(&slots, &[secret(7)], &Proof::Device, &proof_of(&key)));
    assert!(!opens(&slots, &[secret(8)], &Proof::Device, &proof_of(&key)));
    assert!(!opens(&slots, &[], &Proof::Device, &proof_of(&key)));
}

#[test]
fn a_vault_with_pin_opens_with_pin_and_device_secret_together() {
    let (key, asked) = (VaultKey::random().unwrap(), pin_guard());
    let ways = [(pin(&asked, "2468"), Some(asked.clone()))];
    let slots = wrap(&key, &secret(7), StoreKind::File, &ways, 5);
    assert_eq!(guard(&slots).unwrap().pin, Some(asked.clone()));
    assert!(opens(&slots, &[secret(7)], &pin(&asked, "2468"), &proof_of(&key)));
    assert!(!opens(&slots, &[secret(7)], &pin(&asked, "2469"), &proof_of(&key)));
    assert!(!opens(&slots, &[secret(8)], &pin(&asked, "2468"), &proof_of(&key)));
    assert!(!opens(&slots, &[secret(7)], &Proof::Device, &proof_of(&key)));
}

#[test]
fn a_recovery_code_opens_beside_the_pin() {
    let (key, asked) = (VaultKey::random().unwrap(), pin_guard());
    let code = || Proof::Recovery(Secret::new(vec![9; 16]));
    let ways = [(pin(&asked, "2468"), Some(asked.clone())), (code(), None)];
    let slots = wrap(&key, &secret(7), StoreKind::Passphrase, &ways, 2);
    assert!(guard(&slots).unwrap().recovery);
    assert!(opens(&slots, &[secret(7)], &code(), &proof_of(&key)));
    let other = Proof::Recovery(Secret::new(vec![8; 16]));
    assert!(!opens(&slots, &[secret(7)], &other, &proof_of(&key)));
    assert!(!opens(&slots, &[secret(8)], &code(), &proof_of(&key)));
}

#[test]
fn a_vault_without_slot_is_named_and_unknown_kinds_are_passed_over() {
    let key = VaultKey::random().unwrap();
    assert_eq!(guard(&[]), Err(SlotFault::NoSlot));
    assert_eq!(guard(&[proof_of(&key)]), Err(SlotFault::NoSlot));
    let slot = wrap(&key, &secret(7), StoreKind::File, &[(Proof::Device, None)], 1).remove(0);
    let unknown = Row { id: 2, sealed: [&[250], &slot.sealed[1..]].concat(), ..slot.clone() };
    let empty = Row { id: 3, sealed: Vec::new(), ..slot.clone() };
    assert_eq!(guard(&[unknown.clone(), empty.clone()]), Err(SlotFault::NoSlot));
    assert!(opens(&[unknown, empty, slot], &[secret(7)], &Proof::Device, &proof_of(&key)));
}

#[test]
fn a_slot_that_was_changed_or_moved_opens_nothing() {
    let (key, asked) = (VaultKey::random().unwrap(), pin_guard());
    let right = pin(&asked, "2468");
    let ways = [(pin(&asked, "2468"), Some(asked))];
    let slot = wrap(&key, &secret(7), StoreKind::File, &ways, 1).remove(0);
    for bit in 0..slot.sealed.len() * 8 {
        let mut changed = slot.clone();
        changed.sealed[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&[changed], &[secret(7)], &right).is_none(), "bit {bit}");
    }
    let other_id = Row { id: 2, ..slot.clone() };
    let other_revision = Row { revision: 2, ..slot };
    for moved in [other_id, other_revision] {
        assert!(open(&[moved], &[secret(7)], &right).is_none());
    }
}

#[test]
fn a_slot_that_claims_a_huge_derivation_is_no_slot() {
    let (key, asked) = (VaultKey::random().unwrap(), pin_guard());
    let ways = [(pin(&asked, "2468"), Some(asked))];
    let mut slot = wrap(&key, &secret(7), StoreKind::File, &ways, 1).remove(0);
    slot.sealed[3..7].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(guard(&[slot]), Err(SlotFault::NoSlot));
}

#[test]
fn the_place_is_spelled_as_the_format_says() {
    let mut expected = b"passcode vault slot\x02\x02\x01".to_vec();
    expected.extend([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4]);
    assert_eq!(slot_place(&[DEVICE, 1], 0x0102, 0x0304), expected);
    let mut first = b"passcode vault slot\x01\x01".to_vec();
    first.extend([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4]);
    assert_eq!(first_slot_place(0x0102, 0x0304).to_vec(), first);
}
