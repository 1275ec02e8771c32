//! Which key `pair` takes from pictures. Beside it stands a `passcoded` that finds in a picture what the picture says; what
//! the real one finds is tried with it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use passcode_proto::{FaultCode, Request};
use tempfile::TempDir;

use super::script::{Talk, no, talk_by};

const ALICE: &str = "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQ";
const BOB: &str = "otpauth://totp/ACME:bob?secret=GEZDGNBVGY3TQOJQ";

/// Puts a link to the program and our `passcoded` beside each other. Neither is written by this process: a file that
/// another thread's child holds open for writing cannot be run.
const MAKE: &str = r#"
printf '#!/bin/sh\n[ "$*" = "helper qr" ] && exec cat\n' >"$1/passcoded" && chmod 755 "$1/passcoded"
ln "$2" "$1/passcode" 2>/dev/null || cp "$2" "$1/passcode"
"#;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut make = Command::new("sh");
        make.args(["-c", MAKE, "make"]).arg(folder.path()).arg(env!("CARGO_BIN_EXE_passcode"));
        assert!(make.status().unwrap().success());
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A picture in which these texts are found; gives its path.
    fn picture(&self, name: &str, texts: &[&str]) -> String {
        self.said(name, &format!("{{\"texts\":{}}}", serde_json::to_string(texts).unwrap()))
    }

    /// A picture to which the helper answers with this.
    fn said(&self, name: &str, answer: &str) -> String {
        fs::write(self.file(name), answer).unwrap();
        self.file(name).to_str().unwrap().to_owned()
    }

    /// Runs `pair`, whose key, if it comes so far, is refused.
    fn pair(&self, arguments: &[&str], input: &str) -> Talk {
        let arguments = [&["pair"], arguments].concat();
        talk_by(&self.file("passcode"), &arguments, input, vec![no(FaultCode::BadKey)])
    }
}

fn key(talk: &Talk) -> String {
    match &talk.asked[..] {
        [Request::Pair(pair)] => pair.key.expose().to_owned(),
        asked => panic!("{asked:?}: {}", talk.err),
    }
}

#[test]
fn the_only_key_in_a_picture_is_taken() {
    let desk = Desk::new();
    let picture = desk.picture("a", &["https://example.org/", ALICE]);
    assert_eq!(key(&desk.pair(&["--qr", &picture], "")), ALICE);
    let bytes = fs::read_to_string(&picture).unwrap();
    assert_eq!(key(&desk.pair(&["--qr", "-"], &bytes)), ALICE);
}

#[test]
fn of_several_keys_one_is_picked_and_none_is_shown() {
    let desk = Desk::new();
    let (one, two) = (desk.picture("a", &[ALICE]), desk.picture("b", &[ALICE, BOB]));
    let both = ["--qr", &one, "--qr", &two];
    let refused = desk.pair(&both, "");
    assert_eq!((refused.status, refused.asked.len()), (2, 0));
    assert_eq!(
        refused.err,
        "Pairing keys that were found:\n  1  ACME: alice\n  2  ACME: bob\n\
         passcode: 2 pairing keys were found, and there is nobody to choose.\n  \
         Choose one with --pick N, from 1 to 2.\n"
    );
    assert_eq!(key(&desk.pair(&[&both[..], &["--pick", "2"]].concat(), "")), BOB);
    assert_eq!(desk.pair(&[&both[..], &["--pick", "3"]].concat(), "").status, 2);
}

#[test]
fn the_parts_of_an_export_are_sent_together() {
    let desk = Desk::new();
    let part = |name: &str| format!("otpauth-migration://offline?data={name}");
    let one = desk.picture("a", &[&part("A")]);
    let two = desk.picture("b", &[&part("B"), &part("A")]);
    let joined = format!("{}\n{}", part("A"), part("B"));
    assert_eq!(key(&desk.pair(&["--qr", &one, "--qr", &two], "")), joined);
}

#[test]
fn a_picture_without_a_key_fails_as_pairing_with_a_bad_key_does() {
    let desk = Desk::new();
    let nothing = desk.said("n", "{\"trouble\":\"nothing_found\"}");
    for (picture, said) in [
        (nothing.clone(), "There is no QR code in the picture"),
        (desk.said("i", "{\"trouble\":\"not_an_image\"}"), "not a picture in PNG or JPEG"),
        (desk.said("d", "{\"trouble\":\"damaged\"}"), "damaged"),
        (desk.picture("w", &["https://example.org/secret"]), "holds the address of a web page"),
        (desk.picture("o", &["hello", "WIFI:P:secret;;"]), "None of the 2 QR codes"),
    ] {
        let talk = desk.pair(&["--qr", &picture], "");
        assert_eq!((talk.status, talk.asked.len()), (9, 0), "{}", talk.err);
        assert!(talk.err.contains(said) && !talk.err.contains("secret"), "{}", talk.err);
    }
    let alice = desk.picture("a", &[ALICE]);
    let second = desk.pair(&["--qr", &alice, "--qr", &nothing], "");
    assert!(second.err.starts_with("passcode: Picture 2: There is no QR code"), "{}", second.err);
}

#[test]
fn what_keeps_us_from_looking_is_another_failure() {
    let desk = Desk::new();
    let dead = desk.said("x", "");
    let talk = desk.pair(&["--qr", &dead], "");
    assert_eq!(talk.status, 1);
    assert!(talk.err.contains("Looking for QR codes in the picture failed."), "{}", talk.err);
    let missing = desk.pair(&["--qr", desk.file("none").to_str().unwrap()], "");
    assert_eq!(missing.status, 1);
    assert!(missing.err.contains("There is no such file."), "{}", missing.err);
    fs::remove_file(desk.file("passcoded")).unwrap();
    let alone = desk.pair(&["--qr", &dead], "");
    assert_eq!(alone.status, 1);
    assert!(alone.err.contains("passcoded cannot be started"), "{}", alone.err);
}

#[test]
fn a_key_and_pictures_and_two_kinds_of_pictures_do_not_go_together() {
    let desk = Desk::new();
    for arguments in [
        &["-", "--qr", "a"][..],
        &["-", "--screen"],
        &["-", "--clipboard"],
        &["--screen", "--clipboard"],
        &["--qr", "a", "--screen"],
        &["--qr", "a", "--clipboard"],
        &["--pick", "1"],
        &["--qr", "a", "--pick", "0"],
    ] {
        let talk = desk.pair(arguments, "");
        assert_eq!((talk.status, talk.asked.len()), (2, 0), "{arguments:?}: {}", talk.err);
    }
}

#[test]
fn where_there_is_no_desktop_it_is_said_what_to_do_instead() {
    let desk = Desk::new();
    for (option, said) in
        [("--screen", "There is no screen"), ("--clipboard", "There is no clipboard")]
    {
        let talk = desk.pair(&[option], "");
        assert_eq!((talk.status, talk.asked.len()), (1, 0));
        assert!(talk.err.contains(said) && talk.err.contains("--qr FILE"), "{}", talk.err);
    }
}
