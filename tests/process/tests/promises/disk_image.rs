//! What a thief finds who reads the whole disk: what is sealed, and nothing of what was removed or overwritten.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use passcode_daemon::ports::store::{Row, Table};
use passcode_process_tests::disk_image::DiskImage;
use passcode_process_tests::home::Home;
use passcode_process_tests::watchdog;

fn key(kind: &str, account: &str, secret: &[u8; 20]) -> String {
    let secret = BASE32_NOPAD.encode(secret);
    format!("otpauth://{kind}/Issuing%20Bank:{account}?secret={secret}&counter=0")
}

fn random_secret() -> [u8; 20] {
    let mut secret = [0; 20];
    getrandom::fill(&mut secret).expect("random bytes");
    secret
}

/// Rows of `before` that are not among `now`.
fn gone(before: &[Row], now: &[Row]) -> Vec<Row> {
    before.iter().filter(|row| !now.contains(row)).cloned().collect()
}

#[test]
fn no_block_of_the_disk_holds_what_was_removed_or_anything_in_clear() {
    let _watchdog = watchdog::watch();
    let (disk, home) = (DiskImage::new(), Home::new());
    let (stays, goes) = (random_secret(), random_secret());
    let agent = disk.start(&home);
    home.pair("Bleibekonto", &key("hotp", "Kontoinhaberin", &stays));
    home.pair("Gehkonto", &key("totp", "Kontoinhaberin", &goes));
    let before = disk.rows(&home);
    home.print(&["get", "Bleibekonto"]);
    home.print(&["rename", "Bleibekonto", "Dauerkonto"]);
    home.print(&["unpair", "Gehkonto", "--yes"]);
    let now = disk.rows(&home);
    let gone = gone(&before, &now);
    let secrets = gone.iter().filter(|row| row.table == Table::Secret);
    assert!(secrets.count() == 1 && gone.len() >= 4, "{gone:?}");
    let while_it_runs = disk.look();
    assert!(gone.iter().all(|row| while_it_runs.hold_a_piece_of(row)), "the search finds rows");

    home.print(&["agent", "stop"]);
    let ended = agent.end();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let left = disk.look();
    for row in &gone {
        assert!(!left.hold_a_piece_of(row), "it can still be read: {row:?}");
    }
    let secret = now.iter().find(|row| row.table == Table::Secret).expect("a secret that stays");
    assert!(left.hold_a_piece_of(secret), "the search finds rows");

    for text in ["Bleibekonto", "Dauerkonto", "Gehkonto", "Kontoinhaberin", "Issuing Bank"] {
        assert!(!left.hold(text.as_bytes()) && !while_it_runs.hold(text.as_bytes()), "{text}");
    }
    for secret in [stays, goes] {
        let spellings = [
            secret.to_vec(),
            BASE32_NOPAD.encode(&secret).into_bytes(),
            HEXLOWER.encode(&secret).into_bytes(),
        ];
        for spelling in spellings {
            assert!(!left.hold(&spelling) && !while_it_runs.hold(&spelling), "a secret in clear");
        }
    }
    assert!(left.hold(b"SQLite format 3"), "the search finds text");
}

#[test]
fn after_a_change_of_the_pin_no_block_holds_a_former_key_or_slot() {
    let _watchdog = watchdog::watch();
    let (disk, home) = (DiskImage::new(), Home::new());
    let agent = disk.start(&home);
    home.pair("Konto", &key("hotp", "Kontoinhaberin", &random_secret()));
    let mut former = vec![(disk.rows(&home), device_secrets(&disk, &home))];
    home.passcode(&["pin", "set", "--pin", "-"]).input("2468\n").output();
    former.push((disk.rows(&home), device_secrets(&disk, &home)));
    assert_eq!(home.passcode(&["unlock", "--pin", "-"]).input("2468\n").end().status, Some(0));
    home.passcode(&["pin", "change", "--pin", "-"]).input("2468\n1357\n").output();
    let now = disk.rows(&home);
    assert!(now.iter().any(|row| row.table == Table::Slot));
    for while_running in [true, false] {
        if !while_running {
            home.print(&["agent", "stop"]);
        }
        let left = disk.look();
        let slot = now.iter().find(|row| row.table == Table::Slot).expect("a slot");
        assert!(left.hold_a_piece_of(slot), "the search finds slots");
        for (rows, secrets) in &former {
            for row in gone(rows, &now) {
                assert!(!left.hold_a_piece_of(&row), "it can still be read: {row:?}");
            }
            for secret in secrets {
                assert!(!left.hold(secret), "a former device secret can still be read");
            }
        }
    }
    assert_eq!(agent.end().status, Some(0));
}

/// The device secrets that lie in the key file now.
fn device_secrets(disk: &DiskImage, home: &Home) -> Vec<Vec<u8>> {
    let files = disk.vault_files(home);
    let key = files.get("vault.key").expect("a key file");
    key[16..].chunks(32).map(<[u8]>::to_vec).collect()
}
