//! Locking and unlocking by the window: PINs, wrong ones, the block after three of them, and locks that come from elsewhere.
//! Making and changing a PIN is in `pins`.

use std::time::Duration;

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::element::State;
use passcode_desktop_tests::page::Page;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;
use passcode_proto::SecretText;
use passcode_proto::reply::LockState;
use passcode_proto::request::Unlock;

use crate::given::{CODES, PIN, open_with_pin, pair_work};

/// The window, locked.
fn locked() -> Desk {
    let desk = open_with_pin();
    desk.home.print(&["lock"]);
    desk.window().entry("PIN");
    desk
}

#[test]
fn a_lock_from_elsewhere_takes_the_code_off_the_screen() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Refresh");
    assert_eq!(window.wait_for_code(), CODES[1]);
    desk.home.print(&["lock"]);
    window.entry("PIN");
    let page = window.page();
    assert_eq!(page.code(), None);
    assert!(page.saying("work").is_none(), "no profile is named while locked:\n{page}");
}

#[test]
fn a_pin_that_is_typed_at_once_opens_the_passcode_page() {
    let _watchdog = tray::watch();
    let desk = locked();
    let window = desk.window();
    window.wait_until_focused("PIN");
    window.hand.types(PIN);
    window.hand.presses("Return");
    window.button("Copy");
    assert_eq!(desk.home.status().map(|status| status.state), Ok(LockState::Open));
}

#[test]
fn a_pin_without_enter_opens_by_itself_or_by_the_button() {
    let _watchdog = tray::watch();
    let desk = locked();
    let window = desk.window();
    window.fill("PIN", PIN);
    let opened = wait::within(Duration::from_secs(3), || window.page().button("Copy").map(drop));
    if opened.is_none() {
        window.click("Unlock");
    }
    window.button("Copy");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1], "no code was spent by that");
}

#[test]
fn an_unlock_from_elsewhere_opens_the_passcode_page() {
    let _watchdog = tray::watch();
    let desk = locked();
    desk.unlock(PIN);
    desk.window().button("Copy");
}

#[test]
fn ctrl_l_locks() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    desk.window().hand.presses("ctrl+l");
    desk.window().entry("PIN");
    assert_eq!(desk.home.status().map(|status| status.state), Ok(LockState::Locked));
}

#[test]
fn unlock_in_the_menu_opens_the_window_that_asks_for_the_pin() {
    let _watchdog = tray::watch();
    let desk = locked();
    desk.window().close();
    desk.menu().click("Unlock…");
    desk.window().wait_until_open();
    desk.window().wait_until_focused("PIN");
}

#[test]
fn a_typed_pin_is_read_out_to_nobody() {
    let _watchdog = tray::watch();
    let desk = locked();
    let window = desk.window();
    // One digit short of what would be tried at once.
    window.fill("PIN", "135");
    let entry = window.wait_for("a typed PIN", |page| {
        let entry = page.entry("PIN")?;
        (entry.text.as_ref().map_or(3, |text| text.chars().count()) == 3).then(|| entry.clone())
    });
    assert_eq!(entry.role, "password text");
    assert!(!window.page().to_string().contains("135"), "{}", window.page());
}

/// The number in the first sentence that speaks of seconds or minutes.
fn countdown(page: &Page) -> Option<u64> {
    let said = page.all_said().find(|said| {
        said.contains("second")
            || said.contains(" s") && said.contains(|c: char| c.is_ascii_digit())
    })?;
    let mut numbers = said.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    numbers.next_back()?.parse().ok()
}

#[test]
fn three_wrong_pins_block_and_the_seconds_that_are_left_count_down() {
    let _watchdog = tray::watch();
    let desk = locked();
    let window = desk.window();
    for said in ["2 tries are left", "one more"] {
        window.fill("PIN", "1357");
        window.hand.presses("Return");
        window.wait_for_words(said);
    }
    window.fill("PIN", "1357");
    window.hand.presses("Return");
    let first = window
        .wait_for("a countdown", |page| countdown(page).filter(|left| *left > 60 && *left <= 120));
    window.wait_for("time to go by", |page| countdown(page).filter(|left| *left < first));
    let blocked = window.page();
    let entry = blocked.entry("PIN");
    let is_off = entry.is_none_or(|entry| !entry.is(State::Enabled));
    assert!(is_off, "nothing can be tried while it is blocked:\n{blocked}");
}

#[test]
fn a_block_that_was_there_before_is_shown_when_the_window_opens() {
    let _watchdog = tray::watch();
    let desk = locked();
    desk.window().close();
    for _ in 0..3 {
        desk.home.passcode(&["unlock", "--pin", "-"]).input("1357").end();
    }
    desk.icon().activate();
    desk.window().wait_until_open();
    desk.window().wait_for("a countdown", |page| countdown(page).filter(|left| *left <= 120));
}

#[test]
fn a_wrong_pin_leaves_an_empty_field_that_has_the_keyboard() {
    let _watchdog = tray::watch();
    let desk = locked();
    let window = desk.window();
    window.fill("PIN", "1357");
    window.hand.presses("Return");
    window.wait_for_words("wrong");
    window.wait_until_focused("PIN");
    window.hand.types(PIN);
    window.hand.presses("Return");
    window.button("Copy");
}

#[test]
fn an_idle_lock_is_followed() {
    let _watchdog = tray::watch();
    let mut desk = open_with_pin();
    desk.kill_agent();
    let configuration = "keystore = \"file\"\nidle_lock = \"2s\"\n";
    std::fs::write(desk.home.file("config.toml"), configuration).expect("a configuration");
    desk.start_agent();
    desk.unlock(PIN);
    desk.window().button("Copy");
    desk.window().entry("PIN");
    let status = wait::within(Duration::from_secs(5), || desk.home.status().ok());
    assert_eq!(status.map(|status| status.state), Some(LockState::Locked));
}

#[test]
fn a_vault_with_a_passphrase_asks_for_that() {
    let _watchdog = tray::watch();
    const PASSPHRASE: &str = "correct horse battery";
    let mut desk = Desk::seen();
    desk.kill_agent();
    let configuration = "keystore = \"passphrase\"\n";
    std::fs::write(desk.home.file("config.toml"), configuration).expect("a configuration");
    desk.start_agent();
    let passphrase = Some(SecretText::new(PASSPHRASE.to_owned()));
    let unlock = Unlock { pin: None, passphrase, recovery: None };
    desk.home.client().and_then(|mut agent| agent.call(unlock)).expect("a new vault");
    pair_work(&desk);
    desk.home.print(&["lock"]);
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    assert_eq!(window.entry("Passphrase").role, "password text");
    window.fill("Passphrase", "another one");
    window.hand.presses("Return");
    window.wait_for("a sentence that says so", |page| {
        let said =
            page.all_said().find(|said| said.contains("wrong") || said.contains("not the right"));
        said.map(drop)
    });
    window.fill("Passphrase", PASSPHRASE);
    window.hand.presses("Return");
    window.button("Copy");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
}

#[test]
fn a_vault_without_a_pin_that_was_locked_opens_by_the_button() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.start_tray();
    let window = desk.window();
    window.button("Copy");
    desk.home.print(&["lock"]);
    window.press("Unlock");
    window.button("Copy");
}
