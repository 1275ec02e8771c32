//! Starting the tray: with a window or without, once or twice, and what it says of itself.
//! Panels and buses that are missing then are in `buses`.

use passcode_desktop_tests::desk::{Desk, MAIN};
use passcode_desktop_tests::element::State;
use passcode_desktop_tests::page::Page;
use passcode_desktop_tests::remote;
use passcode_desktop_tests::session::Session;
use passcode_desktop_tests::tray::{self, Tray};
use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

use crate::given::{pair_work, seen_with_work, unseen_with_work};

#[test]
fn it_tells_its_version_and_its_use_without_a_bus() {
    let _watchdog = tray::watch();
    let version = Run::new(tray::program()).arg("--version").output();
    assert!(version.starts_with("passcode-tray "), "{version}");
    let help = Run::new(tray::program()).arg("--help").output();
    assert!(help.contains("--hidden"), "{help}");
}

#[test]
fn an_argument_that_it_does_not_know_is_refused_with_2() {
    let _watchdog = tray::watch();
    let refused = Run::new(tray::program()).arg("--hiden").end();
    assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""), "{}", refused.err);
    assert!(!refused.err.is_empty());
}

#[test]
fn a_second_start_leaves_it_to_the_first() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    let first = desk.tray().pid();
    for arguments in [&[][..], &["--hidden"]] {
        let mut second = Tray::spawn(&desk.session, desk.home.path(), arguments);
        assert_eq!(second.wait_for_end().code(), Some(0), "{}", second.said());
    }
    desk.tray().assert_running();
    assert_eq!(remote::process_of_any(&desk.session.connect(), tray::NAME), Some(first));
}

#[test]
fn a_second_start_opens_the_window_of_the_first_and_brings_it_to_the_front() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    assert!(!desk.window().is_open());
    let start = || {
        let mut second = Tray::spawn(&desk.session, desk.home.path(), &[]);
        assert_eq!(second.wait_for_end().code(), Some(0), "{}", second.said());
    };
    start();
    desk.window().wait_until_open();
    let _other = passcode_desktop_tests::elsewhere::Elsewhere::open(&desk.session);
    start();
    desk.session.screen().wait_until_active(MAIN);
    let windows = desk.session.screen().titles();
    assert_eq!(windows.iter().filter(|title| *title == MAIN).count(), 1, "{windows:?}");
}

#[test]
fn it_shows_a_window_at_start_unless_it_is_to_be_hidden() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.start_hidden_tray();
    desk.menu().wait_for("work");
    assert!(!desk.window().is_open());
    desk.tray = None;
    desk.start_tray();
    desk.window().wait_until_open();
}

#[test]
fn without_a_panel_the_window_is_the_way_in() {
    let _watchdog = tray::watch();
    let mut desk = Desk::new(Session::with_display());
    desk.start_agent();
    pair_work(&desk);
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().close();
    desk.tray().assert_running();
    let mut second = Tray::spawn(&desk.session, desk.home.path(), &[]);
    assert_eq!(second.wait_for_end().code(), Some(0));
    desk.window().wait_until_open();
}

#[test]
fn a_click_on_the_icon_opens_one_window_and_closing_it_leaves_the_icon() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    for _ in 0..3 {
        desk.icon().activate();
        desk.window().wait_until_open();
        desk.window().button("Copy");
        desk.window().close();
    }
    desk.tray().assert_running();
    desk.menu().wait_for("work");
}

#[test]
fn the_first_start_with_nothing_paired_leads_to_add_profile() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    let name = window.entry("Profile name");
    window.button("Create");
    window.button("Skip");
    wait::until("the keyboard in the first field", || {
        window.entry("Profile name").is(State::Focused).then_some(())
    });
    assert!(name.text.unwrap_or_default().is_empty());
}

#[test]
fn a_signal_ends_it_in_good_order() {
    let _watchdog = tray::watch();
    for signal in [Signal::TERM, Signal::INT] {
        let mut desk = seen_with_work();
        desk.menu().click("work");
        desk.clipboard().wait_for_code();
        processes::signal(desk.tray().pid(), signal);
        desk.tray().wait_for_end();
        assert_eq!(desk.clipboard().text(), None);
        let said = desk.tray().said();
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn nothing_is_said_on_the_terminal_while_all_is_well() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.icon().activate();
    desk.window().wait_until_open();
    desk.window().press("Copy");
    desk.clipboard().wait_for_code();
    desk.window().close();
    desk.menu().click("Quit");
    desk.tray().wait_for_end();
    assert_eq!(desk.tray().said(), "");
}

#[test]
fn every_entry_of_the_menu_that_leads_to_a_page_opens_the_window_there() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    let window = desk.window();
    for (entry, is_there) in [
        ("Show passcode…", (|page| page.button("Copy").is_some()) as fn(&Page) -> bool),
        ("Add profile…", |page| page.entry("Profile name").is_some()),
        ("Settings…", |page| page.button("Lock times").is_some()),
        ("About", |page| page.saying("Slint").is_some()),
    ] {
        desk.menu().click(entry);
        window.wait_until_open();
        window.wait_for(&format!("the page of {entry}"), |page| is_there(page).then_some(()));
        window.close();
    }
}
