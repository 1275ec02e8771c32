//! The PIN by the command line: made, changed and removed, asked for by what needs it, and its refusals with their exit
//! statuses; from standard input as scripts give it, and at a terminal as people do.

use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::run::Ended;
use passcode_process_tests::tmux::Terminal;
use passcode_process_tests::{programs, watchdog};
use passcode_proto::reply::LockState;
use serde_json::Value;

/// The first codes of the RFC's secret, counter by counter (RFC 4226, appendix D).
const CODES: [&str; 4] = ["755224", "287082", "359152", "969429"];

/// An instance with a counter-based profile whose first code is spent.
fn paired() -> Home {
    let home = Home::new();
    assert_eq!(home.pair("token", &hotp_key()), CODES[0]);
    home
}

/// The same with the PIN 2468.
fn with_pin() -> Home {
    let home = paired();
    home.passcode(&["pin", "set", "--pin", "-"]).input("2468\n").output();
    home
}

/// Runs a command with these lines on its standard input.
fn run(home: &Home, line: &str, input: &str) -> Ended {
    let arguments: Vec<&str> = line.split(' ').collect();
    home.passcode(&arguments).input(input).end()
}

/// Checks a command that has to fail in two lines, which never tell what was typed.
fn refused(home: &Home, line: &str, input: &str, status: i32, said: &str) {
    let ended = run(home, line, input);
    assert_eq!((ended.status, ended.out.as_str()), (Some(status), ""), "{line}: {}", ended.err);
    assert!(ended.err.contains(said), "{line}: {said}: {}", ended.err);
    for typed in input.lines().filter(|typed| typed.len() > 3) {
        assert!(!ended.err.contains(typed), "{line}: {}", ended.err);
    }
}

fn digits(home: &Home) -> Option<u8> {
    home.status().expect("an agent").pin.set
}

#[test]
fn a_pin_is_made_changed_and_removed_by_lines_of_standard_input() {
    let _watchdog = watchdog::watch();
    let home = paired();
    assert_eq!(run(&home, "pin set --pin -", "2468\n").status, Some(0));
    assert_eq!(digits(&home), Some(4));
    refused(&home, "pin set --pin -", "9753\n", 5, "passcode pin change");
    assert_eq!(run(&home, "pin change --pin -", "2468\n135792\n").status, Some(0));
    assert_eq!(digits(&home), Some(6));
    home.print(&["lock"]);
    refused(&home, "unlock --pin -", "2468\n", 7, "wrong");
    assert_eq!(run(&home, "unlock --pin -", "135792").status, Some(0));
    assert_eq!(run(&home, "pin remove --pin -", "135792\n").status, Some(0));
    assert_eq!(digits(&home), None);
    refused(&home, "pin remove --pin -", "135792\n", 5, "passcode pin set");
    assert_eq!(home.print(&["get"]), CODES[1], "no code was spent by all this");
}

#[test]
fn pins_that_are_easy_to_guess_are_refused_with_the_rule_that_they_break() {
    let _watchdog = watchdog::watch();
    let home = paired();
    for (weak, rule) in [
        ("1111", "at least 3 different"),
        ("8787", "at least 3 different"),
        ("123321", "at least 4 different"),
        ("112211", "at least 4 different"),
        ("1234", "count up or down"),
        ("4321", "count up or down"),
        ("765432", "count up or down"),
        ("12345", "4 or 6 digits"),
    ] {
        refused(&home, "pin set --pin -", weak, 5, rule);
    }
    assert_eq!(digits(&home), None);
}

#[test]
fn the_third_wrong_pin_is_the_last_that_is_looked_at() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    home.print(&["lock"]);
    for _ in 0..3 {
        refused(&home, "unlock --pin -", "1357\n", 7, "wrong");
    }
    refused(&home, "unlock --pin -", "2468\n", 8, "seconds");
    refused(&home, "pin change --pin -", "2468\n1357\n", 8, "seconds");
    let json = run(&home, "get --json --no-prompt", "");
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["error"]["code"], "pin_blocked", "{json}");
    let status = home.print(&["status"]);
    assert!(status.contains("no PIN is taken for"), "{status}");
}

#[test]
fn lines_that_are_missing_or_too_many_are_status_2_and_no_try() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    for (line, input) in [
        ("pin set --pin -", ""),
        ("pin change --pin -", "2468\n"),
        ("pin change --pin -", "2468\n1357\n1357\n"),
        ("pin remove --pin -", ""),
        ("pin remove --pin -", "1357\n2468\n"),
        ("unlock --pin -", "\n"),
        ("unlock --pin -", "1357\n2468\n"),
        ("unlock --recovery -", ""),
        ("unpair token --yes --pin -", ""),
        ("hotp set token 9 --pin -", "1357\n2468\n"),
    ] {
        refused(&home, line, input, 2, "Standard input holds");
    }
    let pin = home.status().expect("an agent").pin;
    assert_eq!((pin.set, pin.tries_left), (Some(4), Some(3)));
}

#[test]
fn a_locked_vault_with_a_pin_gives_nothing_to_a_script_that_has_none() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    home.print(&["lock"]);
    refused(&home, "get --no-prompt", "", 4, "passcode unlock");
    refused(&home, "list", "", 4, "locked");
    refused(&home, "unlock", "", 4, "PIN");
    assert_eq!(home.status().expect("an agent").state, LockState::Locked);
    assert_eq!(run(&home, "unlock --pin -", "2468\n").status, Some(0));
    assert_eq!(home.print(&["get"]), CODES[1]);
}

#[test]
fn what_manages_the_vault_takes_the_pin_once_more() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    refused(&home, "unpair token --yes", "", 4, "PIN");
    refused(&home, "unpair token --yes --pin -", "1357\n", 7, "wrong");
    refused(&home, "hotp set token 2", "", 4, "PIN");
    assert_eq!(run(&home, "hotp set token 2 --pin -", "2468\n").out, "2\n");
    assert_eq!(home.print(&["get"]), CODES[2]);
    assert_eq!(run(&home, "unpair token --yes --pin -", "2468\n").status, Some(0));
    assert_eq!(home.print(&["list"]), "");
}

#[test]
fn a_pin_in_the_command_line_works_and_is_warned_of() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let set = run(&home, "pin set --pin 2468", "");
    assert_eq!(set.status, Some(0), "{}", set.err);
    assert!(set.err.contains("process list") && !set.err.contains("2468"), "{}", set.err);
    assert_eq!(digits(&home), Some(4));
}

/// Makes the PIN 2468 and a recovery code, and locks the vault.
fn locked_with_recovery_code(home: &Home) -> String {
    let set = run(home, "pin set --pin - --recovery-code", "2468\n");
    assert_eq!(set.status, Some(0), "{}", set.err);
    assert!(set.err.contains("Write this recovery code down"), "{}", set.err);
    assert_eq!(set.out.lines().count(), 1, "the code alone");
    home.print(&["lock"]);
    set.out.trim_end().to_owned()
}

#[test]
fn the_recovery_code_opens_the_vault_once_and_the_line_after_it_is_the_new_pin() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let code = locked_with_recovery_code(&home);
    refused(&home, "unlock --recovery -", &format!("{code}\n1111\n"), 5, "different");
    let opened = run(&home, "unlock --recovery -", &format!("{code}\n1357\n"));
    assert_eq!(opened.status, Some(0), "{}", opened.err);
    assert_eq!(home.print(&["get"]), CODES[1]);
    home.print(&["lock"]);
    refused(&home, "unlock --recovery -", &code, 7, "recovery code");
    assert_eq!(run(&home, "unlock --pin -", "1357").status, Some(0));
}

#[test]
fn after_the_recovery_code_alone_a_new_pin_is_due() {
    let _watchdog = watchdog::watch();
    let home = paired();
    let code = locked_with_recovery_code(&home);
    let opened = run(&home, "unlock --recovery -", &code.to_lowercase().replace('-', " "));
    assert_eq!(opened.status, Some(0), "{}", opened.err);
    assert!(opened.err.contains("passcode pin set"), "{}", opened.err);
    refused(&home, "get", "", 4, "passcode pin set");
    assert_eq!(run(&home, "pin set --pin -", "1357\n").status, Some(0));
    assert_eq!(home.print(&["get"]), CODES[1]);
}

fn key_with_pin() -> String {
    format!("{}&pin=true", hotp_key())
}

#[test]
fn a_key_that_asks_for_a_pin_is_stored_and_gives_no_code_before_there_is_one() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let paired = run(&home, "pair - --name token", &key_with_pin());
    assert_eq!((paired.status, paired.out.as_str()), (Some(4), ""), "{}", paired.err);
    for said in ["Paired \"token\"", "stored", "passcode pin set"] {
        assert!(paired.err.contains(said), "{said}: {}", paired.err);
    }
    refused(&home, "get token", "", 4, "passcode pin set");
    assert_eq!(run(&home, "pin set --pin -", "2468\n").status, Some(0));
    assert_eq!(home.print(&["get", "token"]), CODES[0], "no counter was spent");
}

#[test]
fn the_line_below_such_a_key_becomes_the_pin_and_opens_the_vault_for_the_next_key() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let paired = run(&home, "pair - --name one", &format!("{}\n2468\n", key_with_pin()));
    assert_eq!((paired.status, paired.out.trim_end()), (Some(0), CODES[0]), "{}", paired.err);
    assert_eq!(digits(&home), Some(4));
    home.print(&["lock"]);
    refused(&home, "pair - --name two", &format!("{}\n1357\n", key_with_pin()), 7, "wrong");
    let paired = run(&home, "pair - --name two", &format!("{}\n2468\n", key_with_pin()));
    assert_eq!((paired.status, paired.out.trim_end()), (Some(0), CODES[0]), "{}", paired.err);
    let extra = format!("{}\n2468\n2468\n", key_with_pin());
    refused(&home, "pair - --name three", &extra, 2, "Standard input holds more");
    assert_eq!(home.print(&["list"]).lines().count(), 2);
}

#[test]
fn a_forgotten_pin_ends_in_a_reset_after_which_all_can_be_paired_again() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    home.print(&["lock"]);
    refused(&home, "reset", "y\n", 2, "--yes");
    assert_eq!(home.status().expect("an agent").state, LockState::Locked);
    assert_eq!(run(&home, "reset --yes", "").status, Some(0));
    assert_eq!(home.status().expect("an agent").state, LockState::Empty);
    assert_eq!(home.pair("token", &hotp_key()), CODES[0]);
    assert_eq!(digits(&home), None);
}

#[test]
fn doctor_looks_at_the_agent_that_runs_and_starts_none() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let alone = run(&home, "doctor", "");
    assert!(alone.out.contains("None is running"), "{}", alone.out);
    assert!(home.status().is_err(), "none was started");
    home.pair("token", &hotp_key());
    let found: Value = serde_json::from_str(&run(&home, "doctor --json", "").out).expect("JSON");
    let abouts: Vec<&str> = found["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|found| found["about"].as_str())
        .collect();
    for about in ["Variables", "Agent", "Socket", "Key store", "PIN"] {
        assert!(abouts.contains(&about), "{about}: {abouts:?}");
    }
}

/// A terminal in which the command line is `"$BIN"`.
fn terminal(home: &Home) -> Terminal {
    let bin = programs::passcode();
    Terminal::open(&[
        ("PASSCODE_HOME", home.path().to_str().expect("a path")),
        ("BIN", bin.to_str().expect("a path")),
    ])
}

#[test]
fn at_a_terminal_a_new_pin_is_asked_for_until_it_is_good_and_was_entered_twice_alike() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let terminal = terminal(&home);
    terminal.enter("\"$BIN\" pair --name token; echo status=$?");
    terminal.wait_for("Pairing key");
    terminal.enter(&key_with_pin());
    terminal.wait_for("Enter PIN");
    terminal.enter("1111");
    terminal.wait_for("at least 3 different");
    let times = |screen: &str, text: &str| screen.matches(text).count();
    terminal.wait_until("the second question", |screen| times(screen, "Enter PIN") == 2);
    terminal.enter("2468");
    terminal.wait_for("Re-enter PIN");
    terminal.enter("2469");
    terminal.wait_for("not the same");
    terminal.wait_until("the third question", |screen| times(screen, "Enter PIN") == 3);
    terminal.enter("2468");
    terminal.wait_until("the last question", |screen| times(screen, "Re-enter PIN") == 2);
    terminal.enter("2468");
    let screen = terminal.wait_for("status=0");
    assert!(screen.lines().any(|line| line == CODES[0]), "the first code: {screen}");
    for typed in ["1111", "2468", "2469"] {
        assert!(!screen.contains(typed), "{typed} was shown: {screen}");
    }
    assert_eq!(digits(&home), Some(4));
}

#[test]
fn at_a_terminal_get_asks_for_the_pin_of_a_locked_vault_and_says_how_many_tries_are_left() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    home.print(&["lock"]);
    let terminal = terminal(&home);
    terminal.enter("\"$BIN\" get; echo status=$?");
    terminal.wait_for("PIN (not shown):");
    terminal.enter("1357");
    terminal.wait_for("2 tries");
    terminal.enter("2468");
    let screen = terminal.wait_for("status=0");
    assert!(screen.lines().any(|line| line == CODES[1]), "{screen}");
    terminal.enter("clear; \"$BIN\" lock; \"$BIN\" get --no-prompt; echo status=$?");
    terminal.wait_for("status=4");
}

#[test]
fn at_a_terminal_the_old_pin_is_asked_for_before_the_new_one() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    let terminal = terminal(&home);
    terminal.enter("\"$BIN\" pin change; echo status=$?");
    terminal.wait_for("Old PIN");
    terminal.enter("2468");
    terminal.wait_for("Enter PIN");
    terminal.enter("135792");
    terminal.wait_for("Re-enter PIN");
    terminal.enter("135792");
    terminal.wait_for("status=0");
    assert_eq!(digits(&home), Some(6));
}

#[test]
fn the_live_list_asks_for_the_pin_when_u_is_pressed_and_never_shows_it() {
    let _watchdog = watchdog::watch();
    let home = with_pin();
    let terminal = terminal(&home);
    terminal.enter("\"$BIN\" watch; echo status=$?");
    terminal.wait_for("press Enter to spend");
    terminal.press("l");
    terminal.wait_for("Press u to unlock it.");
    terminal.press("u");
    terminal.wait_for("PIN: _");
    terminal.enter("2468");
    let screen = terminal.wait_for("press Enter to spend");
    assert!(!screen.contains("2468"), "{screen}");
    terminal.press("q");
    terminal.wait_for("status=0");
}
