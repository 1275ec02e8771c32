//! Promises of what is kept: no file and no log holds a password, seed, passcode or key as it is.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER};

use crate::rig::{ADMIN_PASSWORD, ALICE, PASSWORD, Rig};

/// Every file in a folder, one after the other.
fn all_bytes(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).expect("a folder");
    files
        .flat_map(|file| std::fs::read(file.expect("a folder").path()).expect("a folder"))
        .collect()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn the_folder_holds_no_password_seed_passcode_or_key_as_it_is() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    web.enter_code("999999");
    web.enter_code(&device.code(0));
    let open = web.walk_to_key();
    rig.sign_on(&device.code(1));
    device.resynchronise(&[device.code(20), device.code(21)]);
    let mut wrong = rig.web();
    wrong.enter_password(ALICE, "a mistyped secret");
    wrong.enter_password("password in the wrong field", "x");

    let bytes = all_bytes(&rig.folder.path().join("data"));
    assert!(holds(&bytes, ALICE.as_bytes()));
    let mut secrets: Vec<Vec<u8>> = vec![device.seed.clone()];
    secrets.extend(
        [BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER].map(|base| base.encode(&device.seed).into()),
    );
    let texts = [
        PASSWORD,
        ADMIN_PASSWORD,
        "a mistyped secret",
        "password in the wrong field",
        &key,
        &open,
        "999999",
    ];
    secrets.extend(texts.map(|text| text.as_bytes().to_vec()));
    secrets.extend([0, 1, 20, 21].map(|counter| device.code(counter).into_bytes()));
    let cookie = web.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).expect("one").1;
    secrets.push(cookie.as_bytes().to_vec());
    for secret in secrets {
        assert!(!holds(&bytes, &secret), "{}", String::from_utf8_lossy(&secret));
    }
}

#[test]
fn passwords_are_kept_by_argon2id() {
    let rig = Rig::start();
    let bytes = all_bytes(&rig.folder.path().join("data"));
    assert!(holds(&bytes, b"$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[test]
fn what_is_private_can_be_read_by_its_owner_alone() {
    let rig = Rig::start();
    let data = rig.folder.path().join("data");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in ["service.key", "ca-key.pem"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_removed_device_leaves_no_seed_behind_and_is_known_all_the_same() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    device.remove();
    let database = rusqlite::Connection::open(rig.folder.path().join("data/service.db")).unwrap();
    let sealed: Vec<u8> = database
        .query_row("SELECT seed FROM devices WHERE id = ?", [device.id()], |row| row.get(0))
        .unwrap();
    assert_eq!(sealed, b"");
    device.state().is_problem(410, "device-removed");
}
