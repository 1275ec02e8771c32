//! Pairing keys that are taken from pictures: a QR code on the screen, and one in the clipboard.
//! How pictures are read is promised by the tests of the programs; here it is reached by the window.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::tray;
use passcode_process_tests::home::hotp_key;
use passcode_process_tests::pictures::{self, Code};

use crate::given::CODES;

/// The window, where a pairing key is asked for.
fn at_key() -> Desk {
    let mut desk = Desk::seen();
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.fill("Profile name", "token");
    window.press("Create");
    window.entry("Pairing key");
    desk
}

/// Chooses where the code is to be looked for.
fn scan(desk: &Desk, place: &str) {
    let window = desk.window();
    window.press("Scan QR code");
    let entry = window.wait_for(place, |page| page.named(place).map(|node| node.element.clone()));
    entry.press();
}

/// Waits for the first code; the key may be shown before it is paired.
fn is_paired(desk: &Desk) {
    let window = desk.window();
    let is_shown = window.wait_for("the key or its first code", |page| {
        let key = page.entry("Pairing key").and_then(|entry| entry.text.clone());
        let is_filled = key.is_some_and(|key| !key.is_empty());
        (page.code().is_some() || is_filled).then(|| page.code().is_some())
    });
    if !is_shown {
        window.press("Pair");
    }
    assert_eq!(window.wait_for_code(), CODES[0]);
    assert!(desk.home.print(&["list"]).contains("token"));
}

#[test]
fn the_code_on_the_screen_is_paired() {
    let _watchdog = tray::watch();
    let desk = at_key();
    let _window = desk.session.display().show(&Code::of(&hotp_key()), 740, 120);
    scan(&desk, "From the screen");
    is_paired(&desk);
}

#[test]
fn a_screen_without_a_code_is_said() {
    let _watchdog = tray::watch();
    let desk = at_key();
    scan(&desk, "From the screen");
    desk.window().wait_for_words("no QR code");
    desk.window().entry("Pairing key");
}

#[test]
fn a_copied_picture_is_paired() {
    let _watchdog = tray::watch();
    let desk = at_key();
    let file = desk.session.file("code.png");
    std::fs::write(&file, pictures::png(&[&hotp_key()])).expect("a file");
    let _copied = desk.session.display().copy(&file, "image/png");
    scan(&desk, "From the clipboard");
    is_paired(&desk);
}
