//! The passphrase file: nothing without the passphrase, everything until the store forgets.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;
use crate::ports::place::rig::{as_plain_user, mode, private_folder, set_mode};
use crate::ports::store::{Exposure, StoreFault};

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; DEVICE_SECRET_BYTES])
}

fn words(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn store(folder: &TempDir) -> PassphraseFile {
    PassphraseFile::new(folder.path(), Cost::LEAST)
}

/// A folder with the file of `secret(7)` under "open sesame", and a store that has just made it.
fn with_secret() -> (TempDir, PassphraseFile) {
    let folder = private_folder();
    let keys = store(&folder);
    keys.set_passphrase(&words("open sesame")).unwrap();
    keys.add(&secret(7)).unwrap();
    (folder, keys)
}

fn kept(keys: &PassphraseFile, passphrase: Option<&str>) -> Result<Vec<Secret>, KeyStoreFault> {
    let passphrase = passphrase.map(words);
    let access = Access { may_ask: false, passphrase: passphrase.as_ref() };
    keys.load(access).map(|kept| kept.secrets)
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_secret_opens_with_its_passphrase_alone() {
    let (folder, _) = with_secret();
    assert_eq!(names(&folder), [NAME]);
    assert_eq!(mode(&folder.path().join(NAME)), 0o600);
    let keys = store(&folder);
    assert_eq!(kept(&keys, None), Err(KeyStoreFault::PassphraseNeeded));
    for wrong in ["", "open", "Open sesame", "open sesame "] {
        assert_eq!(kept(&keys, Some(wrong)), Err(KeyStoreFault::WrongPassphrase), "{wrong:?}");
        assert_eq!(kept(&keys, None), Err(KeyStoreFault::PassphraseNeeded), "{wrong:?}");
    }
    assert_eq!(kept(&keys, Some("open sesame")), Ok(vec![secret(7)]));
}

#[test]
fn nothing_of_the_secret_is_in_the_file_in_clear() {
    let (folder, _) = with_secret();
    let bytes = fs::read(folder.path().join(NAME)).unwrap();
    assert_eq!(bytes.len(), 16 + 21 + 24 + 32 + 16);
    assert!(bytes.starts_with(HEADER));
    assert!(!bytes.windows(4).any(|window| window == [7; 4]));
}

#[test]
fn what_was_opened_stays_open_until_the_store_is_told_to_forget() {
    let (folder, _) = with_secret();
    let keys = store(&folder);
    kept(&keys, Some("open sesame")).unwrap();
    assert_eq!(kept(&keys, None), Ok(vec![secret(7)]));
    assert_eq!(keys.add(&secret(8)), Ok(()));
    assert_eq!(kept(&keys, None), Ok(vec![secret(7), secret(8)]));
    keys.forget();
    assert_eq!(kept(&keys, None), Err(KeyStoreFault::PassphraseNeeded));
    assert_eq!(keys.add(&secret(9)), Err(KeyStoreFault::PassphraseNeeded));
    assert_eq!(keys.keep_only(&secret(8)), Err(KeyStoreFault::PassphraseNeeded));
    assert_eq!(kept(&keys, Some("open sesame")), Ok(vec![secret(7), secret(8)]));
}

#[test]
fn a_wrong_passphrase_closes_nothing_that_is_open() {
    let (_folder, keys) = with_secret();
    assert_eq!(kept(&keys, Some("wrong")), Err(KeyStoreFault::WrongPassphrase));
    assert_eq!(kept(&keys, None), Ok(vec![secret(7)]));
}

#[test]
fn a_second_secret_is_kept_beside_the_first_and_a_third_is_refused() {
    let (folder, keys) = with_secret();
    assert_eq!(keys.add(&secret(7)), Ok(()));
    assert_eq!(keys.add(&secret(8)), Ok(()));
    assert_eq!(keys.add(&secret(9)), Err(KeyStoreFault::Taken));
    assert_eq!(keys.keep_only(&secret(8)), Ok(()));
    assert_eq!(kept(&store(&folder), Some("open sesame")), Ok(vec![secret(8)]));
    assert_eq!(names(&folder), [NAME]);
}

#[test]
fn without_a_file_nothing_is_kept_and_no_passphrase_is_needed() {
    let folder = private_folder();
    let keys = store(&folder);
    assert_eq!(kept(&keys, None), Ok(Vec::new()));
    assert_eq!(kept(&keys, Some("any")), Ok(Vec::new()));
    let missing = PassphraseFile::new(folder.path().join("none"), Cost::LEAST);
    assert_eq!(kept(&missing, None), Ok(Vec::new()));
    assert_eq!(missing.delete(), Ok(()));
}

#[test]
fn a_first_secret_is_not_kept_before_a_passphrase_is_set() {
    let folder = private_folder();
    let keys = store(&folder);
    assert_eq!(keys.add(&secret(7)), Err(KeyStoreFault::PassphraseNeeded));
    assert!(names(&folder).is_empty());
    keys.set_passphrase(&words("open sesame")).unwrap();
    assert_eq!(keys.add(&secret(7)), Ok(()));
    assert_eq!(kept(&keys, None), Ok(vec![secret(7)]));
}

#[test]
fn a_passphrase_is_changed_only_where_the_secrets_were_opened() {
    let (folder, keys) = with_secret();
    let stranger = store(&folder);
    assert_eq!(stranger.set_passphrase(&words("mine")), Err(KeyStoreFault::PassphraseNeeded));
    keys.set_passphrase(&words("new words")).unwrap();
    assert_eq!(kept(&keys, None), Ok(vec![secret(7)]));
    let later = store(&folder);
    assert_eq!(kept(&later, Some("open sesame")), Err(KeyStoreFault::WrongPassphrase));
    assert_eq!(kept(&later, Some("new words")), Ok(vec![secret(7)]));
}

#[test]
fn every_passphrase_has_a_salt_of_its_own_and_every_writing_a_seal_of_its_own() {
    let (folder, keys) = with_secret();
    let file = || fs::read(folder.path().join(NAME)).unwrap();
    let first = file();
    keys.set_passphrase(&words("open sesame")).unwrap();
    let second = file();
    assert_ne!(first[21..HEAD_BYTES], second[21..HEAD_BYTES], "the salt");
    keys.add(&secret(8)).unwrap();
    keys.keep_only(&secret(7)).unwrap();
    assert_eq!(file()[..HEAD_BYTES], second[..HEAD_BYTES]);
    assert_ne!(file()[HEAD_BYTES..][..24], second[HEAD_BYTES..][..24], "the nonce");
}

#[test]
fn what_the_former_passphrase_opened_is_overwritten_on_the_disk() {
    let (folder, keys) = with_secret();
    let path = folder.path().join(NAME);
    let mut former = File::open(&path).unwrap();
    keys.set_passphrase(&words("new words")).unwrap();
    let mut last = File::open(&path).unwrap();
    keys.delete().unwrap();
    for file in [&mut former, &mut last] {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert!(!bytes.is_empty() && bytes.iter().all(|byte| *byte == 0));
    }
    assert!(names(&folder).is_empty());
    assert_eq!(kept(&keys, None), Ok(Vec::new()));
}

#[test]
fn a_changed_byte_never_opens_and_is_left_as_it_is() {
    let (folder, _) = with_secret();
    let path = folder.path().join(NAME);
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&path, &changed).unwrap();
        let fault = kept(&store(&folder), Some("open sesame")).unwrap_err();
        let is_told = matches!(fault, KeyStoreFault::Damaged | KeyStoreFault::WrongPassphrase);
        assert!(is_told, "byte {place}: {fault:?}");
        assert_eq!(fs::read(&path).unwrap(), changed);
    }
}

#[test]
fn a_file_of_another_length_or_kind_or_cost_is_refused_and_kept() {
    let (folder, keys) = with_secret();
    let path = folder.path().join(NAME);
    let whole = fs::read(&path).unwrap();
    let mut other_kind = whole.clone();
    other_kind[14] = b'2';
    let mut takes_all_memory = whole.clone();
    takes_all_memory[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
    let longer = [&whole[..], b"\n"].concat();
    for bytes in [&whole[..0], &whole[..whole.len() - 1], &longer, &other_kind, &takes_all_memory] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(kept(&keys, None), Err(KeyStoreFault::Damaged));
        assert_eq!(kept(&keys, Some("open sesame")), Err(KeyStoreFault::Damaged));
        assert_eq!(keys.add(&secret(7)), Err(KeyStoreFault::Damaged));
        assert_eq!(keys.set_passphrase(&words("new")), Err(KeyStoreFault::Damaged));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_file_that_was_put_in_the_place_of_the_opened_one_needs_its_own_passphrase() {
    let ((folder, keys), (others, _)) = (with_secret(), with_secret());
    fs::copy(others.path().join(NAME), folder.path().join(NAME)).unwrap();
    assert_eq!(kept(&keys, None), Err(KeyStoreFault::PassphraseNeeded));
    assert_eq!(kept(&keys, Some("open sesame")), Ok(vec![secret(7)]));
}

#[test]
fn a_file_that_others_can_read_or_that_is_a_link_is_refused() {
    let (folder, keys) = with_secret();
    let path = folder.path().join(NAME);
    set_mode(&path, 0o640);
    let refused = StoreFault::NotOurs { what: NAME, how: Exposure::OthersMayRead };
    assert_eq!(kept(&keys, Some("open sesame")), Err(KeyStoreFault::Disk(refused)));
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let refused = StoreFault::NotAFile { what: NAME };
    assert_eq!(kept(&keys, Some("open sesame")), Err(KeyStoreFault::Disk(refused)));
}

#[test]
fn a_passphrase_that_cannot_be_written_does_not_take_the_place_of_the_former_one() {
    as_plain_user(|folder| {
        let keys = PassphraseFile::new(folder, Cost::LEAST);
        keys.set_passphrase(&words("open sesame")).unwrap();
        keys.add(&secret(7)).unwrap();
        set_mode(folder, 0o500);
        let refused = Err(KeyStoreFault::Disk(StoreFault::Denied));
        assert_eq!(keys.set_passphrase(&words("new words")), refused);
        assert_eq!(kept(&keys, None), Ok(vec![secret(7)]));
        let later = PassphraseFile::new(folder, Cost::LEAST);
        assert_eq!(kept(&later, Some("open sesame")), Ok(vec![secret(7)]));
        set_mode(folder, 0o700);
    });
}

#[test]
fn the_anchor_is_noted_beside_it_and_needs_no_passphrase() {
    let (folder, _) = with_secret();
    let keys = store(&folder);
    let anchor = Anchor { generation: 5, attempt: 6, doublings: 1 };
    keys.note(anchor).unwrap();
    let passphrase = words("open sesame");
    let access = Access { may_ask: false, passphrase: Some(&passphrase) };
    assert_eq!(keys.load(access).unwrap().anchor, Some(anchor));
    keys.delete().unwrap();
    assert!(names(&folder).is_empty());
}

#[test]
fn nothing_of_it_is_shown_in_a_debug_print() {
    let (_folder, keys) = with_secret();
    assert!(!format!("{keys:?}").contains("key"));
    assert_eq!(keys.warning(), None);
}
