//! The key file: whole or absent, ours alone, never replaced.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;
use crate::ports::place::rig::{
    as_plain_user, make_pipe, mode, of_another_user, private_folder, set_mode,
};
use crate::ports::store::{Exposure, StoreFault};

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; DEVICE_SECRET_BYTES])
}

/// A folder with the key file of `secret(7)`.
fn with_key() -> (tempfile::TempDir, KeyFile, PathBuf) {
    let folder = private_folder();
    let keys = KeyFile::new(folder.path());
    keys.add(&secret(7)).unwrap();
    let path = folder.path().join(NAME);
    (folder, keys, path)
}

/// The secrets that are kept, or why there are none to be had.
fn kept(keys: &KeyFile) -> Result<Vec<Secret>, KeyStoreFault> {
    keys.load(Access::default()).map(|kept| kept.secrets)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_stored_secret_is_found_again_in_a_file_of_the_user_alone() {
    let (folder, keys, path) = with_key();
    assert_eq!(kept(&keys), Ok(vec![secret(7)]));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read(&path).unwrap(), [HEADER.as_slice(), &[7; 32]].concat());
    assert_eq!(names(folder.path()), [NAME]);
}

#[test]
fn a_missing_key_is_no_fault() {
    let folder = private_folder();
    assert_eq!(kept(&KeyFile::new(folder.path())), Ok(Vec::new()));
    let missing = KeyFile::new(folder.path().join("none"));
    assert_eq!(kept(&missing), Ok(Vec::new()));
    assert_eq!(missing.delete(), Ok(()));
}

#[test]
fn a_second_secret_is_kept_beside_the_first_and_a_third_is_refused() {
    let (folder, keys, _) = with_key();
    assert_eq!(keys.add(&secret(7)), Ok(()));
    assert_eq!(keys.add(&secret(8)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(7), secret(8)]));
    assert_eq!(keys.add(&secret(9)), Err(KeyStoreFault::Taken));
    assert_eq!(keys.keep_only(&secret(8)), Ok(()));
    assert_eq!(kept(&keys), Ok(vec![secret(8)]));
    assert_eq!(names(folder.path()), [NAME]);
}

#[test]
fn a_secret_that_is_given_up_is_overwritten_on_the_disk() {
    let (_folder, keys, path) = with_key();
    let mut former = File::open(&path).unwrap();
    keys.add(&secret(8)).unwrap();
    let mut both = File::open(&path).unwrap();
    keys.keep_only(&secret(8)).unwrap();
    let mut last = File::open(&path).unwrap();
    keys.delete().unwrap();
    for file in [&mut former, &mut both, &mut last] {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert!(!bytes.is_empty() && bytes.iter().all(|byte| *byte == 0));
    }
}

#[test]
fn deleting_takes_drafts_that_a_crash_left_along() {
    let (folder, keys, path) = with_key();
    fs::copy(path, place::draft_path(folder.path(), NAME).unwrap()).unwrap();
    keys.delete().unwrap();
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_key_file_of_another_length_or_kind_is_refused_and_kept() {
    let (_folder, keys, path) = with_key();
    let whole = fs::read(&path).unwrap();
    let mut other_kind = whole.clone();
    other_kind[14] = b'2';
    let longer = [&whole[..], b"\n"].concat();
    for bytes in [&whole[..0], &whole[..47], &longer, &other_kind] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(kept(&keys), Err(KeyStoreFault::Damaged));
        assert_eq!(keys.add(&secret(7)), Err(KeyStoreFault::Damaged));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_key_that_others_can_read_or_write_is_refused() {
    let (_folder, keys, path) = with_key();
    for (open, how) in [
        (0o640, Exposure::OthersMayRead),
        (0o604, Exposure::OthersMayRead),
        (0o620, Exposure::OthersMayWrite),
        (0o606, Exposure::OthersMayWrite),
    ] {
        set_mode(&path, open);
        let refused = StoreFault::NotOurs { what: NAME, how };
        assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)));
    }
}

#[test]
fn a_key_in_a_folder_that_others_can_write_is_refused() {
    let (folder, keys, _) = with_key();
    set_mode(folder.path(), 0o770);
    let what = "the data folder";
    let refused = StoreFault::NotOurs { what, how: Exposure::OthersMayWrite };
    assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)));
}

#[test]
fn a_key_in_a_folder_of_another_user_is_refused() {
    let (folder, _, _) = with_key();
    let theirs = of_another_user(folder.path(), Path::new("/usr"));
    let what = "the data folder";
    let refused = StoreFault::NotOurs { what, how: Exposure::OtherOwner };
    assert_eq!(kept(&KeyFile::new(theirs)), Err(KeyStoreFault::Disk(refused)));
}

#[test]
fn a_link_a_folder_or_a_pipe_is_no_key_file() {
    let refused = KeyStoreFault::Disk(StoreFault::NotAFile { what: NAME });
    let (folder, keys, path) = with_key();
    fs::rename(&path, folder.path().join("elsewhere")).unwrap();
    symlink(folder.path().join("elsewhere"), &path).unwrap();
    assert_eq!(kept(&keys), Err(refused.clone()));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(kept(&keys), Err(refused.clone()));
    fs::remove_dir(&path).unwrap();
    make_pipe(&path);
    assert_eq!(kept(&keys), Err(refused));
}

#[test]
fn a_key_that_cannot_be_written_says_so_and_leaves_nothing() {
    as_plain_user(|folder| {
        set_mode(folder, 0o500);
        let keys = KeyFile::new(folder);
        assert_eq!(keys.add(&secret(7)), Err(KeyStoreFault::Disk(StoreFault::Denied)));
        assert!(names(folder).is_empty());
        set_mode(folder, 0o700);
    });
}

#[test]
fn users_are_told_that_a_file_does_not_protect() {
    let keys = KeyFile::new("unused");
    assert!(keys.warning().unwrap().contains("copies this disk"));
}
