//! The passcode page: its code, Copy, Refresh, the seconds that are left, several profiles, and keys instead of the mouse.
//! What becomes of a copied code is in `copying`.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::page::Page;
use passcode_desktop_tests::tray;
use passcode_process_tests::wait;

use crate::given::{CODES, daily_key, pair_work, quick_key, seen_with_work};

fn open(mut desk: Desk) -> Desk {
    desk.start_tray();
    desk.window().wait_until_open();
    desk
}

fn with_work() -> Desk {
    let desk = Desk::seen();
    pair_work(&desk);
    open(desk)
}

#[test]
fn opening_the_window_spends_no_code_and_refresh_spends_one() {
    let _watchdog = tray::watch();
    let desk = with_work();
    let window = desk.window();
    window.button("Refresh");
    window.close();
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1], "the window spent nothing");
    desk.icon().activate();
    window.press("Refresh");
    assert_eq!(window.wait_for_code(), CODES[2]);
    window.press("Refresh");
    window.wait_for("the next code", |page| (page.code()? == CODES[3]).then_some(()));
    assert_eq!(desk.home.print(&["get", "work"]), CODES[4]);
}

#[test]
fn copy_copies_the_code_that_is_shown() {
    let _watchdog = tray::watch();
    let desk = with_work();
    let window = desk.window();
    window.press("Refresh");
    assert_eq!(window.wait_for_code(), CODES[1]);
    window.click("Copy");
    assert_eq!(desk.clipboard().wait_for_code(), CODES[1]);
    assert_eq!(desk.home.print(&["get", "work"]), CODES[2], "one code was spent, not two");
}

#[test]
fn copy_gets_a_code_where_none_is_shown() {
    let _watchdog = tray::watch();
    let desk = with_work();
    desk.window().press("Copy");
    assert_eq!(desk.clipboard().wait_for_code(), CODES[1]);
}

#[test]
fn a_time_based_code_is_shown_at_once_in_groups_and_with_the_seconds_that_are_left() {
    let _watchdog = tray::watch();
    let desk = Desk::seen();
    desk.home.pair("quick", &quick_key(60));
    let desk = open(desk);
    let window = desk.window();
    let is_current = |page: &Page| {
        let code = page.code()?;
        (code == desk.home.print(&["get", "quick"])).then_some(code)
    };
    let code = window.wait_for("the code of now", is_current);
    window.wait_for_words(&format!("Passcode {} {}", &code[..3], &code[3..]));
    let left =
        window.wait_for("the seconds that are left", |page| page.named("Seconds left").cloned());
    assert_eq!(left.role, "progress bar");
    let value = || left.element.value().filter(|value| (0.0..=60.0).contains(value));
    let first = wait::until("seconds", value);
    wait::until("time to go by", || value().filter(|value| *value != first));
}

#[test]
fn a_time_based_code_is_followed_by_the_next_one_by_itself() {
    let _watchdog = tray::watch();
    let desk = Desk::seen();
    desk.home.pair("quick", &quick_key(4));
    let desk = open(desk);
    let first = desk.window().wait_for_code();
    let second =
        desk.window().wait_for("the next code", |page| page.code().filter(|code| *code != first));
    desk.window().wait_for("one more", |page| page.code().filter(|code| *code != second));
}

#[test]
fn keys_copy_refresh_and_close() {
    let _watchdog = tray::watch();
    let desk = with_work();
    let window = desk.window();
    window.button("Copy");
    window.hand.presses("F5");
    assert_eq!(window.wait_for_code(), CODES[1]);
    window.hand.presses("ctrl+r");
    window.wait_for("the next code", |page| (page.code()? == CODES[2]).then_some(()));
    window.hand.presses("ctrl+c");
    desk.clipboard().wait_for("the code", |text| text == CODES[2]);
    window.hand.presses("Escape");
    window.wait_until_gone();
    desk.icon().activate();
    window.wait_until_open();
    window.button("Copy");
    window.hand.presses("ctrl+q");
    window.wait_until_gone();
    desk.menu().wait_for("work");
}

#[test]
fn a_window_that_is_closed_forgets_its_code() {
    let _watchdog = tray::watch();
    let desk = with_work();
    let window = desk.window();
    window.press("Refresh");
    assert_eq!(window.wait_for_code(), CODES[1]);
    window.close();
    desk.icon().activate();
    window.wait_until_open();
    window.button("Copy");
    assert_eq!(window.page().code(), None);
}

#[test]
fn a_few_profiles_are_chosen_from_a_list_that_opens() {
    let _watchdog = tray::watch();
    let desk = Desk::seen();
    pair_work(&desk);
    desk.home.pair("mail", &daily_key());
    let desk = open(desk);
    let window = desk.window();
    let list = window.wait_for("the list of profiles", |page| {
        page.nodes.iter().find(|node| node.role == "combo box").cloned()
    });
    assert_eq!(list.name, "Profile");
    list.element.focus();
    window.wait_until_focused("Profile");
    let code = desk.home.print(&["get", "mail"]);
    for _ in 0..3 {
        if window.page().code().as_ref() == Some(&code) {
            return;
        }
        window.hand.presses("Down");
        let changed = wait::within(std::time::Duration::from_secs(3), || {
            (window.page().code().as_ref() == Some(&code)).then_some(())
        });
        if changed.is_some() {
            return;
        }
    }
    panic!("the code of mail is never shown:\n{}", window.page());
}

#[test]
fn many_profiles_are_searched() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    for number in 1..=12 {
        let key = quick_key(86_000 + number).replace("ACME:bob", &format!("ACME:bob{number}"));
        desk.home.pair_unspent(&format!("profile {number:02}"), &key);
    }
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.entry("Search");
    window.hand.presses("ctrl+f");
    window.wait_until_focused("Search");
    window.hand.types("profile 07");
    window.wait_for("one profile", |page| {
        let shown = |name: &str| {
            page.nodes.iter().any(|node| node.name == name && node.role == "list item")
        };
        (shown("profile 07") && !shown("profile 08")).then_some(())
    });
    let code = desk.home.print(&["get", "profile 07"]);
    window.wait_for("its code", |page| (page.code()? == code).then_some(()));
    window.hand.presses("Return");
    desk.clipboard().wait_for("its code", |text| text == code);
}

#[test]
fn a_profile_that_is_unpaired_elsewhere_leaves_the_page() {
    let _watchdog = tray::watch();
    let desk = seen_with_work();
    desk.icon().activate();
    let window = desk.window();
    window.press("Refresh");
    window.wait_for_code();
    desk.home.print(&["unpair", "work", "--yes"]);
    window.entry("Profile name");
    assert_eq!(window.page().code(), None);
}
