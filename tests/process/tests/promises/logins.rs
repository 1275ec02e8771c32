//! What the commands for logins say and do where no server is needed: prompts, stored passwords, waits.

use std::fs;
use std::os::unix::fs::symlink;

use passcode_process_tests::home::{Home, RFC_SECRET, hotp_key};
use passcode_process_tests::run::Run;
use passcode_process_tests::{programs, watchdog};
use serde_json::Value;

/// A key whose codes change every four seconds.
fn quick_key() -> String {
    format!("otpauth://totp/quick?secret={RFC_SECRET}&period=4")
}

fn meaning(home: &Home, prompt: &str) -> Value {
    serde_json::from_str(&home.print(&["askpass", "--explain", prompt])).expect("JSON")
}

#[test]
fn a_wait_for_a_fresh_code_is_told_with_its_length() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("quick", &quick_key());
    let first = home.passcode(&["get", "quick", "--fresh"]).end();
    let second = home.passcode(&["get", "quick", "--fresh"]).end();
    assert_eq!((first.status, second.status), (Some(0), Some(0)));
    assert_ne!(first.out, second.out);
    assert!(second.err.starts_with("passcode: The next code comes in "), "{}", second.err);
    assert!(second.err.contains("seconds. Waiting"), "{}", second.err);
}

#[test]
fn a_wait_that_is_too_long_is_a_failure_and_not_announced() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("day", &format!("otpauth://totp/day?secret={RFC_SECRET}&period=86400"));
    let refused = home.passcode(&["get", "day", "--fresh"]).end();
    assert_eq!(refused.status, Some(5));
    assert!(!refused.err.contains("Waiting"), "{}", refused.err);
}

#[test]
fn prompts_are_answered_by_what_they_ask_for() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let stored = home.passcode(&["password", "set", "work"]).input("Passw0rd!\n").end();
    assert_eq!(stored.status, Some(0), "{}", stored.err);
    assert_eq!(home.print(&["askpass", "Verification code: "]), "287082");
    assert_eq!(home.print(&["askpass", "alice@host's password: "]), "Passw0rd!");
    assert_eq!(home.print(&["askpass", "Password + OTP: "]), "Passw0rd!359152");
}

#[test]
fn what_only_the_user_can_answer_is_given_no_code_and_no_password() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.passcode(&["password", "set", "work"]).input("Passw0rd!\n").end();
    for prompt in ["", "Enter passphrase for key 'id': ", "New PIN: ", "continue (yes/no)? "] {
        let ended = home.passcode(&["askpass", "--no-prompt", prompt]).end();
        assert_eq!((ended.status, ended.out.as_str()), (Some(5), ""), "{prompt}: {}", ended.err);
    }
    assert_eq!(home.print(&["hotp", "show", "work"]), "1");
}

#[test]
fn a_rule_of_the_configuration_decides_and_one_that_is_wrong_is_named() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let rule = "\n[[prompt]]\ntext = \"Secure ID*\"\nprofile = \"work\"\nanswer = \"code\"\n";
    let config = home.file("config.toml");
    let usual = fs::read_to_string(&config).expect("a configuration");
    fs::write(&config, usual + rule).expect("a configuration");
    home.pair("other", &hotp_key());
    home.pair("work", &hotp_key());
    let told = meaning(&home, "Secure ID: ");
    assert_eq!((&told["answer"], &told["profile"]), (&"code".into(), &"work".into()));
    assert_eq!(home.print(&["askpass", "Secure ID: "]), "287082");
    assert_eq!(meaning(&home, "Secure: ")["answer"], "unknown");
}

#[test]
fn an_askpass_program_is_known_by_its_name() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let link = home.path().join("passcode-askpass");
    symlink(programs::passcode(), &link).expect("a link");
    let asked = Run::new(&link).arg("-h Verification code: ").env("PASSCODE_HOME", home.path());
    assert_eq!(asked.output(), "287082\n");
}

#[test]
fn a_client_that_is_missing_is_named_with_its_package_before_a_code_is_spent() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let missing = home.passcode(&["rdp", "/v:desk.example.org", "/u:alice"]);
    let ended = missing.env("PATH", "/nonexistent").end();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("apt-get install freerdp"), "{}", ended.err);
    assert_eq!(home.print(&["hotp", "show", "work"]), "1");
}

#[test]
fn a_password_in_wrong_words_or_none_is_refused_in_words() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    for (arguments, input, status) in [
        (["password", "set", "work"].as_slice(), "", 2),
        (&["password", "set", "none"], "pw\n", 6),
        (&["password", "set", "work", "--template", "{code}"], "pw\n", 2),
        (&["password", "remove", "work"], "", 6),
    ] {
        let ended = home.passcode(arguments).input(input).end();
        assert_eq!(ended.status, Some(status), "{arguments:?}: {}", ended.err);
        assert!(!ended.err.contains("pw"), "{}", ended.err);
    }
}
