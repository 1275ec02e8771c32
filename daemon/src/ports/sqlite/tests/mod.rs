//! The real store against a real disk. Here is what the tests share.

mod committing;
mod damage;
mod golden;
mod guarding;
mod opening;
mod removing;
mod scrubbing;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::ports::place::rig::private_folder;
use crate::ports::store::{Change, Row, Table};

fn open(folder: &Path) -> Result<Box<dyn Store>, StoreFault> {
    SqliteStores::new(folder).open()
}

fn fault(folder: &Path) -> StoreFault {
    open(folder).err().expect("the store must not open")
}

fn row(table: Table, id: u32, revision: u64, sealed: &[u8]) -> Row {
    Row { table, id, revision, sealed: sealed.to_vec() }
}

fn put(table: Table, id: u32, revision: u64, sealed: &[u8]) -> Change {
    Change::Put(row(table, id, revision, sealed))
}

/// A folder with a vault of some pages that was closed cleanly.
fn with_vault() -> TempDir {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store.begin_use().unwrap();
    let rows: Vec<Change> = (0..200).map(|id| put(Table::Secret, id, 1, &[0x5A; 150])).collect();
    store.commit(&rows).unwrap();
    store.end_use().unwrap();
    folder
}

/// Every file of the folder with its contents; too long to be printed when two differ.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// Another folder with what an agent would leave that was killed now.
fn as_left_by_a_kill(folder: &Path) -> TempDir {
    let copy = private_folder();
    for (name, bytes) in contents(folder) {
        let mut file = place::create_file(&copy.path().join(name)).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
    }
    copy
}
