//! What a screen reader says of every page, and the way through them by keyboard alone.
//! How the pages look is in `looks`.

use passcode_desktop_tests::clipboard::Clipboard;
use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::tray;
use passcode_desktop_tests::window::Window;
use passcode_process_tests::home::hotp_key;

use crate::given::{CODES, PIN, open_with_pin, pair_work, quick_key};

/// Checks that everything on the present page that can have the keyboard can be spoken of, and that it has some such.
#[track_caller]
fn check(window: &Window, name: &str) {
    let page = window.page();
    let mute = page.mute();
    assert!(mute.is_empty(), "{name}: no name or no role: {mute:?}\n{page}");
    let can_focus = page.nodes.iter().skip(1);
    let focusable =
        can_focus.filter(|node| node.is(passcode_desktop_tests::element::State::Focusable));
    assert!(focusable.count() > 0, "{name}: nothing can have the keyboard\n{page}");
}

#[test]
fn everything_on_the_pages_of_pairing_can_be_spoken_of() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.entry("Profile name");
    check(&window, "add profile");
    window.fill("Profile name", "token");
    window.press("Create");
    window.entry("Pairing key");
    window.button("Scan QR code");
    check(&window, "pairing key");
    window.fill("Pairing key", &hotp_key());
    window.press("Pair");
    window.wait_for_code();
    check(&window, "passcode");
}

#[test]
fn everything_on_the_pages_of_passcodes_and_locks_can_be_spoken_of() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    desk.home.pair("quick", &quick_key(60));
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.button("Copy");
    check(&window, "passcode of several");
    desk.home.print(&["lock"]);
    window.entry("PIN");
    check(&window, "locked");
    for _ in 0..3 {
        desk.home.passcode(&["unlock", "--pin", "-"]).input("1357").end();
    }
    window.wait_for_words("Try again in");
    assert!(window.page().mute().is_empty(), "blocked: {}", window.page());
    desk.kill_agent();
    desk.window().button("Start agent");
    check(&desk.window(), "away");
}

#[test]
fn everything_on_the_pages_of_settings_can_be_spoken_of() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.button("Change PIN");
    check(&window, "settings");
    for name in ["Profiles", "Lock times", "About"] {
        window.press(name);
        window.wait_for(&format!("the page of {name}"), |page| {
            page.button("Change PIN").is_none().then_some(())
        });
        check(&window, name);
        window.hand.presses("Escape");
        window.button("Change PIN");
    }
    window.press("Change PIN");
    window.entry("Present PIN");
    check(&window, "present PIN");
    window.fill("Present PIN", PIN);
    window.press("Next");
    window.entry("New PIN");
    check(&window, "new PIN");
    window.fill("New PIN", "8642");
    window.press("Next");
    window.entry("New PIN again");
    check(&window, "new PIN again");
}

#[test]
fn everything_in_the_window_of_a_waiting_program_can_be_spoken_of() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    desk.home.print(&["lock"]);
    let _caller = desk.home.passcode(&["get", "work"]).start();
    desk.prompt().wait_until_open();
    desk.prompt().button("Cancel");
    check(&desk.prompt(), "a waiting program");
}

#[test]
fn a_code_is_read_out_in_groups() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    desk.window().press("Refresh");
    desk.window().wait_for_words("Passcode 287 082");
}

#[test]
fn the_keyboard_alone_pairs_copies_makes_a_pin_and_unlocks() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    let hand = &window.hand;
    window.wait_until_focused("Profile name");
    hand.types("token");
    hand.presses("Return");
    window.wait_until_focused("Pairing key");
    hand.types(&hotp_key());
    hand.presses("Return");
    assert_eq!(window.wait_for_code(), CODES[0]);
    press_by_key(&window, "Copy");
    copied(&desk.clipboard(), CODES[0]);
    press_by_key(&window, "Settings");
    press_by_key(&window, "Set a PIN");
    window.wait_until_focused("New PIN");
    hand.types(PIN);
    hand.presses("Return");
    window.wait_until_focused("New PIN again");
    hand.types(PIN);
    hand.presses("Return");
    desk.menu().wait_for("Lock");
    hand.presses("ctrl+l");
    window.wait_until_focused("PIN");
    hand.types(PIN);
    hand.presses("Return");
    window.button("Copy");
    press_by_key(&window, "Refresh");
    assert_eq!(window.wait_for_code(), CODES[1]);
}

fn press_by_key(window: &Window, button: &str) {
    window.button(button);
    window.walk_to(button, "Tab");
    window.hand.presses("space");
}

fn copied(clipboard: &Clipboard, code: &str) {
    clipboard.wait_for("the code", |text| text == code);
}

#[test]
fn tab_reaches_everything_on_the_passcode_page_and_back_again() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    for button in ["Copy", "Refresh", "Settings", "Add profile", "Copy"] {
        window.walk_to(button, "Tab");
    }
    for button in ["Add profile", "Settings", "Refresh", "Copy"] {
        window.walk_to(button, "shift+Tab");
    }
}

#[test]
fn about_names_what_the_window_is_drawn_with() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    desk.menu().click("About");
    desk.window().wait_for("the attribution", |page| {
        page.all_said().any(|said| said.contains("Slint")).then_some(())
    });
    desk.window().wait_for_words(env!("CARGO_PKG_VERSION"));
}
