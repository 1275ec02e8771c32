//! What the command line says when it cannot do its work, word for word: two lines on standard error, or one object
//! of JSON on standard output, and an exit status. None of this needs an agent, and none of it starts one.

#![allow(clippy::unwrap_used)]

mod pins;

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Runs `passcode` with an empty home of its own.
fn run(home: &TempDir, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_passcode"))
        .args(arguments)
        .env_clear()
        .env("PASSCODE_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = run(&tempfile::tempdir().unwrap(), arguments, input);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs `passcode` and expects a failure in two lines.
fn refused(arguments: &[&str], input: &str, status: i32, message: &str, hint: &str) {
    let lines = format!("passcode: {message}\n  {hint}\n");
    assert_eq!(said(arguments, input), (status, String::new(), lines), "{arguments:?}");
}

#[test]
fn a_command_line_that_is_wrong_exits_2_and_says_where_to_look() {
    let none = "There is no such command.";
    let many = "There is an argument too many.";
    let option = "There is no such option.";
    for (line, message, hint) in [
        ("dance", none, "See: passcode --help"),
        ("lits", none, "Did you mean: passcode list"),
        ("hotp dance", none, "See: passcode hotp --help"),
        ("get a b", many, "See: passcode get --help"),
        ("get --fresk", option, "Did you mean --fresh? See: passcode get --help"),
        ("lock --json5", option, "See: passcode lock --help"),
        ("rename old", "NEW is missing.", "See: passcode rename --help"),
        ("unpair", "PROFILE is missing.", "See: passcode unpair --help"),
        ("pin sett", none, "Did you mean: passcode pin set"),
        ("pin set 2468", many, "See: passcode pin set --help"),
        ("keystore set", "KIND is missing.", "See: passcode keystore set --help"),
        ("get --wait", "--wait lacks its value.", "See: passcode get --help"),
        (
            "completions tcsh",
            "SHELL takes one of: bash, elvish, fish, powershell, zsh.",
            "See: passcode completions --help",
        ),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        refused(&arguments, "", 2, message, hint);
    }
}

#[test]
fn values_out_of_range_exit_2_and_name_the_range() {
    let counter = "takes a number from 0 to 18446744073709551615.";
    for (line, message) in [
        ("pair - --digits 5", "--digits takes a number from 6 to 8."),
        ("pair - --digits 10", "--digits takes a number from 6 to 8."),
        ("pair - --period 0", "--period takes a number of seconds from 1 to 86400."),
        ("pair - --counter -1", &format!("--counter {counter}")),
        ("pair - --counter 18446744073709551616", &format!("--counter {counter}")),
        ("pair - --algorithm md5", "--algorithm takes SHA1, SHA256 or SHA512."),
        ("get --wait 61", "--wait takes a number of seconds from 0 to 60."),
        ("get --min-valid -1", "--min-valid takes a number of seconds."),
        ("hotp set token 1.5", &format!("NEXT {counter}")),
        ("hotp resync --codes 4", "--codes takes 2 or 3."),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let command =
            if arguments[0] == "hotp" { arguments[..2].join(" ") } else { arguments[0].to_owned() };
        refused(&arguments, "", 2, message, &format!("See: passcode {command} --help"));
    }
}

#[test]
fn a_template_is_checked_before_a_password_is_read() {
    for (template, why) in [
        ("{password}", "a template holds {code} exactly once"),
        ("{code}{code}", "a template holds {code} exactly once"),
        ("{pin}{code}", "a template knows only {password} and {code} between braces"),
    ] {
        let message = format!("--join cannot be used: {why}.");
        refused(&["get", "--join", template], "", 2, &message, "See: passcode get --help");
    }
}

#[test]
fn a_password_that_is_missing_or_not_alone_exits_2() {
    let join = ["get", "--join", "{password},{code}"];
    refused(
        &join,
        "",
        2,
        "Standard input holds no password.",
        "Write the password there, on one line.",
    );
    refused(
        &join,
        "\n",
        2,
        "Standard input holds no password.",
        "Write the password there, on one line.",
    );
    refused(
        &join,
        "first\nsecond\n",
        2,
        "Standard input holds more than the password.",
        "Write the password there alone, on one line.",
    );
}

#[test]
fn a_key_that_is_missing_or_not_alone_exits_2() {
    let none = "Standard input holds no pairing key.";
    refused(&["pair", "-"], "", 2, none, "Write the pairing key there, on one line.");
    refused(
        &["pair", "-"],
        "GEZDGNBV\nGY3TQOJQ\n",
        2,
        "Standard input holds more than the pairing key.",
        "Write the pairing key there alone, on one line.",
    );
    let nobody = "No key was given, and there is nobody to ask for it.";
    let hint =
        "Run it in a terminal, or write the key to its standard input: passcode pair - < FILE";
    refused(&["pair"], "", 2, nobody, hint);
    refused(&["pair", "--no-prompt"], "", 2, nobody, hint);
}

#[test]
fn a_line_too_many_after_key_and_pin_exits_2() {
    refused(
        &["pair", "-"],
        "GEZDGNBVGY3TQOJQ\n2468\n2468\n",
        2,
        "Standard input holds more than the pairing key and the PIN.",
        "Write the pairing key and the PIN there alone, a line each.",
    );
}

#[test]
fn doctor_tells_that_no_agent_runs_and_starts_none() {
    let home = tempfile::tempdir().unwrap();
    let output = run(&home, &["doctor"], "");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("Agent") && out.contains("one is running"), "{out}");
    let json = run(&home, &["doctor", "--json"], "");
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let abouts: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|found| found["about"].as_str())
        .collect();
    assert!(abouts.starts_with(&["Variables", "Agent"]), "{abouts:?}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "nothing was started or written");
}

#[test]
fn a_key_of_a_mebibyte_exits_9() {
    refused(
        &["pair", "-"],
        &"A".repeat(1024 * 1024),
        9,
        "The pairing key is longer than 8192 bytes.",
        "Copy the key again from the page that shows it.",
    );
}

#[test]
fn unpair_without_anybody_to_ask_exits_2() {
    let message = "Nobody can be asked whether to remove the profile.";
    refused(&["unpair", "work"], "y\n", 2, message, "Run it in a terminal, or with --yes.");
}

#[test]
fn watch_without_a_terminal_exits_2_and_names_what_scripts_use() {
    let message = "The live list needs a terminal to be drawn in.";
    refused(&["watch"], "", 2, message, "For scripts there is: passcode get --json");
}

#[test]
fn status_lock_and_stop_exit_3_when_no_agent_runs_and_start_none() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["status"][..], &["lock"], &["agent", "stop"]] {
        let output = run(&home, arguments, "");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "passcode: No agent is running.\n  Start it with: passcode agent start\n"
        );
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "nothing was started or written");
}

#[test]
fn with_json_a_failure_is_an_object_on_standard_output() {
    let unreachable = concat!(
        r#"{"error":{"code":"unreachable","message":"No agent is running.","#,
        r#""hint":"Start it with: passcode agent start"}}"#,
        "\n"
    );
    assert_eq!(said(&["status", "--json"], ""), (3, unreachable.into(), String::new()));
    for (line, message) in [
        ("get --json --wait x", "--wait takes a number of seconds from 0 to 60."),
        ("get --copy --json", "--copy and --json do not go together."),
        ("get --join {code} --json", "--join and --json do not go together."),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let object = format!(
            "{{\"error\":{{\"code\":\"usage\",\"message\":\"{message}\",\"hint\":\"See: passcode get --help\"}}}}\n"
        );
        assert_eq!(said(&arguments, ""), (2, object, String::new()));
    }
}

#[test]
fn no_error_quotes_a_secret_that_was_typed_in_the_wrong_place() {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let uri = format!("otpauth://totp/a?secret={secret}");
    let lines: [&[&str]; 12] = [
        &[&uri],
        &["pair", "-", &uri],
        &["pair", "-", "--name", "a", secret],
        &["pair", "-", "--digits", secret],
        &["pair", "-", "--counter", &uri],
        &["get", "a", secret],
        &["get", "--join", secret],
        &["hotp", "set", "a", secret],
        &["completions", secret],
        &["pin", "set", secret],
        &["keystore", "set", secret],
        &["unlock", secret],
    ];
    for line in lines {
        let (status, out, error) = said(line, "");
        assert_eq!(status, 2, "{line:?}");
        assert!(!out.contains(secret) && !error.contains(secret), "{error}");
    }
}
