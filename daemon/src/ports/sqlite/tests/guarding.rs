//! Whose files a vault is made of, what kind they are, and that nothing in them can be read.

use std::os::unix::fs::symlink;

use super::*;
use crate::ports::place::rig::{
    OTHER_USER, as_plain_user, is_root, make_pipe, mode, of_another_user, set_mode,
};
use crate::ports::store::Exposure;
use crate::vault::seal::VaultKey;

#[test]
fn a_vault_that_is_a_folder_a_link_or_a_pipe_is_refused() {
    let refused = StoreFault::NotAFile { what: NAME };
    let folder = with_vault();
    let path = folder.path().join(NAME);
    fs::rename(&path, folder.path().join("elsewhere")).unwrap();
    symlink(folder.path().join("elsewhere"), &path).unwrap();
    assert_eq!(fault(folder.path()), refused);
    fs::remove_file(&path).unwrap();
    symlink(folder.path().join("nothing"), &path).unwrap();
    assert_eq!(fault(folder.path()), refused);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(fault(folder.path()), refused);
    fs::remove_dir(&path).unwrap();
    make_pipe(&path);
    assert_eq!(fault(folder.path()), refused);
}

#[test]
fn a_file_in_the_place_of_the_data_folder_is_refused() {
    let base = private_folder();
    let file = base.path().join("file");
    fs::write(&file, "kept").unwrap();
    for folder in [&file, &file.join("below")] {
        assert_eq!(fault(folder), StoreFault::NotAFolder);
        assert_eq!(SqliteStores::new(folder).exists(), Err(StoreFault::NotAFolder));
    }
}

#[test]
fn a_log_that_is_no_file_is_refused() {
    let folder = with_vault();
    symlink(folder.path().join(NAME), folder.path().join(LOG_NAME)).unwrap();
    assert_eq!(fault(folder.path()), StoreFault::NotAFile { what: LOG_NAME });
}

#[test]
fn a_data_folder_of_another_user_or_that_others_can_write_is_refused() {
    let what = "the data folder";
    let folder = with_vault();
    set_mode(folder.path(), 0o730);
    let exposed = StoreFault::NotOurs { what, how: Exposure::OthersMayWrite };
    assert_eq!(fault(folder.path()), exposed);
    set_mode(folder.path(), 0o700);
    let theirs = of_another_user(folder.path(), Path::new("/usr"));
    assert_eq!(fault(theirs), StoreFault::NotOurs { what, how: Exposure::OtherOwner });
}

#[test]
fn a_vault_that_others_can_write_is_refused_and_one_that_they_can_read_is_closed() {
    let folder = with_vault();
    let path = folder.path().join(NAME);
    set_mode(&path, 0o660);
    let refused = StoreFault::NotOurs { what: NAME, how: Exposure::OthersMayWrite };
    assert_eq!(fault(folder.path()), refused);
    set_mode(&path, 0o644);
    assert!(open(folder.path()).is_ok());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_vault_of_another_user_is_refused() {
    let folder = with_vault();
    if is_root() {
        std::os::unix::fs::chown(folder.path().join(NAME), Some(OTHER_USER), None).unwrap();
        let refused = StoreFault::NotOurs { what: NAME, how: Exposure::OtherOwner };
        assert_eq!(fault(folder.path()), refused);
    } else {
        // Only root can give a file away; a link to one of root's is refused before its owner matters.
        fs::remove_file(folder.path().join(NAME)).unwrap();
        symlink("/etc/passwd", folder.path().join(NAME)).unwrap();
        assert_eq!(fault(folder.path()), StoreFault::NotAFile { what: NAME });
    }
}

#[test]
fn a_vault_that_cannot_be_written_says_so_and_stays_whole() {
    as_plain_user(|folder| {
        drop(open(folder).unwrap());
        let before = contents(folder);
        set_mode(&folder.join(NAME), 0o400);
        assert_eq!(fault(folder), StoreFault::ReadOnly);
        set_mode(&folder.join(NAME), 0o600);
        set_mode(folder, 0o500);
        assert_eq!(fault(folder), StoreFault::ReadOnly);
        set_mode(folder, 0o700);
        assert!(contents(folder) == before);
        assert!(open(folder).is_ok());
    });
}

#[test]
fn a_vault_that_cannot_be_made_says_so_and_leaves_nothing() {
    as_plain_user(|folder| {
        set_mode(folder, 0o500);
        assert_eq!(fault(folder), StoreFault::Denied);
        assert!(contents(folder).is_empty());
        set_mode(folder, 0o700);
    });
}

fn holds(folder: &Path, needle: &[u8]) -> bool {
    contents(folder).values().any(|bytes| bytes.windows(needle.len()).any(|part| part == needle))
}

#[test]
fn nothing_that_was_sealed_can_be_read_on_the_disk() {
    let marker = b"ACME:alice GEZDGNBVGY3TQOJQ";
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    let key = VaultKey::random().unwrap();
    for (id, table) in (1..).zip(Table::ALL) {
        store.commit(&[Change::Put(key.seal(table, id, 1, marker))]).unwrap();
    }
    store.commit(&[put(Table::Setting, 9, 1, b"unsealed sentinel")]).unwrap();
    assert!(holds(folder.path(), b"unsealed sentinel"), "the search finds what is there");
    assert!(!holds(folder.path(), marker));
    store.end_use().unwrap();
    drop(store);
    assert!(holds(folder.path(), b"unsealed sentinel"));
    assert!(!holds(folder.path(), marker));
}

#[test]
fn rows_that_were_replaced_or_deleted_leave_the_disk() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store
        .commit(&[put(Table::Slot, 1, 1, b"old slot"), put(Table::Slot, 2, 1, b"deleted slot")])
        .unwrap();
    assert!(holds(folder.path(), b"old slot") && holds(folder.path(), b"deleted slot"));
    store
        .commit(&[put(Table::Slot, 1, 2, b"new"), Change::Delete { table: Table::Slot, id: 2 }])
        .unwrap();
    store.end_use().unwrap();
    assert!(!holds(folder.path(), b"old slot") && !holds(folder.path(), b"deleted slot"));
}
