//! What may lie in the data folder, and what is refused.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::rig::{
    as_plain_user, is_root, make_pipe, mode, of_another_user, private_folder, set_mode,
};
use super::wiping::scrub_and_remove;
use super::*;
use crate::ports::store::Exposure;

const WHAT: &str = "the file";

fn exposed<T>(result: Result<T, StoreFault>) -> Option<Exposure> {
    match result {
        Err(StoreFault::NotOurs { how, .. }) => Some(how),
        _ => None,
    }
}

#[test]
fn a_missing_folder_is_made_with_its_parents_for_the_user_alone() {
    let base = private_folder();
    let folder = base.path().join("share/passcode");
    assert_eq!(check_folder(&folder), Ok(false));
    make_folder(&folder).unwrap();
    assert_eq!(check_folder(&folder), Ok(true));
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
}

#[test]
fn a_folder_that_others_can_write_is_refused_and_left_so() {
    let folder = private_folder();
    for open in [0o770, 0o702, 0o777, 0o1777] {
        set_mode(folder.path(), open);
        let fault = make_folder(folder.path()).unwrap_err();
        assert!(fault.hint().contains("chmod go-w"));
        assert_eq!(exposed::<()>(Err(fault)), Some(Exposure::OthersMayWrite));
        assert_eq!(mode(folder.path()), open);
    }
}

#[test]
fn a_folder_of_another_user_is_refused() {
    let folder = private_folder();
    let theirs = of_another_user(folder.path(), Path::new("/usr"));
    assert_eq!(exposed(make_folder(theirs)), Some(Exposure::OtherOwner));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused() {
    let base = private_folder();
    let file = base.path().join("file");
    fs::write(&file, "kept").unwrap();
    assert_eq!(make_folder(&file), Err(StoreFault::NotAFolder));
    assert_eq!(make_folder(&file.join("below")), Err(StoreFault::NotAFolder));
    assert_eq!(check_folder(&file.join("below")), Err(StoreFault::NotAFolder));
    assert_eq!(fs::read(&file).unwrap(), b"kept");
}

#[test]
fn a_folder_that_may_not_be_made_says_so() {
    as_plain_user(|folder| {
        set_mode(folder, 0o500);
        assert_eq!(make_folder(&folder.join("data")), Err(StoreFault::Denied));
        set_mode(folder, 0o700);
    });
}

#[test]
fn a_file_of_another_user_is_refused() {
    let folder = private_folder();
    let file = folder.path().join("file");
    drop(create_file(&file).unwrap());
    let theirs = of_another_user(&file, Path::new("/etc/passwd"));
    assert_eq!(exposed(check_file(theirs, WHAT)), Some(Exposure::OtherOwner));
    assert_eq!(exposed(read_unread_file(theirs, WHAT, 9)), Some(Exposure::OtherOwner));
}

#[test]
fn a_file_that_others_can_write_is_refused_and_left_so() {
    let folder = private_folder();
    let file = folder.path().join("file");
    drop(create_file(&file).unwrap());
    for open in [0o620, 0o602, 0o666] {
        set_mode(&file, open);
        assert_eq!(exposed(check_file(&file, WHAT)), Some(Exposure::OthersMayWrite));
        assert_eq!(mode(&file), open);
    }
}

#[test]
fn a_sealed_file_that_others_can_read_is_closed_to_them() {
    let folder = private_folder();
    let file = folder.path().join("file");
    drop(create_file(&file).unwrap());
    assert_eq!(mode(&file), 0o600);
    set_mode(&file, 0o644);
    assert!(check_file(&file, WHAT).unwrap().is_some());
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    let folder = private_folder();
    let file = folder.path().join("file");
    drop(create_file(&file).unwrap());
    assert!(read_unread_file(&file, WHAT, 9).unwrap().is_some());
    for open in [0o640, 0o604] {
        set_mode(&file, open);
        assert_eq!(exposed(read_unread_file(&file, WHAT, 9)), Some(Exposure::OthersMayRead));
    }
}

#[test]
fn links_folders_pipes_and_sockets_are_no_files() {
    let folder = private_folder();
    let place = |name: &str| folder.path().join(name);
    fs::write(place("file"), "").unwrap();
    symlink(place("file"), place("link")).unwrap();
    symlink(place("nothing"), place("dangling")).unwrap();
    fs::create_dir(place("folder")).unwrap();
    make_pipe(&place("pipe"));
    let _socket = UnixListener::bind(place("socket")).unwrap();
    for name in ["link", "dangling", "folder", "pipe", "socket"] {
        let refused = StoreFault::NotAFile { what: WHAT };
        assert_eq!(check_file(&place(name), WHAT).unwrap_err(), refused, "{name}");
    }
    for name in ["link", "dangling", "folder", "pipe"] {
        let refused = StoreFault::NotAFile { what: WHAT };
        assert_eq!(read_unread_file(&place(name), WHAT, 9).unwrap_err(), refused, "{name}");
    }
}

#[test]
fn a_missing_file_is_no_fault() {
    let folder = private_folder();
    assert!(check_file(&folder.path().join("file"), WHAT).unwrap().is_none());
    assert!(read_unread_file(&folder.path().join("file"), WHAT, 9).unwrap().is_none());
}

type Settle = fn(&Path, &Path, &str) -> Result<bool, StoreFault>;

#[test]
fn a_draft_takes_a_free_name_and_never_one_that_is_taken() {
    for settle in [settle as Settle, settle_without_links] {
        let folder = private_folder();
        let first = draft_path(folder.path(), "file").unwrap();
        let second = draft_path(folder.path(), "file").unwrap();
        fs::write(&first, "first").unwrap();
        fs::write(&second, "second").unwrap();
        assert_eq!(settle(&first, folder.path(), "file"), Ok(true));
        assert_eq!(settle(&second, folder.path(), "file"), Ok(false));
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"first");
        assert!(!first.exists());
    }
}

#[test]
fn drafts_that_a_crash_left_are_swept_and_nothing_else() {
    let folder = private_folder();
    let draft = draft_path(folder.path(), "file").unwrap();
    let mut log = draft.clone().into_os_string();
    log.push("-wal");
    for path in [&draft, Path::new(&log), &folder.path().join("file"), &folder.path().join("other")]
    {
        fs::write(path, "").unwrap();
    }
    sweep_drafts(folder.path(), "file");
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["file", "other"]);
}

#[test]
fn a_wiped_file_is_gone_and_its_bytes_are_zero_under_every_name_that_is_left() {
    for length in [0, 1, 48, 512, 513, 70_000] {
        let folder = private_folder();
        let (file, other_name) = (folder.path().join("file"), folder.path().join("other"));
        drop(create_file(&file).unwrap());
        fs::write(&file, vec![7; length]).unwrap();
        fs::hard_link(&file, &other_name).unwrap();
        scrub_and_remove(&file, WHAT).unwrap();
        assert!(!file.exists());
        assert!(fs::read(&other_name).unwrap() == vec![0; length], "{length} bytes");
    }
}

#[test]
fn a_missing_file_is_wiped_already() {
    let folder = private_folder();
    assert_eq!(scrub_and_remove(&folder.path().join("file"), WHAT), Ok(()));
    assert_eq!(scrub_and_remove(&folder.path().join("nowhere/file"), WHAT), Ok(()));
}

#[test]
fn what_is_no_file_of_ours_is_not_wiped() {
    let folder = private_folder();
    let place = |name: &str| folder.path().join(name);
    fs::write(place("file"), "kept").unwrap();
    symlink(place("file"), place("link")).unwrap();
    fs::create_dir(place("folder")).unwrap();
    make_pipe(&place("pipe"));
    let _socket = UnixListener::bind(place("socket")).unwrap();
    for name in ["link", "folder", "pipe", "socket"] {
        let refused = Err(StoreFault::NotAFile { what: WHAT });
        assert_eq!(scrub_and_remove(&place(name), WHAT), refused, "{name}");
        assert!(fs::symlink_metadata(place(name)).is_ok());
    }
    set_mode(&place("file"), 0o602);
    assert_eq!(exposed(scrub_and_remove(&place("file"), WHAT)), Some(Exposure::OthersMayWrite));
    assert_eq!(fs::read(place("file")).unwrap(), b"kept");
}

#[test]
fn a_file_of_another_user_is_not_wiped() {
    let folder = private_folder();
    let file = folder.path().join("file");
    drop(create_file(&file).unwrap());
    let theirs = of_another_user(&file, Path::new("/usr/lib/os-release"));
    if is_root() {
        assert_eq!(exposed(scrub_and_remove(theirs, WHAT)), Some(Exposure::OtherOwner));
    } else {
        assert_eq!(scrub_and_remove(theirs, WHAT), Err(StoreFault::Denied));
    }
    assert!(theirs.exists());
}
