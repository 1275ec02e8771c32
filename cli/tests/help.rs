//! The help texts, word for word, so that a change of them is seen as what it is: a change of what users read.
//! `BLESS=1 cargo test -p passcode-cli --test help` takes the texts as they are.

#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::{env, fs};

const COMMANDS: &[&str] = &[
    "",
    "get",
    "type",
    "watch",
    "hotp",
    "hotp show",
    "hotp set",
    "hotp resync",
    "pair",
    "list",
    "default",
    "rename",
    "unpair",
    "openvpn",
    "lock",
    "unlock",
    "pin",
    "pin set",
    "pin change",
    "pin remove",
    "keystore",
    "keystore set",
    "reset",
    "pinentry",
    "nm-agent",
    "aws",
    "status",
    "doctor",
    "agent",
    "agent start",
    "agent stop",
    "completions",
    "man",
];

fn passcode(arguments: impl IntoIterator<Item = &'static str>) -> (bool, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_passcode")).args(arguments).env_clear().output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn help_says_what_it_is_known_to_say() {
    let mut all = String::new();
    for command in COMMANDS {
        let (done, help) = passcode(command.split_whitespace().chain(["--help"]));
        assert!(done, "{command}");
        all +=
            &format!("### {}\n{help}\n", format!("passcode {command} --help").replace("  ", " "));
    }
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help.txt");
    if env::var_os("BLESS").is_some() {
        fs::write(known, &all).unwrap();
    }
    assert!(
        all == fs::read_to_string(known).unwrap(),
        "the help texts differ from tests/help.txt; see BLESS above"
    );
}

#[test]
fn short_and_long_help_are_one() {
    for command in COMMANDS {
        let help = |flag| passcode(command.split_whitespace().chain([flag]));
        assert_eq!(help("-h"), help("--help"), "{command}");
    }
}

#[test]
fn every_shell_gets_completions_and_every_command_a_manual_page() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (done, script) = passcode(["completions", shell]);
        assert!(
            done && script.contains("min-valid") && !script.contains("clipboard-owner"),
            "{shell}"
        );
    }
    let (done, page) = passcode(["man"]);
    assert!(done && page.contains(".SH \"EXIT STATUS\""));
}
