//! A vault that is wiped off the disk: sound or damaged, and never one that is not ours to wipe.

use std::os::unix::fs::symlink;

use super::*;
use crate::ports::place::rig::{make_pipe, of_another_user, set_mode};
use crate::ports::store::Exposure;

fn remove(folder: &Path) -> Result<(), StoreFault> {
    SqliteStores::new(folder).remove()
}

/// A vault and a log, as a killed agent leaves them.
fn with_log() -> TempDir {
    let folder = with_vault();
    let mut store = open(folder.path()).unwrap();
    store.begin_use().unwrap();
    store.commit(&[put(Table::Slot, 1, 1, b"in the log")]).unwrap();
    as_left_by_a_kill(folder.path())
}

#[test]
fn a_removed_vault_leaves_neither_names_nor_bytes_and_a_new_one_can_be_made() {
    let folder = with_log();
    fs::write(place::draft_path(folder.path(), NAME).unwrap(), "a draft").unwrap();
    fs::write(folder.path().join("other"), "kept").unwrap();
    // Other names of the same files show what became of their bytes.
    for name in [NAME, LOG_NAME] {
        let (path, witness) = (folder.path().join(name), folder.path().join(format!("was-{name}")));
        fs::hard_link(path, witness).unwrap();
    }
    remove(folder.path()).unwrap();
    let left = contents(folder.path());
    assert_eq!(left.keys().collect::<Vec<_>>(), ["other", "was-vault.db", "was-vault.db-wal"]);
    for witness in ["was-vault.db", "was-vault.db-wal"] {
        assert!(left[witness].len() > 4096 && left[witness].iter().all(|byte| *byte == 0));
    }
    let stores = SqliteStores::new(folder.path());
    assert_eq!(stores.exists(), Ok(false));
    let mut store = stores.open().unwrap();
    assert_eq!((store.rows(), store.begin_use()), (Ok(Vec::new()), Ok(true)));
}

#[test]
fn where_no_vault_is_there_is_nothing_to_remove() {
    let folder = private_folder();
    assert_eq!(remove(folder.path()), Ok(()));
    assert_eq!(remove(&folder.path().join("nowhere")), Ok(()));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn what_is_left_of_a_vault_is_removed_too() {
    let whole = with_log();
    let [vault, log] = [NAME, LOG_NAME].map(|name| contents(whole.path())[name].clone());
    for (vault, log) in [
        (Some(&vault[..5000]), Some(&log[..])),
        (Some(&vec![0; 20_000][..]), Some(&log)),
        (Some(&[]), None),
        (Some(b"precious"), None),
        (None, Some(&log)),
    ] {
        let folder = private_folder();
        for (name, bytes) in [(NAME, vault), (LOG_NAME, log)] {
            let Some(bytes) = bytes else { continue };
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            set_mode(&path, 0o600);
        }
        assert_eq!(remove(folder.path()), Ok(()));
        assert!(contents(folder.path()).is_empty());
    }
}

#[test]
fn a_vault_that_an_agent_has_open_is_not_removed() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store.commit(&[put(Table::Slot, 1, 1, b"kept")]).unwrap();
    let before = contents(folder.path());
    assert_eq!(remove(folder.path()), Err(StoreFault::InUse));
    assert!(contents(folder.path()) == before);
    assert_eq!(fault(folder.path()), StoreFault::InUse, "it is locked as before");
    drop(store);
    assert_eq!(remove(folder.path()), Ok(()));
}

#[test]
fn what_is_no_file_of_ours_is_not_removed() {
    let refused = |folder: &Path, expected: StoreFault| {
        let before = contents(folder);
        assert_eq!(remove(folder), Err(expected));
        assert!(contents(folder) == before);
    };
    for name in [NAME, LOG_NAME] {
        let folder = with_log();
        let (path, aside) = (folder.path().join(name), folder.path().join("aside"));
        fs::rename(&path, &aside).unwrap();
        symlink(&aside, &path).unwrap();
        refused(folder.path(), StoreFault::NotAFile { what: name });
        fs::remove_file(&path).unwrap();
        make_pipe(&path);
        refused(folder.path(), StoreFault::NotAFile { what: name });
        fs::remove_file(&path).unwrap();
        fs::rename(&aside, &path).unwrap();
        set_mode(&path, 0o620);
        refused(folder.path(), StoreFault::NotOurs { what: name, how: Exposure::OthersMayWrite });
    }
    let folder = with_log();
    let theirs = of_another_user(folder.path(), Path::new("/usr"));
    let what = "the data folder";
    refused(theirs, StoreFault::NotOurs { what, how: Exposure::OtherOwner });
}
