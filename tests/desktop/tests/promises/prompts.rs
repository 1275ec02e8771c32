//! A program that waits for a code while the vault is locked: a window says which, and the user answers or declines.
//! Unlocking without such a program is in `locking`.

use std::time::Duration;

use passcode_desktop_tests::desk::{Desk, PROMPT};
use passcode_desktop_tests::tray;
use passcode_process_tests::programs;
use passcode_process_tests::run::{Run, Running};
use passcode_process_tests::wait;
use passcode_proto::reply::LockState;

use crate::given::{CODES, PIN, pair_work};

/// A locked vault with `work`, and a tray without a window.
fn locked() -> Desk {
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.start_hidden_tray();
    desk.menu().wait_for("work");
    desk.home.print(&["lock"]);
    desk.menu().wait_for("Unlock…");
    desk
}

/// A program that waits for the next code of `work`, without a terminal.
fn waiting(desk: &Desk) -> Running {
    desk.home.passcode(&["get", "work"]).limit(Duration::from_secs(90)).start()
}

#[test]
fn a_waiting_program_is_named_and_gets_its_code_by_the_pin() {
    let _watchdog = tray::watch();
    let desk = locked();
    let arguments = ["80".into(), programs::passcode(), "get".into(), "work".into()];
    let caller = Run::new("timeout").args(arguments).env("PASSCODE_HOME", desk.home.path());
    let caller = caller.limit(Duration::from_secs(90)).start();
    let prompt = desk.prompt();
    prompt.wait_until_open();
    prompt.wait_for_words("timeout");
    prompt.wait_for_words("work");
    prompt.wait_until_focused("PIN");
    prompt.hand.types(PIN);
    prompt.hand.presses("Return");
    let ended = caller.end();
    assert_eq!((ended.status, ended.out.trim_end()), (Some(0), CODES[1]), "{}", ended.err);
    prompt.wait_until_gone();
}

#[test]
fn escape_declines_and_the_program_exits_with_4() {
    let _watchdog = tray::watch();
    let desk = locked();
    let caller = waiting(&desk);
    let prompt = desk.prompt();
    prompt.wait_until_open();
    prompt.wait_until_focused("PIN");
    prompt.hand.presses("Escape");
    let ended = caller.end();
    assert_eq!((ended.status, ended.out.as_str()), (Some(4), ""), "{}", ended.err);
    prompt.wait_until_gone();
    assert_eq!(desk.home.status().map(|status| status.state), Ok(LockState::Locked));
}

#[test]
fn cancel_and_the_frame_decline_too() {
    let _watchdog = tray::watch();
    let desk = locked();
    let prompt = desk.prompt();
    let caller = waiting(&desk);
    prompt.wait_until_open();
    prompt.click("Cancel");
    assert_eq!(caller.end().status, Some(4));
    prompt.wait_until_gone();
    let caller = waiting(&desk);
    prompt.wait_until_open();
    desk.session.screen().close(PROMPT);
    assert_eq!(caller.end().status, Some(4));
    prompt.wait_until_gone();
}

#[test]
fn the_window_goes_with_the_program_that_waits() {
    let _watchdog = tray::watch();
    let desk = locked();
    let caller = waiting(&desk);
    let prompt = desk.prompt();
    prompt.wait_until_open();
    drop(caller);
    prompt.wait_until_gone();
    let next = waiting(&desk);
    prompt.wait_until_open();
    prompt.fill("PIN", PIN);
    prompt.hand.presses("Return");
    assert_eq!(next.end().out.trim_end(), CODES[1]);
}

#[test]
fn two_programs_that_wait_share_one_window() {
    let _watchdog = tray::watch();
    let desk = locked();
    let callers = [waiting(&desk), waiting(&desk)];
    let prompt = desk.prompt();
    prompt.wait_until_open();
    let titles = desk.session.screen().titles();
    assert_eq!(titles.iter().filter(|title| *title == PROMPT).count(), 1, "{titles:?}");
    prompt.fill("PIN", PIN);
    prompt.hand.presses("Return");
    let mut codes = callers.map(|caller| caller.end().out.trim_end().to_owned());
    codes.sort_unstable();
    let mut expected = [CODES[1], CODES[2]];
    expected.sort_unstable();
    assert_eq!(codes, expected);
}

#[test]
fn a_wrong_pin_is_said_and_can_be_typed_again() {
    let _watchdog = tray::watch();
    let desk = locked();
    let caller = waiting(&desk);
    let prompt = desk.prompt();
    prompt.wait_until_open();
    prompt.fill("PIN", "1357");
    prompt.hand.presses("Return");
    prompt.wait_for_words("wrong");
    prompt.fill("PIN", PIN);
    prompt.hand.presses("Return");
    assert_eq!(caller.end().out.trim_end(), CODES[1]);
}

#[test]
fn an_unlock_from_elsewhere_serves_the_program_and_closes_the_window() {
    let _watchdog = tray::watch();
    let desk = locked();
    let caller = waiting(&desk);
    desk.prompt().wait_until_open();
    desk.unlock(PIN);
    assert_eq!(caller.end().out.trim_end(), CODES[1]);
    desk.prompt().wait_until_gone();
}

#[test]
fn a_program_that_wants_no_window_gets_none() {
    let _watchdog = tray::watch();
    let desk = locked();
    let refused = desk.home.run(&["get", "work", "--no-prompt"]);
    assert_eq!(refused.status, Some(4), "{}", refused.err);
    let opened = wait::within(Duration::from_secs(1), || desk.prompt().is_open().then_some(()));
    assert!(opened.is_none());
}

#[test]
fn a_tray_that_ends_while_it_asks_holds_nobody() {
    let _watchdog = tray::watch();
    let mut desk = locked();
    let caller = waiting(&desk);
    desk.prompt().wait_until_open();
    desk.tray = None;
    let ended = caller.end();
    assert_eq!((ended.status, ended.out.as_str()), (Some(4), ""), "{}", ended.err);
}

#[test]
fn the_icon_says_that_somebody_is_asked() {
    let _watchdog = tray::watch();
    let desk = locked();
    let icon = desk.icon();
    icon.wait_for_tooltip("Passcode Agent: locked");
    let locked = icon.picture();
    let caller = waiting(&desk);
    icon.wait_for_tooltip("Passcode Agent: asks for your PIN");
    wait::until("another picture", || (icon.picture() != locked).then_some(()));
    desk.prompt().wait_until_open();
    desk.prompt().press("Cancel");
    assert_eq!(caller.end().status, Some(4));
    icon.wait_for_tooltip("Passcode Agent: locked");
}

#[test]
fn a_tray_that_is_started_while_the_vault_is_locked_asks_too() {
    let _watchdog = tray::watch();
    let mut desk = Desk::seen();
    pair_work(&desk);
    desk.set_pin(PIN);
    desk.home.print(&["lock"]);
    desk.start_hidden_tray();
    desk.menu().wait_for("Unlock…");
    is_answered(&desk);
}

#[test]
fn an_agent_that_is_started_anew_asks_through_the_same_tray() {
    let _watchdog = tray::watch();
    let mut desk = locked();
    desk.kill_agent();
    desk.menu().wait_for("The agent is not running");
    desk.start_agent();
    desk.menu().wait_for("Unlock…");
    is_answered(&desk);
}

/// Checks that a waiting program gets its code by the window.
#[track_caller]
fn is_answered(desk: &Desk) {
    let caller = waiting(desk);
    desk.prompt().wait_until_open();
    desk.prompt().fill("PIN", PIN);
    desk.prompt().hand.presses("Return");
    let ended = caller.end();
    assert_eq!((ended.status, ended.out.trim_end()), (Some(0), CODES[1]), "{}", ended.err);
}

#[test]
fn a_pin_that_opens_for_a_program_opens_the_main_window_too() {
    let _watchdog = tray::watch();
    let desk = locked();
    desk.icon().activate();
    desk.window().entry("PIN");
    is_answered(&desk);
    desk.window().button("Copy");
}

#[test]
fn three_wrong_pins_block_and_the_program_is_told() {
    let _watchdog = tray::watch();
    let desk = locked();
    let caller = waiting(&desk);
    let prompt = desk.prompt();
    prompt.wait_until_open();
    for said in ["2 tries are left", "one more"] {
        prompt.fill("PIN", "1357");
        prompt.hand.presses("Return");
        prompt.wait_for_words(said);
    }
    prompt.fill("PIN", "1357");
    prompt.hand.presses("Return");
    let ended = caller.end();
    assert!(matches!(ended.status, Some(4 | 7 | 8)), "{ended:?}");
    assert_eq!(ended.out, "");
    prompt.wait_until_gone();
}
