//! Panels and message buses that come late, go, and come back.
//! A panel that people use is in `icon`.

use std::time::Duration;

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::item::Item;
use passcode_desktop_tests::session::Session;
use passcode_desktop_tests::tray::{self, ID, Tray};
use passcode_desktop_tests::watcher::Watcher;
use passcode_desktop_tests::{remote, strain};
use passcode_process_tests::wait;

use crate::given::{CODES, pair_work, unseen_with_work};

#[test]
fn a_panel_that_starts_late_shows_the_icon() {
    let _watchdog = tray::watch();
    let mut desk = Desk::new(Session::without_display());
    desk.start_agent();
    pair_work(&desk);
    desk.start_hidden_tray();
    desk.watcher = Some(Watcher::start(&desk.session.bus));
    desk.menu().wait_for("work");
}

#[test]
fn a_panel_that_is_started_anew_shows_the_icon_again() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    for _ in 0..3 {
        desk.watcher.take().expect("a panel").leave();
        let bus = desk.session.connect();
        wait::until("no panel", || Item::find(&bus, ID).is_none().then_some(()));
        desk.watcher = Some(Watcher::start(&desk.session.bus));
        desk.menu().wait_for("work");
    }
    assert_eq!(desk.watcher.as_ref().map(|watcher| watcher.items().len()), Some(1), "one icon");
}

#[test]
fn while_there_is_no_panel_the_tray_waits_and_follows_its_agent() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.watcher.take().expect("a panel").leave();
    desk.home.print(&["rename", "work", "office"]);
    desk.tray().assert_running();
    desk.watcher = Some(Watcher::start(&desk.session.bus));
    desk.menu().wait_for("office");
}

#[test]
fn a_bus_that_ends_ends_the_tray_or_brings_it_back_and_costs_nothing() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.watcher = None;
    let pid = desk.tray().pid();
    desk.session.bus.end();
    let ended = wait::within(Duration::from_secs(5), || desk.tray().ended());
    if let Some(status) = ended {
        assert_eq!(status.code(), Some(3), "{}", desk.tray().said());
        assert!(!desk.tray().said().contains("panicked"), "{}", desk.tray().said());
        return;
    }
    let before = strain::ticks(pid);
    strain::wakeups(pid, Duration::from_secs(3));
    let ticks = strain::ticks(pid) - before;
    assert!(ticks <= 10, "{ticks} ticks in 3 seconds without a bus");
    desk.session.bus.start();
    desk.watcher = Some(Watcher::start(&desk.session.bus));
    desk.menu().wait_for("work");
    assert_eq!(remote::process_of_any(&desk.session.connect(), tray::NAME), Some(pid));
}

#[test]
fn without_a_bus_the_tray_says_so_and_exits_with_3() {
    let _watchdog = tray::watch();
    let desk = Desk::new(Session::without_bus());
    for arguments in [&[][..], &["--hidden"]] {
        let mut tray = Tray::spawn(&desk.session, desk.home.path(), arguments);
        assert_eq!(tray.wait_for_end().code(), Some(3), "{}", tray.said());
        let said = tray.said();
        assert!(said.contains("bus"), "it says what is missing: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn without_a_display_a_start_that_would_show_a_window_still_shows_the_icon() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    pair_work(&desk);
    desk.start_tray();
    desk.menu().wait_for("work");
    let mut second = Tray::spawn(&desk.session, desk.home.path(), &[]);
    assert_eq!(second.wait_for_end().code(), Some(0), "{}", second.said());
    desk.tray().assert_running();
}

#[test]
fn without_a_display_the_icon_is_there_and_a_click_on_it_does_no_harm() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.icon().activate();
    desk.icon().activate_second();
    desk.menu().click("Show passcode…");
    desk.menu().click("Add profile…");
    // Whether it was asked or not: no code may be lost that nobody has got.
    desk.menu().wait_for("work");
    desk.tray().assert_running();
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1], "no code was spent in vain");
}

#[test]
fn a_display_that_cannot_be_used_leaves_icon_and_menu() {
    let _watchdog = tray::watch();
    let desk = Desk::unseen();
    pair_work(&desk);
    let gone = [("DISPLAY", ":98765")];
    let mut tray = Tray::spawn_with(&desk.session, desk.home.path(), &[], &gone);
    tray.wait_until_up(&desk.session.connect());
    desk.menu().wait_for("work");
    assert!(tray.said().contains("without windows"), "{}", tray.said());
    tray.assert_running();
}
