//! Making and changing a PIN by the window: twice the same, and refused with the rule that it breaks.
//! Typing a PIN to open the vault is in `locking`.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::tray;
use passcode_desktop_tests::window::Window;
use passcode_process_tests::organisation::Organisation;

use crate::given::{CODES, PIN, open_with_pin, pair_work, seen_at};

/// Weak PINs, and words of the rule that they break.
const WEAK: [(&str, &str); 6] = [
    ("1111", "3 different"),
    ("8787", "3 different"),
    ("1234", "count up or down"),
    ("4321", "count up or down"),
    ("123321", "4 different"),
    ("765432", "count up or down"),
];

fn enter(window: &Window, field: &str, text: &str, button: &str) {
    window.fill(field, text);
    window.press(button);
}

/// Settings, at the first page of a new PIN.
fn at_new_pin() -> Desk {
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().press("Settings");
    desk.window().press("Set a PIN");
    desk.window().entry("New PIN");
    desk
}

fn digits(desk: &Desk) -> Option<u8> {
    desk.home.status().expect("an agent").pin.set
}

#[test]
fn weak_pins_are_refused_in_the_words_of_the_rule_that_they_break() {
    let _watchdog = tray::watch();
    let desk = at_new_pin();
    let window = desk.window();
    for (weak, rule) in WEAK {
        window.fill("New PIN", weak);
        window.hand.presses("Return");
        window.wait_for_words(rule);
        assert!(window.page().entry("New PIN again").is_none(), "{weak}");
    }
    assert_eq!(digits(&desk), None);
}

#[test]
fn a_pin_is_made_by_typing_it_twice() {
    let _watchdog = tray::watch();
    let desk = at_new_pin();
    let window = desk.window();
    enter(&window, "New PIN", PIN, "Next");
    window.wait_until_focused("New PIN again");
    enter(&window, "New PIN again", PIN, "Done");
    desk.menu().wait_for("Lock");
    assert_eq!(digits(&desk), Some(4));
    desk.home.print(&["lock"]);
    desk.unlock(PIN);
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1], "no code was spent by that");
}

#[test]
fn two_pins_that_differ_make_none() {
    let _watchdog = tray::watch();
    let desk = at_new_pin();
    let window = desk.window();
    enter(&window, "New PIN", PIN, "Next");
    enter(&window, "New PIN again", "8642", "Done");
    window.wait_for("a sentence that says so", |page| {
        let said =
            page.all_said().find(|said| said.contains("not the same") || said.contains("differ"));
        said.map(drop)
    });
    assert_eq!(digits(&desk), None);
}

#[test]
fn back_leads_from_the_second_field_to_the_first() {
    let _watchdog = tray::watch();
    let desk = at_new_pin();
    let window = desk.window();
    enter(&window, "New PIN", PIN, "Next");
    window.entry("New PIN again");
    window.press("Back");
    let first = window.entry("New PIN");
    assert!(first.text.unwrap_or_default().is_empty(), "what was typed is forgotten");
}

#[test]
fn a_pin_is_changed_with_the_present_one() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.press("Change PIN");
    enter(&window, "Present PIN", PIN, "Next");
    enter(&window, "New PIN", "135792", "Next");
    enter(&window, "New PIN again", "135792", "Done");
    window.wait_for("the end of it", |page| page.entry("New PIN again").is_none().then_some(()));
    assert_eq!(digits(&desk), Some(6));
    desk.home.print(&["lock"]);
    desk.unlock("135792");
}

#[test]
fn a_wrong_present_pin_changes_nothing() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let window = desk.window();
    window.press("Settings");
    window.press("Change PIN");
    enter(&window, "Present PIN", "1357", "Next");
    // Whether it is checked now or at the end is the window's own affair.
    let asked = window.wait_for("what comes next", |page| {
        let is_refused = page.saying("wrong").is_some();
        (is_refused || page.entry("New PIN").is_some()).then_some(!is_refused)
    });
    if asked {
        enter(&window, "New PIN", "8642", "Next");
        enter(&window, "New PIN again", "8642", "Done");
        window.wait_for_words("wrong");
    }
    desk.home.print(&["lock"]);
    desk.unlock(PIN);
}

/// An organisation's profile without a PIN, and the tray on the passcode page.
fn with_organisation() -> (Organisation, Desk) {
    let organisation = Organisation::start();
    let mut desk = seen_at(&organisation);
    let first = desk.home.pair("work", &organisation.show_key(None));
    assert_eq!(organisation.finish(&first).out.trim_end(), "paired: yes");
    desk.start_tray();
    desk.window().wait_until_open();
    desk.window().button("Copy");
    (organisation, desk)
}

fn ask_for(organisation: &Organisation, desk: &Desk, digits: u8) {
    organisation.decide(|policy| policy.pin = digits);
    assert_eq!(desk.home.run(&["service", "refresh"]).status, Some(0));
}

#[test]
fn a_pin_that_the_organisation_asks_for_later_is_made_before_the_next_code() {
    let _watchdog = tray::watch();
    let (organisation, desk) = with_organisation();
    ask_for(&organisation, &desk, 6);
    desk.icon().wait_for_tooltip("Passcode Agent: asks for your PIN");
    let window = desk.window();
    window.fill("New PIN", PIN);
    window.hand.presses("Return");
    window.wait_for_words("6 digits");
    window.fill("New PIN", "135792");
    window.press("Next");
    window.fill("New PIN again", "135792");
    window.press("Done");
    window.button("Refresh");
    assert_eq!(digits(&desk), Some(6));
    let code = desk.home.print(&["get", "work"]);
    assert_eq!(organisation.sign_on(&code).out.trim_end(), "signed on: yes");
}

#[test]
fn a_longer_pin_that_the_organisation_asks_for_takes_the_present_one_first() {
    let _watchdog = tray::watch();
    let (organisation, desk) = with_organisation();
    desk.set_pin(PIN);
    ask_for(&organisation, &desk, 6);
    desk.icon().wait_for_tooltip("Passcode Agent: asks for your PIN");
    let window = desk.window();
    enter(&window, "Present PIN", PIN, "Next");
    enter(&window, "New PIN", "135792", "Next");
    enter(&window, "New PIN again", "135792", "Done");
    window.button("Refresh");
    assert_eq!(digits(&desk), Some(6));
}
