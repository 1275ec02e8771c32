//! The vault that version 1 of the format was released with opens for ever. How it was made stands beside it.

use std::io::Write;

use super::*;
use crate::ports::keyfile::KeyFile;
use crate::ports::keystore::{Access, KeyStore};
use crate::vault::slot::{self, Proof};

const VAULT: &[u8] = include_bytes!("../../../../tests/golden/vault-v1/vault.db");
const KEY: &[u8] = include_bytes!("../../../../tests/golden/vault-v1/vault.key");

#[test]
fn a_vault_of_version_1_opens_with_all_its_rows() {
    let folder = private_folder();
    for (name, bytes) in [(NAME, VAULT), ("vault.key", KEY)] {
        place::create_file(&folder.path().join(name)).unwrap().write_all(bytes).unwrap();
    }
    let mut store = open(folder.path()).unwrap();
    assert_eq!(store.begin_use(), Ok(true));
    let rows = store.rows().unwrap();
    let kept = KeyFile::new(folder.path()).load(Access::default()).unwrap();
    let (key, _) = slot::open(&rows, &kept.secrets, &Proof::Device).unwrap();
    let opened: Vec<_> = rows[1..]
        .iter()
        .map(|row| (row.table, row.id, row.revision, key.open(row).unwrap().expose().to_vec()))
        .collect();
    let expected = [
        (Table::Profile, 1, 1, b"profile one".to_vec()),
        (Table::Profile, u32::MAX, 2, b"last profile".to_vec()),
        (Table::Secret, 1, 1, b"12345678901234567890".to_vec()),
        (Table::Usage, 1, u64::MAX, b"counter 9".to_vec()),
        (Table::Setting, 7, 3, Vec::new()),
    ];
    assert_eq!(opened, expected);
}
