//! The tray outlives its agent: it says that the agent is away, starts it when it is told to, and is as it was when the agent
//! is back.

use passcode_desktop_tests::desk::Desk;
use passcode_desktop_tests::{strain, tray};
use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::wait;

use crate::given::{CODES, PIN, pair_work, seen_with_work, unseen_with_work};

const AWAY: &str = "The agent is not running";

#[test]
fn an_agent_that_is_killed_is_said_to_be_away_and_comes_back_by_itself() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    let (icon, menu) = (desk.icon(), desk.menu());
    let open = icon.picture();
    desk.kill_agent();
    assert!(!menu.wait_for(AWAY).enabled);
    icon.wait_for_tooltip("Passcode Agent: the agent is away");
    let labels = menu.labels();
    assert_eq!(labels, [AWAY, "Start agent", "---", "About", "Quit"]);
    wait::until("another picture", || (icon.picture() != open).then_some(()));
    desk.start_agent();
    menu.wait_for("work");
    menu.wait_until_gone(AWAY);
    icon.wait_for_tooltip("Passcode Agent: open");
    wait::until("the first picture", || (icon.picture() == open).then_some(()));
}

#[test]
fn the_menu_starts_an_agent_that_is_away() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.kill_agent();
    desk.menu().click("Start agent");
    desk.menu().wait_for("work");
    assert_eq!(desk.home.print(&["get", "work"]), CODES[1]);
}

#[test]
fn a_tray_that_is_started_before_its_agent_finds_it_later() {
    let _watchdog = tray::watch();
    let mut desk = Desk::unseen();
    pair_work(&desk);
    desk.kill_agent();
    desk.start_hidden_tray();
    let menu = desk.menu();
    menu.wait_for(AWAY);
    desk.start_agent();
    menu.wait_for("work");
}

#[test]
fn waiting_for_an_agent_costs_next_to_nothing() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.kill_agent();
    desk.menu().wait_for(AWAY);
    let pid = desk.tray().pid();
    // What came with the end of the agent is told to the panel first.
    strain::rest(pid, std::time::Duration::from_secs(30)).expect("a tray that comes to rest");
    let before = strain::ticks(pid);
    let wakeups = strain::wakeups(pid, std::time::Duration::from_secs(5));
    let ticks = strain::ticks(pid) - before;
    let count: u64 = wakeups.values().sum();
    assert!(ticks <= 10 && count <= 50, "{ticks} ticks and {wakeups:?} in 5 seconds");
}

#[test]
fn an_open_window_says_that_the_agent_is_away_shows_no_code_and_starts_it() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.icon().activate();
    desk.window().wait_until_open();
    desk.window().press("Refresh");
    assert_eq!(desk.window().wait_for_code(), CODES[1]);
    desk.kill_agent();
    desk.window().wait_for_words("The agent is not running.");
    assert_eq!(desk.window().page().code(), None);
    desk.window().press("Start agent");
    desk.window().button("Copy");
}

#[test]
fn a_locked_agent_that_is_killed_comes_back_locked() {
    let _watchdog = tray::watch();
    let mut desk = unseen_with_work();
    desk.set_pin(PIN);
    desk.menu().wait_for("Lock");
    desk.kill_agent();
    desk.menu().wait_for(AWAY);
    desk.start_agent();
    desk.menu().wait_for("Unlock…");
    assert!(desk.menu().find("work").is_none());
    desk.icon().wait_for_tooltip("Passcode Agent: locked");
}

#[test]
fn an_agent_that_hangs_does_not_hang_the_tray() {
    let _watchdog = tray::watch();
    let mut desk = seen_with_work();
    desk.icon().activate();
    desk.window().button("Copy");
    let agent = desk.agent.as_ref().expect("an agent").pid();
    processes::signal(agent, Signal::STOP);
    desk.window().press("Refresh");
    desk.menu().entries();
    desk.window().close();
    desk.icon().activate();
    desk.window().wait_until_open();
    desk.menu().click("Quit");
    let status = desk.tray().wait_for_end();
    processes::signal(agent, Signal::CONT);
    assert_eq!(status.code(), Some(0));
}
