//! The helper that watches the session, on desktops of the test's own: what it says of sleep, locks, user switches and
//! logging out, what it says is missing, whom it does not believe, and how it ends.

use std::fs;

use passcode_process_tests::desktop::{
    Desktop, GNOME, Manner, SESSION, Session, Stranger, Watcher,
};
use passcode_process_tests::run::Run;
use passcode_process_tests::{programs, wait, watchdog};

/// The helper on a desktop where nothing is missing, which it has said.
fn watching(desktop: &Desktop) -> Watcher {
    let watcher = Watcher::start(desktop);
    watcher.expect(&["missing"]);
    watcher
}

fn until_delayed(desktop: &Desktop, delayed: bool) {
    wait::until("the inhibitor", || (desktop.is_delayed() == delayed).then_some(()));
}

#[test]
fn the_machine_sleeps_only_when_the_agent_has_locked() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let mut watcher = watching(&desktop);
    for sleep in ["1", "2", "3"] {
        assert!(desktop.is_delayed());
        desktop.suspend();
        watcher.expect(&[&format!("suspending {sleep}")]);
        // The answer to something that was asked after it: the delay is still there then.
        desktop.lock_screen();
        watcher.expect(&["locked"]);
        assert!(desktop.is_delayed(), "it waits for the agent");
        watcher.tell(&format!("sleep {sleep}"));
        until_delayed(&desktop, false);
        desktop.resume();
        watcher.expect(&["resumed"]);
        until_delayed(&desktop, true);
    }
}

#[test]
fn an_agent_that_never_answered_does_not_keep_the_next_sleep_from_being_delayed() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let mut watcher = watching(&desktop);
    desktop.suspend();
    desktop.resume();
    watcher.expect(&["suspending 1", "resumed"]);
    watcher.tell("nonsense");
    watcher.tell("sleep 1");
    desktop.suspend();
    watcher.expect(&["suspending 2"]);
    assert!(desktop.is_delayed());
    watcher.tell("sleep 2");
    until_delayed(&desktop, false);
}

#[test]
fn a_machine_that_refuses_delays_is_named() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    desktop.logind().refuse_delays(true);
    let watcher = Watcher::start(&desktop);
    watcher.expect(&["missing delay"]);
    desktop.suspend();
    desktop.logind().refuse_delays(false);
    desktop.resume();
    watcher.expect(&["suspending 1", "resumed", "missing"]);
    assert!(desktop.is_delayed());
}

#[test]
fn a_screen_lock_is_heard_from_the_saver_of_any_desktop() {
    let _watchdog = watchdog::watch();
    for desktop_name in ["freedesktop", "gnome", "cinnamon", "mate", "xfce"] {
        let mut desktop = Desktop::usual();
        desktop.end_savers();
        desktop.start_saver(&format!("org.{desktop_name}.ScreenSaver"));
        let watcher = watching(&desktop);
        desktop.lock_screen();
        desktop.unlock_screen();
        watcher.expect(&["locked", "unlocked"]);
    }
}

#[test]
fn a_name_that_never_speaks_is_no_screen_saver() {
    let _watchdog = watchdog::watch();
    let mut desktop = Desktop::usual();
    desktop.end_savers();
    desktop.start_saver_of("org.freedesktop.ScreenSaver", Manner::Mute);
    let watcher = Watcher::start(&desktop);
    watcher.expect(&["missing screen-saver"]);
    // Another one that answers nothing yet, but will speak.
    desktop.start_saver_of("org.xfce.ScreenSaver", Manner::Early);
    watcher.expect(&["missing"]);
    desktop.savers[1].set_active(true);
    watcher.expect(&["locked"]);
}

#[test]
fn a_lock_by_logind_is_heard_whether_it_is_asked_for_or_made() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let watcher = watching(&desktop);
    desktop.logind().ask_to_lock(SESSION, true);
    desktop.logind().set_locked(SESSION, true);
    watcher.expect(&["locked", "locked"]);
    desktop.logind().set_locked(SESSION, false);
    desktop.logind().ask_to_lock(SESSION, false);
    watcher.expect(&["unlocked", "unlocked"]);
}

#[test]
fn a_screen_that_is_locked_already_is_told_at_once() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    desktop.lock_screen();
    let watcher = Watcher::start(&desktop);
    let mut said = [watcher.line(), watcher.line()];
    said.sort();
    assert_eq!(said, ["locked", "missing"]);
}

#[test]
fn a_user_switch_is_heard_with_and_without_its_new_value() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let watcher = watching(&desktop);
    desktop.switch_away();
    desktop.switch_back();
    watcher.expect(&["away", "back"]);
    desktop.logind().set_active_unsaid(SESSION, false);
    watcher.expect(&["away"]);
}

#[test]
fn logging_out_is_heard_and_the_next_session_is_found() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let watcher = watching(&desktop);
    desktop.log_out();
    watcher.expect(&["logged-out", "missing session"]);
    desktop.logind().add(Session::of_another("7"));
    desktop.logind().add(Session::graphical("8"));
    watcher.expect(&["back", "missing"]);
    desktop.logind().set_active("7", false);
    desktop.logind().set_active("8", false);
    watcher.expect(&["away"]);
    desktop.logind().remove_user();
    watcher.expect(&["logged-out", "missing session"]);
}

#[test]
fn somebody_elses_end_is_not_ours() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    desktop.logind().add(Session::of_another("7"));
    let watcher = watching(&desktop);
    desktop.logind().ask_to_lock("7", true);
    desktop.logind().remove("7");
    desktop.logind().prepare_for_shutdown();
    watcher.expect(&["logged-out"]);
    assert!(watcher.so_far().is_empty());
}

#[test]
fn the_session_with_a_screen_is_watched_however_the_agent_was_started() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let logind = desktop.logind();
    // From afar, while somebody else is there: his session is in the way, then named in the environment.
    logind.add(Session::text("5"));
    logind.add(Session::of_another("6"));
    logind.set_own("5");
    logind.set_display(Some(SESSION));
    for named in ["5", "6", "99", ""] {
        let watcher = Watcher::start_with(&desktop, &[("XDG_SESSION_ID", named)]);
        watcher.expect(&["missing"]);
        logind.set_active("5", false);
        logind.set_active("6", false);
        logind.set_locked(SESSION, true);
        logind.set_locked(SESSION, false);
        watcher.expect(&["locked", "unlocked"]);
    }
    logind.set_display(None);
    let watcher = Watcher::start_with(&desktop, &[("XDG_SESSION_ID", SESSION)]);
    watcher.expect(&["missing"]);
    logind.ask_to_lock(SESSION, true);
    watcher.expect(&["locked"]);
}

#[test]
fn a_session_without_a_screen_misses_no_screen_saver_until_there_is_a_screen() {
    let _watchdog = watchdog::watch();
    let mut desktop = Desktop::bare();
    desktop.start_logind().add(Session::text("5"));
    let watcher = watching(&desktop);
    desktop.logind().add(Session::graphical("6"));
    watcher.expect(&["missing screen-saver"]);
    desktop.start_saver(GNOME);
    watcher.expect(&["missing"]);
}

#[test]
fn what_appears_later_is_listened_to_and_what_goes_is_missed() {
    let _watchdog = watchdog::watch();
    let mut desktop = Desktop::bare();
    let watcher = Watcher::start(&desktop);
    watcher.expect(&["missing screen-locks logind"]);
    desktop.start_saver("org.freedesktop.ScreenSaver");
    watcher.expect(&["missing logind"]);
    desktop.start_logind();
    watcher.expect(&["missing session"]);
    desktop.logind().add(Session::graphical(SESSION));
    watcher.expect(&["missing"]);
    desktop.lock_screen();
    desktop.suspend();
    let mut said = [watcher.line(), watcher.line()];
    said.sort();
    assert_eq!(said, ["locked", "suspending 1"]);
    desktop.end_savers();
    watcher.expect(&["missing screen-saver"]);
    desktop.end_logind();
    watcher.expect(&["missing screen-locks logind"]);
    // It comes back unlocked, which nobody has said yet.
    desktop.start_saver("org.freedesktop.ScreenSaver");
    let mut said = [watcher.line(), watcher.line()];
    said.sort();
    assert_eq!(said, ["missing logind", "unlocked"]);
}

#[test]
fn a_bus_that_dies_is_missed_and_found_again() {
    let _watchdog = watchdog::watch();
    let mut desktop = Desktop::usual();
    let mut watcher = watching(&desktop);
    desktop.session.end();
    watcher.expect(&["missing screen-saver"]);
    desktop.system.end();
    watcher.expect(&["missing screen-locks logind"]);
    assert!(watcher.is_running());

    desktop.session.start();
    desktop.start_saver(GNOME);
    watcher.expect(&["missing logind"]);
    desktop.system.start();
    desktop.start_logind().add(Session::graphical(SESSION));
    while watcher.line() != "missing" {}
    desktop.suspend();
    watcher.expect(&["suspending 1"]);
    assert!(desktop.is_delayed());
}

#[test]
fn without_any_bus_it_says_so_and_stays() {
    let _watchdog = watchdog::watch();
    let mut desktop = Desktop::without_buses();
    let mut watcher = Watcher::start(&desktop);
    watcher.expect(&["missing screen-locks logind"]);
    assert!(watcher.is_running());
    desktop.system.start();
    desktop.start_logind().add(Session::text(SESSION));
    while watcher.line() != "missing" {}
    assert!(watcher.hang_up().success());
}

#[test]
fn it_ends_with_the_agent_and_lets_the_machine_sleep() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let watcher = watching(&desktop);
    assert!(desktop.is_delayed());
    assert!(watcher.hang_up().success());
    until_delayed(&desktop, false);
}

#[test]
fn nobody_is_believed_who_does_not_own_the_name() {
    let _watchdog = watchdog::watch();
    let desktop = Desktop::usual();
    let watcher = watching(&desktop);
    let (here, system) = (Stranger::on(&desktop.session), Stranger::on(&desktop.system));
    let saver = ("/org/gnome/ScreenSaver", GNOME, "ActiveChanged");
    let manager = "org.freedesktop.login1.Manager";
    let session = "/org/freedesktop/login1/session/_32";
    // More than any queue holds.
    here.claim(1000, saver, &false);
    system.claim(1000, ("/org/freedesktop/login1", manager, "PrepareForSleep"), &true);
    system.claim(1, (session, "org.freedesktop.login1.Session", "Unlock"), &());
    for (stranger, name) in [(&here, GNOME), (&system, "org.freedesktop.login1")] {
        let owners = (name, "", ":1.999");
        let changed = ("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged");
        stranger.claim(1, changed, &owners);
    }
    desktop.lock_screen();
    watcher.expect(&["locked"]);
    desktop.suspend();
    watcher.expect(&["suspending 1"]);
}

#[test]
fn it_forbids_core_files_as_the_agent_does() {
    let _watchdog = watchdog::watch();
    let watcher = watching(&Desktop::usual());
    let limits = fs::read_to_string(format!("/proc/{}/limits", watcher.pid())).unwrap();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().nth(4), Some("0"), "{cores}");
}

#[test]
fn a_helper_that_is_not_known_is_refused() {
    let _watchdog = watchdog::watch();
    for arguments in [&["helper"][..], &["helper", "nonsense"], &["helper", "watch", "more"]] {
        let ended = Run::new(programs::passcoded()).args(arguments).end();
        assert_eq!(ended.status, Some(2), "{arguments:?}");
        assert!(ended.err.contains("no such helper"), "{}", ended.err);
    }
}
