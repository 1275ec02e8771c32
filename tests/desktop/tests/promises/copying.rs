//! Copied codes: they can be pasted elsewhere, are marked as secret, and leave the clipboard when they are over, unless somebody
//! else has copied something since.

use std::time::Duration;

use passcode_desktop_tests::clipboard::HINT;
use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::elsewhere::Elsewhere;
use passcode_desktop_tests::notifications::Notifications;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;

use crate::given::{CODES, PIN, daily_key, quick_key, seen_with_work};

/// What is copied may stay for this long: half a minute, and a little.
const STAY: Duration = Duration::from_secs(40);

#[test]
fn a_click_on_a_profile_copies_its_code() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.home.pair("mail", &daily_key());
    desk.menu().click("work");
    assert_eq!(desk.clipboard().wait_for_code(), CODES[1]);
    desk.menu().click("mail");
    let code = desk.home.print(&["get", "mail"]);
    desk.clipboard().wait_for("code of mail", |text| text == code);
    desk.menu().click("work");
    desk.clipboard().wait_for("next code", |text| text == CODES[2]);
}

#[test]
fn a_copied_code_can_be_pasted_into_another_program() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.menu().click("work");
    desk.clipboard().wait_for_code();
    let other = Elsewhere::open(&desk.session);
    assert_eq!(other.paste(), CODES[1]);
}

#[test]
fn a_copied_code_is_marked_for_histories_of_the_clipboard() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.menu().click("work");
    desk.clipboard().wait_for_code();
    let kinds = desk.clipboard().kinds();
    assert!(kinds.iter().any(|kind| kind == HINT), "{kinds:?}");
    assert_eq!(desk.clipboard().read_as(HINT).as_deref(), Some("secret"));
}

#[test]
fn a_code_leaves_the_clipboard_when_it_is_over() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.home.pair("quick", &quick_key(5));
    desk.menu().click("quick");
    desk.clipboard().wait_for_code();
    desk.clipboard().wait_until_empty(Duration::from_secs(15));
}

#[test]
fn a_counter_based_code_leaves_the_clipboard_after_half_a_minute() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.menu().click("work");
    desk.clipboard().wait_for_code();
    desk.clipboard().wait_until_empty(STAY);
}

#[test]
fn what_somebody_else_has_copied_since_stays() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.home.pair("quick", &quick_key(5));
    desk.menu().click("quick");
    let code = desk.clipboard().wait_for_code();
    let _other = desk.clipboard().copy_as_another("a shopping list");
    // Every one of them waits for the next step; then the copied code is over for certain.
    for _ in 0..2 {
        assert_ne!(desk.home.print(&["get", "quick", "--fresh"]), code);
    }
    assert_eq!(desk.clipboard().text().as_deref(), Some("a shopping list"));
    desk.home.print(&["lock"]);
    desk.menu().wait_until_gone("quick");
    assert_eq!(desk.clipboard().text().as_deref(), Some("a shopping list"));
}

#[test]
fn a_code_leaves_the_clipboard_when_the_vault_is_locked() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.set_pin(PIN);
    desk.menu().click("work");
    desk.clipboard().wait_for_code();
    desk.home.print(&["lock"]);
    desk.clipboard().wait_until_empty(Duration::from_secs(5));
}

#[test]
fn a_code_leaves_the_clipboard_when_the_tray_quits() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.menu().click("work");
    desk.clipboard().wait_for_code();
    desk.menu().click("Quit");
    desk.tray().wait_for_end();
    assert_eq!(desk.clipboard().text(), None);
}

#[test]
fn what_was_in_the_clipboard_before_the_tray_started_stays_when_it_quits() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    let _other = desk.clipboard().copy_as_another("a shopping list");
    desk.start_hidden_tray();
    desk.menu().click("Quit");
    desk.tray().wait_for_end();
    assert_eq!(desk.clipboard().text().as_deref(), Some("a shopping list"));
}

#[test]
fn a_middle_click_that_cannot_copy_says_why_or_asks() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    let notifications = Notifications::start(&desk.session.bus);
    desk.home.pair("mail", &daily_key());
    desk.menu().wait_for("mail");
    desk.set_pin(PIN);
    desk.home.print(&["lock"]);
    desk.icon().wait_for_tooltip("Passcode Agent: locked");
    desk.icon().activate_second();
    wait::until("a window or a notification", || {
        (desk.window().is_open() || !notifications.shown().is_empty()).then_some(())
    });
    assert_eq!(desk.clipboard().text(), None);
}
