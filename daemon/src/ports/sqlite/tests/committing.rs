//! Transactions: all or nothing, durable, and an error that says what stands in the way.

use super::*;
use crate::ports::sqlite::rows::SqliteStore;

#[test]
fn rows_are_read_by_table_and_id_with_every_number_kept() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    let expected = vec![
        row(Table::Slot, 1, 1, b""),
        row(Table::Profile, 0, u64::MAX, b"a"),
        row(Table::Profile, u32::MAX, 1 << 63, b"b"),
        row(Table::Secret, 5, 0, &[0; 5000]),
        row(Table::Usage, 5, 2, b"c"),
        row(Table::Setting, 5, 3, b"d"),
    ];
    let backwards: Vec<Change> = expected.iter().rev().cloned().map(Change::Put).collect();
    store.commit(&backwards).unwrap();
    assert_eq!(store.rows(), Ok(expected.clone()));
    drop(store);
    assert_eq!(open(folder.path()).unwrap().rows(), Ok(expected));
}

#[test]
fn changes_of_one_commit_are_applied_in_order() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    let delete = |id| Change::Delete { table: Table::Usage, id };
    store
        .commit(&[put(Table::Usage, 1, 1, b"a"), put(Table::Usage, 2, 1, b"a"), delete(2)])
        .unwrap();
    store
        .commit(&[
            put(Table::Usage, 1, 2, b"longer"),
            delete(3),
            delete(2),
            put(Table::Usage, 2, 3, b"b"),
        ])
        .unwrap();
    store.commit(&[]).unwrap();
    assert_eq!(
        store.rows(),
        Ok(vec![row(Table::Usage, 1, 2, b"longer"), row(Table::Usage, 2, 3, b"b")])
    );
}

#[test]
fn a_commit_is_on_the_disk_when_it_returns() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    for revision in 1..=5 {
        store.commit(&[put(Table::Usage, 1, revision, b"counter")]).unwrap();
        let left = as_left_by_a_kill(folder.path());
        let rows = open(left.path()).unwrap().rows().unwrap();
        assert_eq!(rows, [row(Table::Usage, 1, revision, b"counter")]);
    }
}

/// A store on a disk that has room for a few more pages only.
fn nearly_full(folder: &Path) -> SqliteStore {
    drop(open(folder).unwrap());
    let db = connect(&folder.join(NAME), false).unwrap();
    prepare(&db).unwrap();
    let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    limit_pages(&db, pages + 3);
    SqliteStore::new(db, folder.join(LOG_NAME))
}

fn limit_pages(db: &Connection, pages: i64) {
    db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_that_was_committed_and_is_overcome_when_there_is_room() {
    let folder = private_folder();
    let mut store = nearly_full(folder.path());
    store.commit(&[put(Table::Usage, 1, 1, b"kept")]).unwrap();
    let large = [put(Table::Usage, 1, 2, b"lost"), put(Table::Secret, 1, 1, &[1; 100_000])];
    assert_eq!(store.commit(&large), Err(StoreFault::Full));
    assert_eq!(store.rows(), Ok(vec![row(Table::Usage, 1, 1, b"kept")]));
    store.commit(&[put(Table::Usage, 1, 3, b"small")]).unwrap();
    limit_pages(&store.db, 1 << 20);
    store.commit(&large).unwrap();
    assert_eq!(store.rows().unwrap().len(), 2);
}

#[test]
fn a_vault_that_was_moved_removed_or_replaced_takes_no_more_commits() {
    let folder = private_folder();
    let path = folder.path().join(NAME);
    let aside = folder.path().join("aside");
    let mut store = open(folder.path()).unwrap();
    store.commit(&[put(Table::Usage, 1, 1, b"kept")]).unwrap();
    fs::rename(&path, &aside).unwrap();
    assert_eq!(store.commit(&[put(Table::Usage, 1, 2, b"lost")]), Err(StoreFault::Gone));
    fs::write(&path, "another file").unwrap();
    assert_eq!(store.commit(&[put(Table::Usage, 1, 2, b"lost")]), Err(StoreFault::Gone));
    assert_eq!(store.end_use(), Err(StoreFault::Gone));
    fs::rename(&aside, &path).unwrap();
    store.commit(&[put(Table::Usage, 1, 3, b"kept again")]).unwrap();
}

#[test]
fn every_error_of_sqlite_has_a_meaning() {
    use rusqlite::ffi;
    let io = |kind| StoreFault::Io(kind, "testing");
    for (code, expected) in [
        (ffi::SQLITE_FULL, StoreFault::Full),
        (ffi::SQLITE_READONLY, StoreFault::ReadOnly),
        (ffi::SQLITE_READONLY_DIRECTORY, StoreFault::ReadOnly),
        (ffi::SQLITE_BUSY, StoreFault::InUse),
        (ffi::SQLITE_BUSY_RECOVERY, StoreFault::InUse),
        (ffi::SQLITE_LOCKED, StoreFault::InUse),
        (ffi::SQLITE_PROTOCOL, StoreFault::InUse),
        (ffi::SQLITE_NOTADB, StoreFault::Damaged),
        (ffi::SQLITE_CORRUPT, StoreFault::Damaged),
        (ffi::SQLITE_ERROR, StoreFault::Damaged),
        (ffi::SQLITE_CONSTRAINT, StoreFault::Damaged),
        (ffi::SQLITE_CANTOPEN, StoreFault::Denied),
        (ffi::SQLITE_PERM, StoreFault::Denied),
        (ffi::SQLITE_AUTH, StoreFault::Denied),
        (ffi::SQLITE_NOMEM, io(ErrorKind::OutOfMemory)),
        (ffi::SQLITE_TOOBIG, io(ErrorKind::FileTooLarge)),
        (ffi::SQLITE_IOERR_FSYNC, io(ErrorKind::Other)),
        (ffi::SQLITE_IOERR_WRITE, io(ErrorKind::Other)),
    ] {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        assert_eq!(during("testing")(error), expected, "code {code}");
    }
    assert_eq!(during("testing")(rusqlite::Error::QueryReturnedNoRows), StoreFault::Damaged);
}
