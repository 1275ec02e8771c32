//! The agent's side: what it asks a helper, and what it makes of the answers. The helper is a script here; the real one
//! meets a real keyring in the tests of processes.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::ports::place::rig::{make_program, private_folder};

/// A helper that notes what it is asked and answers the given text.
struct Rig {
    folder: TempDir,
}

impl Rig {
    fn new(answer: &str) -> Self {
        let rig = Self { folder: private_folder() };
        let script = format!(
            "#!/bin/sh\necho \"$*\" >\"$0.arguments\"\nhead -n 1 >\"$0.asked\"\n{answer}\n"
        );
        make_program(&rig.program(), &script);
        rig
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("helper")
    }

    fn keys(&self) -> KeyringStore {
        KeyringStore::new("default", self.program(), Limits::USUAL)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; 32])
}

#[test]
fn a_call_is_one_line_to_a_helper_of_its_own() {
    let rig = Rig::new("echo '\"done\"'");
    rig.keys().add(&secret(0)).unwrap();
    assert_eq!(rig.read("helper.arguments"), "helper keyring\n");
    let text = "A".repeat(43) + "=";
    let asked =
        format!("{{\"instance\":\"default\",\"may_ask\":false,\"call\":{{\"add\":\"{text}\"}}}}\n");
    assert_eq!(rig.read("helper.asked"), asked);
    let _ = rig.keys().load(Access { may_ask: true, passphrase: None });
    assert_eq!(
        rig.read("helper.asked"),
        "{\"instance\":\"default\",\"may_ask\":true,\"call\":\"load\"}\n"
    );
}

#[test]
fn what_is_kept_is_understood() {
    let anchor = Anchor { generation: 7, attempt: 8, doublings: 9 };
    let (a, b) = (wire::text(&[1; 32]), wire::text(&[2; 32]));
    let noted = wire::text(&anchor_file::encode(anchor));
    let rig = Rig::new(&format!(
        "echo '{{\"kept\":{{\"secrets\":[\"{}\",\"{}\"],\"anchor\":\"{}\",\"is_blank\":true}}}}'",
        *a, *b, *noted
    ));
    let keys = rig.keys();
    assert_eq!(keys.warning(), None);
    let kept = keys.load(Access::default()).unwrap();
    assert_eq!(kept, Kept { secrets: vec![secret(1), secret(2)], anchor: Some(anchor) });
    assert!(keys.warning().unwrap().contains("no password"));
}

#[test]
fn an_anchor_that_is_damaged_counts_as_missing() {
    let rig = Rig::new("echo '{\"kept\":{\"secrets\":[],\"anchor\":\"AAAA\",\"is_blank\":false}}'");
    assert_eq!(rig.keys().load(Access::default()), Ok(Kept::default()));
}

#[test]
fn every_trouble_is_a_fault_with_words_of_its_own() {
    for (trouble, words) in [
        ("no_bus", "no session bus"),
        ("no_provider", "no program on the session bus"),
        ("no_collection", "no default collection yet"),
        ("locked", "is locked"),
        ("damaged", "does not hold a device secret"),
        ("taken", "other device secrets already"),
        ("ambiguous", "more than once"),
        ("went_away", "in the middle of a call"),
        ("refused", "refused"),
        ("not_kept", "did not keep"),
    ] {
        let rig = Rig::new(&format!("echo '{{\"trouble\":\"{trouble}\"}}'"));
        let fault = rig.keys().load(Access::default()).unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
    }
}

#[test]
fn a_helper_that_says_nothing_sensible_is_a_failure() {
    for answer in ["true", "exit 1", "echo rubbish", "yes", "echo '{\"kept\":{\"secrets\":[]}}'"] {
        let fault = Rig::new(answer).keys().load(Access::default()).unwrap_err();
        assert_eq!(fault, KeyStoreFault::Failed(NOT_SPOKEN), "{answer}");
    }
    let missing = KeyringStore::new("default", "/no/such/program", Limits::USUAL);
    assert_eq!(missing.delete(), Err(KeyStoreFault::Failed(NOT_SPOKEN)));
}

#[test]
fn a_helper_has_more_time_when_the_user_may_be_asked() {
    let limits = Limits { quiet: Duration::from_millis(200), asking: Duration::from_secs(20) };
    let rig = Rig::new("sleep 1; echo '\"done\"'");
    let keys = KeyringStore::new("default", rig.program(), limits);
    assert_eq!(keys.load(Access::default()), Err(KeyStoreFault::Late));
    assert_eq!(keys.load(Access { may_ask: true, passphrase: None }), Ok(Kept::default()));
}

#[test]
fn agents_with_a_folder_of_their_own_have_entries_of_their_own() {
    let (one, other) = (private_instance(Path::new("/a")), private_instance(Path::new("/b")));
    assert_ne!(one, other);
    assert_eq!(one, private_instance(Path::new("/a")));
    assert!(one.len() == 16 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
}
