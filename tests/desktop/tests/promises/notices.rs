//! Notifications: a program that gets a code is told of, what was copied is told of, and never is a code in one.
//! What is copied, and how long it stays, is in `copying`.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::notifications::{Notifications, Shown};
use passcode_desktop_tests::tray;

use crate::given::{CODES, pair_work, seen_with_work, unseen_with_work};

const GOT: &str = "A program got a passcode";

fn assert_without_codes(shown: &[Shown]) {
    for (shown, code) in shown.iter().flat_map(|shown| CODES.map(|code| (shown, code))) {
        let all = shown.all().replace(' ', "");
        assert!(!all.contains(code), "a code is shown: {shown:?}");
    }
}

#[test]
fn a_program_that_gets_a_code_is_told_of() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    let notifications = Notifications::start(&desk.session.bus);
    pair_work(&desk);
    desk.start_hidden_tray();
    desk.menu().wait_for("work");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
    let shown = notifications.wait_for_summary(GOT);
    assert_eq!(shown.application, "Passcode Agent");
    // The command line stands for who has started it.
    let own = std::env::current_exe().expect("a path");
    let own = own.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(shown.body.contains(&own) && shown.body.ends_with(", for work"), "{shown:?}");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[2]);
    notifications.wait_for("a second one", |second| second.id != shown.id && second.summary == GOT);
    assert_without_codes(&notifications.shown());
}

#[test]
fn what_was_copied_is_told_without_the_code() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    let notifications = Notifications::start(&desk.session.bus);
    desk.menu().click("work");
    let shown = notifications.wait_for_summary("Copied");
    let is_told = shown.body.starts_with("Code of work; it leaves the clipboard in ");
    assert!(is_told && shown.body.ends_with(" s."), "{shown:?}");
    desk.clipboard().wait_for_code();
    assert_without_codes(&notifications.shown());
    let own = notifications.shown().iter().filter(|shown| shown.summary == GOT).count();
    assert_eq!(own, 0, "the tray does not tell of itself: {:?}", notifications.shown());
}

#[test]
fn without_anybody_to_show_notifications_the_tray_goes_on() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    for code in &CODES[1..] {
        assert_eq!(desk.home.print(&["get", "work"]), *code);
    }
    desk.tray().assert_running();
    let notifications = Notifications::start(&desk.session.bus);
    desk.home.print(&["get", "work"]);
    notifications.wait_for_summary(GOT);
    desk.menu().wait_for("work");
}

#[test]
fn without_a_display_copying_is_told_to_have_failed_and_spends_no_code() {
    let _watchdog = tray::watch();
    let desk = unseen_with_work();
    let notifications = Notifications::start(&desk.session.bus);
    desk.menu().click("work");
    let shown = notifications.wait_for_summary("Could not copy");
    assert!(!shown.body.is_empty(), "{shown:?}");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
    assert_without_codes(&notifications.shown());
}

#[test]
fn a_name_is_shown_as_text_and_not_as_markup() {
    let _watchdog = tray::watch();
    let desk = unseen_with_work();
    let notifications = Notifications::start(&desk.session.bus);
    desk.home.print(&["rename", "work", "<b>work</b> & more"]);
    desk.home.print(&["get"]);
    let shown = notifications.wait_for_summary(GOT);
    assert!(shown.body.ends_with("&lt;b&gt;work&lt;/b&gt; &amp; more"), "{shown:?}");
}
