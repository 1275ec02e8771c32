//! Every kind of failure has its exit status, says in two lines what happened and what to do, and says the same as
//! JSON. No failure quotes what was typed.

use std::fs;

use passcode_process_tests::home::{Home, RFC_SECRET, hotp_key, totp_key};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::{programs, watchdog};
use serde_json::Value;

/// A text that no failure may repeat.
const TYPED: &str = "Geheim4711";

/// Two lines on standard error: what happened, and what to do.
fn assert_two_lines(ended: &Ended, about: &str) {
    let lines: Vec<&str> = ended.err.lines().collect();
    let [what, hint] = lines.as_slice() else { panic!("{about}: not two lines: {}", ended.err) };
    assert!(what.starts_with("passcode: ") && what.ends_with('.'), "{about}: {what}");
    assert!(hint.starts_with("  ") && hint.trim().len() > 5, "{about}: {hint}");
    assert!(!ended.err.contains('\x1b'), "{about}: colour where no terminal is");
    assert_eq!(ended.out, "", "{about}");
    assert!(!ended.err.contains(TYPED), "{about}: {}", ended.err);
}

/// One line of JSON on standard output, with the failure's code.
fn assert_json(ended: &Ended, code: &str) {
    let answer: Value = serde_json::from_str(&ended.out).expect("JSON");
    let fields: Vec<&String> = answer["error"].as_object().expect("an error").keys().collect();
    assert_eq!(answer["error"]["code"], code, "{answer}");
    assert_eq!(fields, ["code", "hint", "message"].map(String::from).iter().collect::<Vec<_>>());
    assert_eq!((ended.out.lines().count(), ended.err.as_str()), (1, ""));
    assert!(!ended.out.contains(TYPED), "{}", ended.out);
}

/// Checks a failing command in words and as JSON.
fn assert_fails(home: &Home, command: &[&str], input: &str, status: i32, code: &str) {
    let in_words = home.passcode(command).input(input).end();
    assert_eq!(in_words.status, Some(status), "{command:?}: {}{}", in_words.out, in_words.err);
    assert_two_lines(&in_words, &format!("{command:?}"));
    let takes_json = ["status", "list", "get", "hotp", "pair"].contains(&command[0]);
    if takes_json && !command.contains(&"--copy") {
        let as_json = home.passcode(command).arg("--json").input(input).end();
        assert_eq!(as_json.status, Some(status), "{command:?}: {}{}", as_json.out, as_json.err);
        assert_json(&as_json, code);
    }
}

#[test]
fn a_command_line_that_cannot_be_understood_is_status_2() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    for command in [
        &[TYPED][..],
        &["get", "--digits", TYPED],
        &["get", "work", TYPED],
        &["get", "--wait", "61"],
        &["get", "--wait", TYPED],
        &["get", "--join", "{pin}{code}"],
        &["get", "--join", TYPED],
        &["get", "--join", "{password}{code}"],
        &["hotp", "set", "work"],
        &["hotp", "set", "work", "-1"],
        &["hotp", "resync", "work", "--codes", "4"],
        &["pair", "-"],
        &["pair"],
        &["pair", "--no-prompt"],
        &["pair", "-", "--digits", "5"],
        &["pair", "-", "--period", "0"],
        &["pair", "-", "--counter", "18446744073709551616"],
        &["pair", "-", "--algorithm", TYPED],
        &["unpair", "work"],
        &["watch"],
    ] {
        assert_fails(&home, command, "", 2, "usage");
    }
    assert_eq!(home.passcode(&["get", "--json", "--copy"]).end().status, Some(2));
    let two_lines = home.passcode(&["pair", "-"]).input(format!("{RFC_SECRET}\n{TYPED}\n")).end();
    assert_eq!(two_lines.status, Some(2));
    assert_two_lines(&two_lines, "a key and something else");
    assert_eq!(home.print(&["get"]), "287082", "no counter was spent");
    assert_eq!(home.print(&["list"]).lines().count(), 1);
}

#[test]
fn an_agent_that_cannot_be_reached_is_status_3() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    for command in [&["status"][..], &["lock"], &["agent", "stop"]] {
        assert_fails(&home, command, "", 3, "unreachable");
    }
    fs::write(home.file("config.toml"), "keystore = \"clay tablets\"\n").unwrap();
    for command in [&["get"][..], &["list"], &["agent", "start"]] {
        assert_fails(&home, command, "", 3, "unreachable");
    }
}

#[test]
fn a_locked_vault_is_status_4() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.print(&["lock"]);
    for command in [&["get"][..], &["list"], &["hotp", "show"], &["default", "work"]] {
        assert_fails(&home, command, "", 4, "locked");
    }
    assert_fails(&home, &["pair", "-"], &totp_key(), 4, "locked");
    home.print(&["unlock"]);
    assert_eq!(home.print(&["get"]), "287082", "and no counter was spent");
}

#[test]
fn what_is_refused_or_not_ready_in_time_is_status_5() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.pair("day", &format!("{}&period=86400", totp_key()));
    home.print(&["hotp", "set", "work", "10"]);
    assert_fails(&home, &["hotp", "set", "work", "9"], "", 5, "counter_back");
    assert_fails(&home, &["get", "day", "--fresh"], "", 5, "not_ready");
    assert_fails(&home, &["get", "day", "--fresh", "--wait", "0"], "", 5, "not_ready");
    home.print(&["hotp", "set", "work", "18446744073709551615"]);
    assert_fails(&home, &["get", "work"], "", 5, "counter_end");
}

#[test]
fn a_profile_that_is_not_clear_is_status_6() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    assert_fails(&home, &["get"], "", 6, "nothing_paired");
    home.pair("web one", &totp_key());
    home.pair("web two", &totp_key());
    assert_fails(&home, &["get"], "", 6, "none_named");
    assert_fails(&home, &["get", "web"], "", 6, "ambiguous");
    assert_fails(&home, &["get", TYPED], "", 6, "no_such_profile");
    assert_fails(&home, &["unpair", "web o", "--yes"], "", 6, "no_such_profile");
    assert_fails(&home, &["rename", TYPED, "else"], "", 6, "no_such_profile");
    home.print(&["default", "web two"]);
    assert_eq!(home.print(&["get"]).len(), 6);
}

#[test]
fn a_pairing_that_fails_is_status_9_and_leaves_nothing_half_paired() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let key = |rest: &str| format!("otpauth://totp/{TYPED}?secret={RFC_SECRET}&{rest}");
    let long = "A".repeat(1024 * 1024);
    for bad in [
        &key("period=0"),
        &key("digits=0"),
        &key("digits=5"),
        &key("digits=10"),
        &key("algorithm=MD4"),
        &format!("otpauth://hotp/x?secret={RFC_SECRET}&counter=-1"),
        &format!("otpauth://hotp/x?secret={RFC_SECRET}&counter=18446744073709551616"),
        &format!("otpauth://totp/{TYPED}?secret="),
        &format!("otpauth://totp/{TYPED}"),
        &format!("otpauth://{TYPED}/x?secret={RFC_SECRET}"),
        &format!("otpauth://totp/x%1B[31m?secret={RFC_SECRET}"),
        &format!("otpauth://totp/x%E2%80%AE?secret={RFC_SECRET}"),
        &format!("{TYPED}1890!"),
        &"ОТРАUТН".to_owned(),
        &"hex:0g".to_owned(),
        &"hex:".to_owned(),
        &long,
    ] {
        assert_fails(&home, &["pair", "-", "--name", "new"], bad, 9, "bad_key");
    }
    assert_fails(&home, &["pair", "-", "--name", "WORK"], &totp_key(), 9, "name_taken");
    assert_fails(&home, &["pair", "-", "--name", "a\u{202E}b"], &totp_key(), 9, "bad_name");
    assert_fails(&home, &["rename", "work", "a\nb"], "", 9, "bad_name");
    assert_eq!(home.print(&["list"]).lines().count(), 1, "nothing was paired");
    assert_eq!(home.print(&["get"]), "287082", "what was paired is as it was");
}

#[test]
fn a_vault_that_cannot_be_used_is_status_10() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.print(&["agent", "stop"]);
    fs::write(home.file("vault.db"), TYPED).unwrap();
    assert_fails(&home, &["get"], "", 10, "vault_damaged");
    assert_fails(&home, &["pair", "-"], &totp_key(), 10, "vault_damaged");
}

#[test]
fn what_no_other_status_names_is_status_1() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("web", &totp_key());
    assert_fails(&home, &["hotp", "show", "web"], "", 1, "wrong_kind");
    assert_fails(&home, &["hotp", "resync"], "", 1, "wrong_kind");
    let unconfigured = Home::unconfigured();
    assert_fails(&unconfigured, &["pair", "-"], &totp_key(), 1, "no_key_store");
    assert_eq!(fs::read_dir(unconfigured.path()).unwrap().flatten().filter(is_vault).count(), 0);
}

fn is_vault(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with("vault")
}

#[test]
fn help_and_version_are_no_failures() {
    let _watchdog = watchdog::watch();
    for (program, flags) in [
        (programs::passcode(), ["--help", "--version"]),
        (programs::passcoded(), ["--help", "--version"]),
    ] {
        for flag in flags {
            let ended = Run::new(&program).arg(flag).end();
            assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
            assert!(ended.out.contains("passcode"));
        }
    }
    let unknown = Run::new(programs::passcoded()).arg(TYPED).end();
    assert_eq!(unknown.status, Some(2));
    assert!(!unknown.err.contains(TYPED), "{}", unknown.err);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let script = "\"$BIN\" get work | true; \"$BIN\" list | head -c 1 >/dev/null; echo ended";
    let run = Run::new("sh").args(["-c", script]).env("BIN", programs::passcode());
    let ended = run.env("PASSCODE_HOME", home.path()).end();
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("ended\n", ""));
}
