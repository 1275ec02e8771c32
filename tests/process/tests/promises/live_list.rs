//! `passcode watch` in a real terminal: what it shows is right, and it leaves the terminal as it was.

use std::time::{SystemTime, UNIX_EPOCH};

use passcode_process_tests::home::{Home, RFC_SECRET, hotp_key};
use passcode_process_tests::tmux::Terminal;
use passcode_process_tests::{oathtool, processes, programs, watchdog};
use passcode_proto::profile::Algorithm;
use rustix::process::Signal;

const SECRET: &[u8] = b"12345678901234567890";

/// An instance with two time-based profiles and a counter-based one.
fn paired() -> Home {
    let home = Home::new();
    let totp = |rest: &str| format!("otpauth://totp/ACME:alice?secret={RFC_SECRET}{rest}");
    home.pair("mail", &totp(""));
    home.pair("bank", &totp("&digits=8&period=60&algorithm=SHA256"));
    home.pair("token", &hotp_key());
    home
}

/// A terminal in which the live list can be started by `watch`.
fn terminal(home: &Home, variables: &[(&str, &str)]) -> Terminal {
    let bin = programs::passcode();
    let mut all = vec![
        ("PASSCODE_HOME", home.path().to_str().expect("a path")),
        ("BIN", bin.to_str().expect("a path")),
    ];
    all.extend(variables);
    Terminal::open(&all)
}

const WATCH: &str = "\"$BIN\" watch; echo status=$?";

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

/// Whether the screen shows the codes of the second `at`, in groups.
fn shows_codes(screen: &str, at: u64) -> bool {
    let mail = oathtool::totp(SECRET, Algorithm::Sha1, 6, 30, at);
    let bank = oathtool::totp(SECRET, Algorithm::Sha256, 8, 60, at);
    screen.contains(&format!("{} {}", &mail[..3], &mail[3..]))
        && screen.contains(&format!("{} {}", &bank[..4], &bank[4..]))
}

#[test]
fn the_live_list_shows_the_codes_that_oathtool_computes_and_time_goes_by() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let terminal = terminal(&home, &[]);
    terminal.enter(WATCH);
    let screen = terminal.wait_until("the codes of now", |screen| shows_codes(screen, now()));
    let row =
        |name: &str| screen.lines().find(|line| line.contains(name)).expect("a row").to_owned();
    assert!(row("mail").contains(" s") && row("mail").contains('█'), "a bar: {screen}");
    assert!(!row("token").contains("287"), "a counter-based code is not spent by being listed");
    terminal.wait_until("another second", |later| {
        let row = later.lines().find(|line| line.contains("mail"));
        row.is_some_and(|row| !screen.contains(row))
    });
    assert_eq!(home.print(&["get", "token"]), "287082", "no counter was spent");
}

#[test]
fn q_gives_the_terminal_back_as_it_was() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let terminal = terminal(&home, &[]);
    terminal.enter("echo before");
    terminal.enter(WATCH);
    terminal.wait_until("the codes", |screen| shows_codes(screen, now()));
    assert_eq!([terminal.variable("alternate_on"), terminal.variable("cursor_flag")], ["1", "0"]);
    terminal.press("q");
    let after = terminal.wait_for("status=0");
    assert!(after.contains("before"), "what stood there before stands there again: {after}");
    assert!(!shows_codes(&after, now()), "and no code: {after}");
    assert_eq!([terminal.variable("alternate_on"), terminal.variable("cursor_flag")], ["0", "1"]);
    terminal.enter("stty -a | grep -o -w -e '-\\?echo' -e '-\\?icanon'");
    terminal.wait_until("echo and lines", |screen| {
        screen.lines().any(|line| line == "echo") && screen.lines().any(|line| line == "icanon")
    });
}

#[test]
fn a_lock_from_outside_takes_the_codes_off_the_screen_and_unlocking_brings_them_back() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let terminal = terminal(&home, &[]);
    terminal.enter(WATCH);
    terminal.wait_until("the codes", |screen| shows_codes(screen, now()));
    home.print(&["lock"]);
    let locked = terminal.wait_for("locked");
    assert!(!shows_codes(&locked, now()) && !locked.contains("mail"), "{locked}");
    home.print(&["unlock"]);
    terminal.wait_until("the codes again", |screen| shows_codes(screen, now()));
    home.pair("fourth", &hotp_key());
    terminal.wait_for("fourth");
    home.print(&["agent", "stop"]);
    let away = terminal.wait_for("away");
    assert!(!shows_codes(&away, now()), "{away}");
    home.print(&["agent", "start"]);
    terminal.wait_until("the codes of the next agent", |screen| shows_codes(screen, now()));
}

#[test]
fn no_color_is_honoured() {
    let _watchdog = watchdog::watch();
    let home = paired();
    for (variables, coloured) in [(&[][..], true), (&[("NO_COLOR", "1")], false)] {
        let terminal = terminal(&home, variables);
        terminal.enter(WATCH);
        terminal.wait_until("the codes", |screen| shows_codes(screen, now()));
        let dressed = terminal.dressed_screen();
        assert_eq!(dressed.contains("\x1b["), coloured, "{variables:?}: {dressed:?}");
    }
}

#[test]
fn without_a_terminal_there_is_no_live_list() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let refused = home.run(&["watch"]);
    assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""), "{}", refused.err);
    assert!(refused.err.contains("terminal"), "{}", refused.err);
}

#[test]
fn the_live_list_is_ended_by_signals_and_leaves_the_terminal_in_order() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let terminal = terminal(&home, &[]);
    terminal.enter(WATCH);
    let screen = terminal.wait_until("the codes", |screen| shows_codes(screen, now()));
    assert!(!screen.contains("status="));
    let ours = processes::knowing(home.path().to_str().expect("a path"));
    let list = ours.iter().find(|process| process.arguments.ends_with("/passcode watch "));
    processes::signal(list.expect("the live list").pid, Signal::TERM);
    terminal.wait_for("status=143");
    assert_eq!([terminal.variable("alternate_on"), terminal.variable("cursor_flag")], ["0", "1"]);
}
