//! Much at once, and things that end at the wrong moment.
//! An agent that is merely away is in `agent_away`, and buses are in `buses`.

use std::time::Duration;

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::{strain, tray};
use passcode_process_tests::home::pairing;
use passcode_process_tests::wait;
use passcode_proto::reply::LockState;
use passcode_proto::request::{Lock, Unlock};

use crate::given::{PIN, open_with_pin, pair_work, quick_key, seen_with_work};

#[test]
fn after_many_locks_and_unlocks_icon_menu_and_window_are_right() {
    let _watchdog = tray::watch();
    let desk = open_with_pin();
    let mut agent = desk.home.client().expect("an agent");
    for _ in 0..8 {
        agent.call(Lock {}).expect("a lock");
        let pin = Some(passcode_proto::SecretText::new(PIN.to_owned()));
        agent.call(Unlock { pin, passphrase: None, recovery: None }).expect("an unlock");
    }
    desk.icon().wait_for_tooltip("Passcode Agent: open");
    desk.menu().wait_for("Lock");
    desk.window().button("Copy");
    agent.call(Lock {}).expect("a lock");
    desk.icon().wait_for_tooltip("Passcode Agent: locked");
    desk.menu().wait_for("Unlock…");
    desk.window().entry("PIN");
}

#[test]
fn a_thousand_profiles_are_shown_and_searched() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    let mut agent = desk.home.client().expect("an agent");
    for number in 0..1_000 {
        let key = quick_key(86_000).replace("ACME:bob", &format!("ACME:bob{number}"));
        agent.call(pairing(&format!("profile {number:03}"), &key)).expect("a pairing");
    }
    desk.start_tray();
    desk.menu().wait_for("All profiles…");
    let window = desk.window();
    window.wait_until_open();
    window.entry("Search");
    window.hand.types("profile 777");
    window.wait_for("one profile", |page| {
        let rows = page.nodes.iter().filter(|node| node.role == "list item");
        let names: Vec<&str> = rows.map(|row| row.name.as_str()).collect();
        (names == ["profile 777"]).then_some(())
    });
    let memory = strain::memory(desk.tray().pid());
    assert!(memory < 150_000, "{memory} KiB");
}

#[test]
fn an_agent_that_is_killed_while_a_program_waits_takes_its_window_away() {
    let _watchdog = tray::watch();
    let mut desk = open_with_pin();
    desk.window().close();
    desk.home.print(&["lock"]);
    desk.menu().wait_for("Unlock…");
    let caller = desk.home.passcode(&["get", "work", "--no-prompt"]).end();
    assert_eq!(caller.status, Some(4));
    let caller = desk.home.passcode(&["get", "work"]).start();
    desk.prompt().wait_until_open();
    desk.kill_agent();
    desk.prompt().wait_until_gone();
    assert_ne!(caller.end().status, Some(0));
    desk.tray().assert_running();
    desk.menu().wait_for("The agent is not running");
}

#[test]
fn an_agent_that_is_killed_while_a_page_is_open_loses_nothing_but_what_was_typed() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.menu().click("Add profile…");
    desk.window().fill("Profile name", "mail");
    desk.window().press("Create");
    desk.window().entry("Pairing key");
    desk.kill_agent();
    desk.window().button("Start agent");
    desk.window().press("Start agent");
    desk.menu().wait_for("work");
    desk.window().wait_for("a page that can be used", |page| {
        (page.button("Copy").is_some() || page.entry("Pairing key").is_some()).then_some(())
    });
    assert_eq!(desk.home.status().map(|status| status.state), Ok(LockState::Open));
}

#[test]
fn a_display_that_ends_crashes_nothing_and_leaves_nobody_spinning() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.icon().activate();
    desk.window().wait_until_open();
    desk.window().button("Copy");
    let pid = desk.tray().pid();
    desk.session.end_display();
    let ended = wait::within(Duration::from_secs(5), || desk.tray().ended());
    let said = desk.tray().said();
    assert!(!said.contains("panicked"), "{said}");
    if ended.is_none() {
        let before = strain::ticks(pid);
        strain::wakeups(pid, Duration::from_secs(3));
        let ticks = strain::ticks(pid) - before;
        assert!(ticks <= 10, "{ticks} ticks in 3 seconds without a display");
    }
}

#[test]
fn a_window_that_is_closed_while_it_unlocks_does_no_harm() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.home.print(&["lock"]);
    desk.start_tray();
    let window = desk.window();
    window.wait_until_open();
    window.wait_until_focused("PIN");
    window.hand.types(PIN);
    window.hand.presses("Escape");
    desk.menu().wait_for("work");
    desk.tray().assert_running();
    desk.icon().activate();
    desk.window().button("Copy");
}
