//! A sealed row opens in its place and nowhere else.

use proptest::prelude::*;

use super::*;
use crate::aead::NONCE_BYTES;

fn key() -> VaultKey {
    VaultKey::random().unwrap()
}

fn any_table() -> impl Strategy<Value = Table> {
    prop::sample::select(&Table::ALL[..])
}

proptest! {
    #[test]
    fn what_was_sealed_is_opened(
        table in any_table(),
        id: u32,
        revision: u64,
        plain in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let key = key();
        let row = key.seal(table, id, revision, &plain);
        prop_assert_eq!((row.table, row.id, row.revision), (table, id, revision));
        prop_assert_eq!(row.sealed.len(), plain.len() + 40);
        let opened = key.open(&row).unwrap();
        prop_assert_eq!(opened.expose(), &plain[..]);
    }

    #[test]
    fn a_row_in_another_place_is_refused(
        table in any_table(),
        other in any_table(),
        id: u32,
        other_id: u32,
        revision: u64,
        other_revision: u64,
    ) {
        let key = key();
        let row = key.seal(table, id, revision, b"plain");
        let moves = [(other, id, revision), (table, other_id, revision), (table, id, other_revision)];
        for (table, id, revision) in moves {
            let moved = Row { table, id, revision, sealed: row.sealed.clone() };
            let here = (table, id, revision) == (row.table, row.id, row.revision);
            prop_assert_eq!(key.open(&moved).is_ok(), here);
        }
    }
}

#[test]
fn every_single_changed_bit_is_noticed() {
    let key = key();
    let row = key.seal(Table::Usage, 3, 9, b"counter 755224");
    for bit in 0..row.sealed.len() * 8 {
        let mut changed = row.clone();
        changed.sealed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.open(&changed), Err(Unsealable), "bit {bit}");
    }
}

#[test]
fn every_cut_is_noticed() {
    let key = key();
    let row = key.seal(Table::Secret, 1, 1, b"secret");
    for length in 0..row.sealed.len() {
        let cut = Row { sealed: row.sealed[..length].to_vec(), ..row.clone() };
        assert_eq!(key.open(&cut), Err(Unsealable), "{length} bytes");
    }
    let longer = Row { sealed: [&row.sealed[..], &[0]].concat(), ..row };
    assert_eq!(key.open(&longer), Err(Unsealable));
}

#[test]
fn another_key_opens_nothing() {
    let row = key().seal(Table::Profile, 1, 1, b"name");
    assert_eq!(key().open(&row), Err(Unsealable));
}

#[test]
fn the_same_row_is_never_sealed_to_the_same_bytes() {
    let key = key();
    let first = key.seal(Table::Profile, 1, 1, b"name");
    let second = key.seal(Table::Profile, 1, 1, b"name");
    assert_ne!(first.sealed[..NONCE_BYTES], second.sealed[..NONCE_BYTES]);
    assert_ne!(first.sealed[NONCE_BYTES..], second.sealed[NONCE_BYTES..]);
}

#[test]
fn the_place_is_spelled_as_the_format_says() {
    let mut expected = b"passcode vault row\x01\x04".to_vec();
    expected.extend([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4]);
    assert_eq!(row_place(Table::Usage, 0x0102, 0x0304).to_vec(), expected);
}

#[test]
fn a_key_and_a_row_do_not_show_their_bytes() {
    let key = VaultKey::from_bytes(&[0xAB; KEY_BYTES]).unwrap();
    assert_eq!(format!("{key:?}"), "[vault key]");
    let row = Row { table: Table::Secret, id: 1, revision: 2, sealed: vec![171; 50] };
    assert!(!format!("{row:?}").contains("171"));
}
