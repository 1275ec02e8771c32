//! Credentials that are given, and those that `systemd-creds` seals: the latter by a stand-in, for the real one of
//! version 256 is not on every system. It turns the bytes about, checks how it is called, and notes what it was told.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::ports::place::rig::{
    OTHER_USER, is_root, make_pipe, make_program, mode, private_folder, set_mode,
};
use crate::ports::store::{Exposure, StoreFault};

/// `tr` swaps the halves of all bytes, so that it seals and opens alike.
const STAND_IN: &str = r#"#!/bin/sh
printf '%s ' "$@" >>"$0.calls"
case "$*" in
--version) echo "systemd 256 (256.7-1)"; echo "+PAM +AUDIT"; exit 0 ;;
"--user --name=passcode.key encrypt - -" | "--user --name=passcode.key decrypt - -") ;;
*) exit 64 ;;
esac
LC_ALL=C exec tr '\000-\377' '\200-\377\000-\177'
"#;

struct Rig {
    data: TempDir,
    programs: TempDir,
}

impl Rig {
    fn new(script: &str) -> Self {
        let rig = Self { data: private_folder(), programs: private_folder() };
        make_program(&rig.program(), script);
        rig
    }

    fn program(&self) -> PathBuf {
        self.programs.path().join("systemd-creds")
    }

    fn keys(&self) -> Credential {
        Credential::new(self.data.path(), None, self.program())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.data.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; DEVICE_SECRET_BYTES])
}

fn kept(keys: &Credential) -> Result<Vec<Secret>, KeyStoreFault> {
    keys.load(Access::default()).map(|kept| kept.secrets)
}

const ANCHOR: Anchor = Anchor { generation: 3, attempt: 4, doublings: 5 };

/// The service manager's folder with a credential of these bytes, which only we can read.
fn given(bytes: &[u8]) -> TempDir {
    let folder = private_folder();
    let path = folder.path().join(GIVEN);
    fs::write(&path, bytes).unwrap();
    set_mode(&path, 0o400);
    folder
}

fn of_given(folder: &Path, data: &Path) -> Credential {
    Credential::new(data, Some(folder.to_owned()), "/no/such/program")
}

#[test]
fn a_given_credential_is_read_raw_or_as_a_key_file() {
    let data = private_folder();
    let key_file = keyfile::encode(&[&secret(7)]);
    for bytes in [&[7; 32][..], &key_file] {
        let folder = given(bytes);
        assert_eq!(kept(&of_given(folder.path(), data.path())), Ok(vec![secret(7)]));
    }
}

#[test]
fn a_given_credential_of_any_other_form_is_refused() {
    let data = private_folder();
    let two = keyfile::encode(&[&secret(7), &secret(8)]);
    for bytes in [&[][..], &[7; 31], &[7; 33], &[7; 48], &[7; 80], &two, &[7; 1000]] {
        let folder = given(bytes);
        let keys = of_given(folder.path(), data.path());
        assert_eq!(kept(&keys), Err(KeyStoreFault::Damaged), "{} bytes", bytes.len());
        assert_eq!(keys.add(&secret(7)), Err(KeyStoreFault::Damaged));
    }
}

#[test]
fn a_given_credential_is_never_changed() {
    let (data, folder) = (private_folder(), given(&[7; 32]));
    let keys = of_given(folder.path(), data.path());
    assert_eq!(keys.add(&secret(7)), Ok(()));
    assert_eq!(keys.keep_only(&secret(7)), Ok(()));
    assert_eq!(keys.add(&secret(8)), Err(KeyStoreFault::ReadOnly));
    assert_eq!(keys.keep_only(&secret(8)), Err(KeyStoreFault::ReadOnly));
    keys.note(ANCHOR).unwrap();
    assert_eq!(keys.load(Access::default()).unwrap().anchor, Some(ANCHOR));
    assert_eq!(keys.delete(), Err(KeyStoreFault::ReadOnly));
    let left = keys.load(Access::default()).unwrap();
    assert_eq!((left.secrets, left.anchor), (vec![secret(7)], None));
}

#[test]
fn a_given_credential_is_ours_alone_or_lent_to_us_by_root() {
    let (data, folder) = (private_folder(), given(&[7; 32]));
    let path = folder.path().join(GIVEN);
    let keys = of_given(folder.path(), data.path());
    for open in [0o404, 0o444, 0o604] {
        set_mode(&path, open);
        let refused = StoreFault::NotOurs { what: GIVEN, how: Exposure::OthersMayRead };
        assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)), "{open:o}");
    }
    for open in [0o420, 0o402] {
        set_mode(&path, open);
        let refused = StoreFault::NotOurs { what: GIVEN, how: Exposure::OthersMayWrite };
        assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)), "{open:o}");
    }
    set_mode(&path, 0o400);
    set_mode(folder.path(), 0o777);
    let what = "the folder of credentials";
    let refused = StoreFault::NotOurs { what, how: Exposure::OthersMayWrite };
    assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)));
}

#[test]
fn an_access_list_of_root_is_no_right_of_others() {
    if !is_root() {
        return;
    }
    let (data, folder) = (private_folder(), given(&[7; 32]));
    let path = folder.path().join(GIVEN);
    let keys = of_given(folder.path(), data.path());
    set_mode(&path, 0o440);
    assert_eq!(kept(&keys), Ok(vec![secret(7)]));
    chown(&path, None, Some(OTHER_USER)).unwrap();
    let refused = StoreFault::NotOurs { what: GIVEN, how: Exposure::OthersMayRead };
    assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)));
    set_mode(&path, 0o400);
    chown(&path, Some(OTHER_USER), None).unwrap();
    let refused = StoreFault::NotOurs { what: GIVEN, how: Exposure::OtherOwner };
    assert_eq!(kept(&keys), Err(KeyStoreFault::Disk(refused)));
}

#[test]
fn a_link_a_folder_or_a_pipe_is_no_credential() {
    let (data, folder) = (private_folder(), private_folder());
    let path = folder.path().join(GIVEN);
    let keys = of_given(folder.path(), data.path());
    let refused = Err(KeyStoreFault::Disk(StoreFault::NotAFile { what: GIVEN }));
    symlink("/etc/passwd", &path).unwrap();
    assert_eq!(kept(&keys), refused);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(kept(&keys), refused);
    fs::remove_dir(&path).unwrap();
    make_pipe(&path);
    assert_eq!(kept(&keys), refused);
}

#[test]
fn a_service_manager_that_gives_us_nothing_leaves_it_to_systemd_creds() {
    let rig = Rig::new(STAND_IN);
    let empty = private_folder();
    let keys = Credential::new(rig.data.path(), Some(empty.path().to_owned()), rig.program());
    assert_eq!(kept(&keys), Ok(Vec::new()));
    keys.add(&secret(7)).unwrap();
    assert_eq!(rig.names(), [SEALED]);
}

#[test]
fn what_systemd_creds_sealed_is_found_again() {
    let rig = Rig::new(STAND_IN);
    let keys = rig.keys();
    assert_eq!(kept(&keys), Ok(Vec::new()));
    keys.add(&secret(7)).unwrap();
    keys.add(&secret(8)).unwrap();
    assert_eq!(kept(&rig.keys()), Ok(vec![secret(7), secret(8)]));
    assert_eq!(keys.add(&secret(9)), Err(KeyStoreFault::Taken));
    keys.keep_only(&secret(8)).unwrap();
    assert_eq!(kept(&keys), Ok(vec![secret(8)]));
    assert_eq!(rig.names(), [SEALED]);
    assert_eq!(mode(&rig.data.path().join(SEALED)), 0o600);
    let file = fs::read(rig.data.path().join(SEALED)).unwrap();
    assert!(!file.windows(4).any(|window| window == [8; 4]), "what is on disk is the sealed form");
    keys.note(ANCHOR).unwrap();
    assert_eq!(keys.load(Access::default()).unwrap().anchor, Some(ANCHOR));
    keys.delete().unwrap();
    assert!(rig.names().is_empty());
}

#[test]
fn secrets_reach_systemd_creds_by_its_input_alone() {
    let rig = Rig::new(STAND_IN);
    let keys = rig.keys();
    keys.add(&secret(b'S')).unwrap();
    assert_eq!(kept(&keys), Ok(vec![secret(b'S')]));
    let calls = fs::read_to_string(rig.program().with_file_name("systemd-creds.calls")).unwrap();
    assert!(calls.contains("encrypt") && calls.contains("decrypt"), "{calls}");
    assert!(!calls.contains("SSSS"), "{calls}");
}

#[test]
fn an_older_or_missing_systemd_creds_is_told_with_the_choices() {
    let older = STAND_IN.replace("systemd 256", "systemd 252");
    let rig = Rig::new(&older);
    let missing = Credential::new(rig.data.path(), None, "/no/such/systemd-creds");
    for keys in [rig.keys(), missing] {
        let fault = kept(&keys).unwrap_err();
        assert_eq!(fault.to_string(), "systemd-creds of version 256 or later is missing");
        assert!(fault.hint().contains("keystore = \"passphrase\""));
        assert_eq!(keys.add(&secret(7)), Err(fault));
        assert!(rig.names().is_empty());
    }
}

#[test]
fn a_systemd_creds_that_fails_changes_nothing() {
    let rig = Rig::new(STAND_IN);
    rig.keys().add(&secret(7)).unwrap();
    let before = fs::read(rig.data.path().join(SEALED)).unwrap();
    let fails = STAND_IN.replace("LC_ALL=C exec tr", "exit 1; exec tr");
    let says_half = STAND_IN.replace("LC_ALL=C exec tr", "echo half; exit 1; exec tr");
    let says_nothing = STAND_IN.replace("LC_ALL=C exec tr", "exit 0; exec tr");
    for script in [fails, says_half, says_nothing] {
        make_program(&rig.program(), &script);
        assert!(matches!(kept(&rig.keys()), Err(KeyStoreFault::Failed(_))));
        assert!(matches!(rig.keys().add(&secret(8)), Err(KeyStoreFault::Failed(_))));
        assert_eq!(fs::read(rig.data.path().join(SEALED)).unwrap(), before);
    }
}

#[test]
fn what_opens_to_something_else_than_a_key_is_damaged() {
    let rig = Rig::new(STAND_IN);
    for bytes in [&b"rubbish"[..], &vec![7; MOST_SEALED_BYTES + 1]] {
        fs::write(rig.data.path().join(SEALED), bytes).unwrap();
        set_mode(&rig.data.path().join(SEALED), 0o600);
        assert_eq!(kept(&rig.keys()), Err(KeyStoreFault::Damaged));
        assert_eq!(rig.keys().add(&secret(7)), Err(KeyStoreFault::Damaged));
        assert_eq!(fs::read(rig.data.path().join(SEALED)).unwrap(), bytes);
    }
}

#[test]
fn a_systemd_creds_that_hangs_is_killed_with_all_that_it_started() {
    let hangs = "#!/bin/sh\n[ \"$1\" = --version ] && exec echo systemd 256\nsleep 1000 & echo $! >\"$0.pid\"; wait\n";
    let rig = Rig::new(hangs);
    let tool = SystemdCreds::limited(rig.program(), Duration::from_secs(2));
    assert_eq!(tool.encrypt(b"key").map(drop), Err(KeyStoreFault::Late));
    let pid = fs::read_to_string(rig.program().with_file_name("systemd-creds.pid")).unwrap();
    let state = || fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    let lives = || state().rsplit_once(')').is_some_and(|(_, rest)| !rest.starts_with(" Z"));
    // It was killed; whoever inherits it may need a moment. Without an end this test hangs, and is seen to.
    while lives() {
        std::thread::yield_now();
    }
}
