//! A vault that cannot be used is named with what to do, and left as it is, byte for byte.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;
use std::path::Path;

use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::others::{OtherHome, give_to_other};
use passcode_process_tests::{site, watchdog};
use passcode_proto::reply::LockState;
use serde_json::Value;

/// Exit status and code of a failure that lies in the vault.
const VAULT: Option<i32> = Some(10);

/// An instance with one profile, whose agent has ended.
fn paired() -> Home {
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.print(&["agent", "stop"]);
    home
}

/// Asks for a code in vain; gives the failure's code and message.
fn refusal(home: &Home) -> (String, String) {
    let get = home.run(&["get", "work", "--json"]);
    assert_eq!((get.status, get.err.as_str()), (VAULT, ""), "{}", get.out);
    let answer: Value = serde_json::from_str(&get.out).expect("JSON");
    let text = |field: &str| answer["error"][field].as_str().unwrap_or_default().to_owned();
    assert!(text("hint").len() > 10, "advice: {answer}");
    (text("code"), text("message"))
}

/// Damages the vault; checks how asking, listing, pairing and `status` name it, and that they leave it as it is.
fn assert_left_alone(home: &Home, file: &Path, code: &str, message: &str) {
    let before = fs::read(file).ok();
    let (given, said) = refusal(home);
    assert_eq!((given.as_str(), said.contains(message)), (code, true), "{given}: {said}");
    for command in [&["list"][..], &["unlock"], &["hotp", "show", "work"]] {
        assert_eq!(home.run(command).status, VAULT, "{command:?}");
    }
    let pair = home.passcode(&["pair", "-", "--name", "new"]).input(hotp_key()).end();
    assert_eq!((pair.status, pair.out.as_str()), (VAULT, ""), "{}", pair.err);
    let status = home.status().expect("an agent");
    assert_eq!(status.state, LockState::Broken);
    assert!(status.warnings.iter().any(|warning| warning.contains(message)), "{status:?}");
    home.print(&["agent", "stop"]);
    assert!(fs::read(file).ok() == before, "{} was changed", file.display());
}

#[test]
fn a_vault_of_a_later_version_is_left_for_the_later_agent() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let vault = home.file("vault.db");
    // SQLite's `user_version` is at byte 60 of its header, big-endian (https://sqlite.org/fileformat.html, §1.3).
    let mut file = fs::OpenOptions::new().write(true).open(&vault).unwrap();
    file.seek(SeekFrom::Start(60)).and_then(|_| file.write_all(&99u32.to_be_bytes())).unwrap();
    assert_left_alone(&home, &vault, "vault_newer", "format version 99");
}

#[test]
fn what_is_no_vault_is_left_alone() {
    let _watchdog = watchdog::watch();
    let mut random = vec![0; 20_000];
    getrandom::fill(&mut random).unwrap();
    for content in [&[][..], &random, b"precious", b"SQLite format 3\0"] {
        let home = paired();
        let vault = home.file("vault.db");
        fs::write(&vault, content).unwrap();
        assert_left_alone(&home, &vault, "vault_damaged", "damaged, incomplete or no vault");
    }
}

#[test]
fn a_flipped_bit_in_any_row_is_found_and_left_as_it_is() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let vault = home.file("vault.db");
    let sound = fs::read(&vault).unwrap();
    // SQLite fills its pages from their ends; the tables of rows have a page each, in the order of their making.
    const PAGE: usize = 4096;
    let (slot, usage) = (2, 5);
    for page in slot..=usage {
        let mut damaged = sound.clone();
        damaged[page * PAGE - 1] ^= 1;
        fs::write(&vault, &damaged).unwrap();
        let (code, message) = refusal(&home);
        assert!(["vault_damaged", "key_store"].contains(&code.as_str()), "{code}: {message}");
        home.print(&["agent", "stop"]);
        assert!(fs::read(&vault).unwrap() == damaged, "page {page}: the vault was changed");
    }
    fs::write(&vault, &sound).unwrap();
    assert_eq!(home.print(&["get", "work"]), "287082", "put back, it serves on");
}

#[test]
fn a_folder_or_a_link_in_the_place_of_the_vault_is_left_alone() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let (vault, aside) = (home.file("vault.db"), home.file("aside.db"));
    fs::rename(&vault, &aside).unwrap();
    fs::create_dir(&vault).unwrap();
    assert_left_alone(&home, &vault, "vault_unreadable", "not a regular file");
    assert!(vault.is_dir());
    fs::remove_dir(&vault).unwrap();

    symlink(&aside, &vault).unwrap();
    assert_left_alone(&home, &aside, "vault_unreadable", "not a regular file");
    fs::remove_file(&vault).unwrap();

    fs::rename(&aside, &vault).unwrap();
    assert_eq!(home.print(&["get", "work"]), "287082", "put back, it serves on");
}

#[test]
fn a_vault_of_another_user_or_open_to_others_is_left_alone() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let vault = home.file("vault.db");
    site::chmod(&vault, 0o622);
    assert_left_alone(&home, &vault, "vault_unreadable", "ther users may write");
    site::chmod(&vault, 0o600);
    give_to_other(&vault);
    let (code, message) = refusal(&home);
    assert_eq!(code, "vault_unreadable");
    assert!(message.contains("belongs to another user"), "{message}");
}

#[test]
fn a_key_that_is_missing_short_or_of_another_vault_leaves_the_vault_as_it_is() {
    let _watchdog = watchdog::watch();
    let (home, other) = (paired(), paired());
    let (vault, key) = (home.file("vault.db"), home.file("vault.key"));
    let own = fs::read(&key).unwrap();

    fs::remove_file(&key).unwrap();
    assert_left_alone(&home, &vault, "key_store", "");
    assert!(!key.exists(), "no new key is made for an old vault");

    fs::write(&key, &own[..own.len() - 1]).unwrap();
    site::chmod(&key, 0o600);
    assert_left_alone(&home, &vault, "key_store", "does not hold a device secret");
    assert!(fs::read(&key).unwrap() == own[..own.len() - 1], "the key was changed");

    fs::copy(other.file("vault.key"), &key).unwrap();
    assert_left_alone(&home, &vault, "key_store", "");

    fs::write(&key, &own).unwrap();
    assert_eq!(home.print(&["get", "work"]), "287082", "with its own key it serves on");
}

#[test]
fn a_key_that_others_can_read_is_refused_until_that_is_mended() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let key = home.file("vault.key");
    site::chmod(&key, 0o644);
    let (code, message) = refusal(&home);
    assert_eq!(code, "key_store");
    assert!(message.contains("ther users may read vault.key"), "{message}");
    site::chmod(&key, 0o600);
    assert_eq!(home.print(&["unlock"]), "", "mended while the agent runs");
    assert_eq!(home.print(&["get", "work"]), "287082");
}

#[test]
fn two_agents_with_sockets_of_their_own_never_share_a_vault() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let _agent = home.start();
    let aside = site::folder();
    let socket = aside.path().join("second.sock");
    let get = home.passcode(&["get", "work"]).env("PASSCODE_SOCKET", &socket).end();
    assert_eq!(get.status, VAULT, "{}", get.err);
    assert!(get.err.contains("Another agent uses vault.db"), "{}", get.err);
    home.passcode(&["agent", "stop"]).env("PASSCODE_SOCKET", &socket).output();
    assert_eq!(home.print(&["get", "work"]), "287082");
}

#[test]
fn a_data_folder_that_others_may_write_is_not_used() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let aside = site::folder();
    let socket = aside.path().join("agent.sock");
    let vault = fs::read(home.file("vault.db")).unwrap();
    site::chmod(home.path(), 0o777);
    let get = home.passcode(&["get", "work"]).env("PASSCODE_SOCKET", &socket).end();
    assert_eq!(get.status, VAULT, "{}", get.err);
    assert!(get.err.contains("Other users may write the data folder"), "{}", get.err);
    assert!(get.err.contains("chmod go-w"), "what to do: {}", get.err);
    home.passcode(&["agent", "stop"]).env("PASSCODE_SOCKET", &socket).output();
    assert!(fs::read(home.file("vault.db")).unwrap() == vault, "the vault was changed");
}

#[test]
fn a_vault_that_may_not_be_written_gives_no_code() {
    let _watchdog = watchdog::watch();
    // Not the administrator's, who may write everything.
    let home = OtherHome::new();
    home.passcode(&["pair", "-", "--name", "work"]).input(hotp_key()).output();
    home.passcode(&["agent", "stop"]).output();
    home.chmod("0400", "vault.db");
    let get = home.passcode(&["get"]).end();
    assert_eq!((get.status, get.out.as_str()), (VAULT, ""), "{}", get.err);
    assert!(get.err.contains("cannot be written"), "{}", get.err);
    home.chmod("0600", "vault.db");
    home.passcode(&["unlock"]).output();
    assert_eq!(home.passcode(&["get"]).output(), "287082\n");
}
