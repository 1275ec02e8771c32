//! A Wayland session (sway): the window appears, and what is copied can be pasted and goes again.
//! Nobody presses keys here; what windows do with them is promised on X11.

use std::time::Duration;

use passcode_desktop_tests::desk::MAIN;
use passcode_desktop_tests::item::Item;
use passcode_desktop_tests::sway::Sway;
use passcode_desktop_tests::tray::{self, ID};
use passcode_desktop_tests::watcher::Watcher;
use passcode_process_tests::home::hotp_key;
use passcode_process_tests::wait;

use crate::given::{CODES, PIN, quick_key};

/// A session with `work`, and a place for icons.
fn session() -> (Sway, Watcher) {
    let sway = Sway::start();
    let watcher = Watcher::start(&sway.bus);
    let paired = sway.passcode(&["pair", "-", "--name", "work"]).input(hotp_key()).output();
    assert_eq!(paired.trim_end(), CODES[0]);
    (sway, watcher)
}

fn pasted(sway: &Sway, code: &str) {
    wait::until("the code in the clipboard", || {
        (sway.pasted().as_deref() == Some(code)).then_some(())
    });
}

fn emptied(sway: &Sway, limit: Duration) {
    let empty = wait::within(limit, || sway.pasted().is_none().then_some(()));
    assert!(empty.is_some(), "still in the clipboard: {:?}", sway.pasted());
}

#[test]
fn the_window_appears_and_is_drawn() {
    let _watchdog = tray::watch();
    let (mut sway, _watcher) = session();
    sway.start_tray(&[]);
    sway.wait_for_window(MAIN);
    wait::until("a window on the picture", || {
        let picture = image::open(sway.picture()).ok()?.to_rgb8();
        let mut colours: Vec<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
        colours.sort_unstable();
        colours.dedup();
        (colours.len() > 20).then_some(())
    });
}

#[test]
fn a_click_on_a_profile_copies_its_code_for_other_programs() {
    let _watchdog = tray::watch();
    let (mut sway, _watcher) = session();
    sway.start_tray(&["--hidden"]);
    let menu = Item::wait_for(&sway.connect(), ID).menu();
    menu.click("work");
    pasted(&sway, CODES[1]);
    assert!(sway.kinds().contains("x-kde-passwordManagerHint"), "{}", sway.kinds());
    menu.click("Quit");
    emptied(&sway, Duration::from_secs(10));
}

#[test]
fn a_code_leaves_the_clipboard_when_it_is_over_and_when_the_vault_is_locked() {
    let _watchdog = tray::watch();
    let (mut sway, _watcher) = session();
    let quick = sway.passcode(&["pair", "-", "--name", "quick", "--no-code"]);
    quick.input(quick_key(5)).output();
    sway.passcode(&["pin", "set", "--pin", "-"]).input(PIN).output();
    sway.start_tray(&["--hidden"]);
    let menu = Item::wait_for(&sway.connect(), ID).menu();
    menu.click("quick");
    wait::until("a code in the clipboard", || sway.pasted());
    emptied(&sway, Duration::from_secs(15));
    menu.click("work");
    pasted(&sway, CODES[1]);
    sway.passcode(&["lock"]).output();
    emptied(&sway, Duration::from_secs(5));
}

#[test]
fn a_second_start_opens_the_window_of_the_first() {
    let _watchdog = tray::watch();
    let (mut sway, _watcher) = session();
    sway.start_tray(&["--hidden"]);
    assert!(!sway.shows(MAIN));
    assert_eq!(sway.second_tray().status, Some(0));
    sway.wait_for_window(MAIN);
}
