//! The manifest holds for the rows of one commit and for no others.

use proptest::prelude::*;

use super::*;

fn row(key: &VaultKey, table: Table, id: u32, revision: u64) -> Row {
    key.seal(table, id, revision, b"plain")
}

/// A key, rows, and the manifest row that was stored with them.
fn vault() -> (VaultKey, Vec<Row>, Manifest) {
    let key = VaultKey::random().unwrap();
    let changes: Vec<_> = [Table::Slot, Table::Profile, Table::Secret, Table::Usage]
        .into_iter()
        .flat_map(|table| (1..4).map(move |id| (table, id)))
        .map(|(table, id)| Change::Put(row(&key, table, id, 1)))
        .collect();
    let mut manifest = Manifest::of(&key, &[], 4);
    let mut rows = Vec::new();
    commit(&mut manifest, &mut rows, &changes);
    (key, rows, manifest)
}

fn commit(manifest: &mut Manifest, rows: &mut Vec<Row>, changes: &[Change]) {
    let staged = manifest.stage(changes);
    let all = changes.iter().cloned().chain([Change::Put(staged.row.clone())]);
    for change in all {
        rows.retain(|row| (row.table, row.id) != change.place());
        if let Change::Put(row) = change {
            rows.push(row);
        }
    }
    manifest.accept(staged);
}

fn holds(key: &VaultKey, rows: &[Row]) -> bool {
    matches!(Manifest::found(key, rows), Ok(Some(_)))
}

#[test]
fn a_missing_added_or_older_row_is_found() {
    let (key, mut rows, mut manifest) = vault();
    assert!(holds(&key, &rows));
    let before = rows.clone();
    let change = Change::Put(row(&key, Table::Usage, 2, 2));
    commit(&mut manifest, &mut rows, &[change]);
    assert!(holds(&key, &rows) && holds(&key, &before), "each whole commit holds");
    for number in 0..rows.len() {
        let mut fewer = rows.clone();
        let gone = fewer.remove(number);
        assert!(gone.table == Table::Manifest || !holds(&key, &fewer), "without row {number}");
        for older in &before {
            let mut mixed = fewer.clone();
            mixed.push(older.clone());
            let is_same = mixed.iter().all(|row| rows.contains(row)) && mixed.len() == rows.len();
            assert!(is_same || !holds(&key, &mixed));
        }
    }
}

#[test]
fn a_vault_without_manifest_is_told_apart_from_a_wrong_one() {
    let (key, rows, _) = vault();
    let without: Vec<_> = rows.iter().filter(|row| row.table != Table::Manifest).cloned().collect();
    assert!(matches!(Manifest::found(&key, &without), Ok(None)));
    let other = VaultKey::random().unwrap();
    assert!(matches!(Manifest::found(&other, &rows), Err(Mismatch)));
}

#[test]
fn every_commit_has_a_higher_number() {
    let (key, mut rows, mut manifest) = vault();
    assert_eq!(manifest.generation(), 5);
    commit(&mut manifest, &mut rows, &[]);
    assert_eq!(manifest.generation(), 6);
    assert_eq!(Manifest::found(&key, &rows).unwrap().unwrap().generation(), 6);
}

proptest! {
    /// Whatever is put and deleted, and whichever commits fail: the sum that goes on is that of the rows.
    #[test]
    fn the_manifest_follows_every_sequence_of_commits(
        commits in prop::collection::vec(
            (prop::collection::btree_map(0..6u32, any::<bool>(), 0..4), any::<bool>()), 0..12),
    ) {
        let (key, mut rows, mut manifest) = vault();
        for (revision, (changes, fails)) in commits.into_iter().enumerate() {
            let changes: Vec<_> = changes.into_iter().map(|(id, puts)| match puts {
                true => Change::Put(row(&key, Table::Secret, id, revision as u64 + 2)),
                false => Change::Delete { table: Table::Secret, id },
            }).collect();
            match fails {
                true => drop(manifest.stage(&changes)),
                false => commit(&mut manifest, &mut rows, &changes),
            }
            prop_assert!(holds(&key, &rows));
            let reread = manifest.reread(&rows).unwrap();
            prop_assert_eq!((reread.sum, reread.generation), (manifest.sum, manifest.generation));
        }
    }
}
