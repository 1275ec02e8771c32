//! What is said of PINs, passphrases and recovery codes that are missing or too many, and of what nobody can be asked.

use super::{refused, said};

#[test]
fn pins_that_are_missing_or_too_many_exit_2() {
    let one = |name: &str| format!("Write the {name} there, on one line.");
    let alone = |name: &str| format!("Write the {name} there alone, on one line.");
    let both = "the old PIN and the new PIN";
    for (command, input, message, hint) in [
        ("pin set", "", "holds no new PIN.", one("new PIN")),
        ("pin set", "\n2468\n", "holds no new PIN.", one("new PIN")),
        ("pin set", "2468\n2468\n", "holds more than the new PIN.", alone("new PIN")),
        ("pin remove", "", "holds no PIN.", one("PIN")),
        ("pin remove", "2468\n1357\n", "holds more than the PIN.", alone("PIN")),
        ("pin change", "", "holds no old PIN.", format!("Write {both} there, a line each.")),
        ("pin change", "2468\n", "holds no new PIN.", format!("Write {both} there, a line each.")),
        (
            "pin change",
            "2468\n1357\n9753\n",
            "holds more than the old PIN and the new PIN.",
            format!("Write {both} there alone, a line each."),
        ),
        ("unlock", "", "holds no PIN.", one("PIN")),
        ("unlock", "2468\n1357\n", "holds more than the PIN.", alone("PIN")),
        ("unpair work --yes", "", "holds no PIN.", one("PIN")),
        ("hotp set work 7", "2468\n1357\n", "holds more than the PIN.", alone("PIN")),
        ("keystore set keyring", "", "holds no PIN.", one("PIN")),
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--pin", "-"]).collect();
        refused(&arguments, input, 2, &format!("Standard input {message}"), &hint);
    }
}

#[test]
fn passphrases_and_recovery_codes_that_are_missing_or_too_many_exit_2() {
    let code = "recovery code and the new PIN";
    for (line, input, message, hint) in [
        (
            "unlock --recovery -",
            "",
            "holds no recovery code.",
            "Write the recovery code there, on one line.".to_owned(),
        ),
        (
            "unlock --recovery -",
            "ABCDE\n1357\n1357\n",
            "holds more than the recovery code and the new PIN.",
            format!("Write the {code} there alone, a line each."),
        ),
        (
            "unlock --passphrase - --pin -",
            "five random words\n",
            "holds no PIN.",
            "Write the passphrase and the PIN there, a line each.".to_owned(),
        ),
        (
            "keystore set passphrase --passphrase -",
            "five random words\n2468\n",
            "holds more than the passphrase.",
            "Write the passphrase there alone, on one line.".to_owned(),
        ),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        refused(&arguments, input, 2, &format!("Standard input {message}"), &hint);
    }
    refused(
        &["unlock", "--pin", "-", "--recovery", "-"],
        "",
        2,
        "--pin and --recovery do not go together.",
        "See: passcode unlock --help",
    );
}

#[test]
fn what_can_only_be_asked_for_exits_2_where_nobody_can_be_asked() {
    let to_input = |command| {
        format!(
            "Run it in a terminal, or write it to its standard input: passcode {command} --pin -"
        )
    };
    for (line, what, hint) in [
        ("pin set", "new PIN", to_input("pin set")),
        ("pin remove", "PIN", to_input("pin remove")),
        ("pin change", "old PIN", to_input("pin change").replace("write it", "write both PINs")),
        (
            "keystore set passphrase",
            "passphrase",
            to_input("keystore set passphrase")
                .replace("--pin", "--passphrase")
                .replace("its standard", "standard"),
        ),
    ] {
        let message = format!("No {what} was given, and there is nobody to ask for it.");
        let arguments: Vec<&str> = line.split(' ').collect();
        refused(&arguments, "", 2, &message, &hint);
        refused(&[&arguments[..], &["--no-prompt"]].concat(), "", 2, &message, &hint);
    }
}

#[test]
fn a_key_store_that_is_not_known_or_takes_no_passphrase_exits_2() {
    let kinds = "KIND takes one of: keyring, passphrase, credential, file.";
    let help = "See: passcode keystore set --help";
    refused(&["keystore", "set", "paper"], "", 2, kinds, help);
    refused(
        &["keystore", "set", "keyring", "--passphrase", "-"],
        "five random words",
        2,
        "Only the key store passphrase takes a passphrase.",
        "Leave --passphrase out, or see: passcode keystore set --help",
    );
}

#[test]
fn what_has_to_be_confirmed_exits_2_without_a_terminal_and_yes() {
    let hint = "Run it in a terminal, or with --yes.";
    let reset = "Nobody can be asked whether to destroy the vault.";
    refused(&["reset"], "y\n", 2, reset, hint);
    refused(&["reset", "--no-prompt"], "y\n", 2, reset, hint);
    let file = "Nobody can be asked whether the vault's key may lie in a file beside the vault.";
    refused(&["keystore", "set", "file"], "y\n", 2, file, hint);
}

#[test]
fn a_passphrase_that_cannot_be_one_exits_5_and_says_how_long_one_is() {
    for passphrase in ["short", &"a".repeat(1024 * 1024)] {
        let arguments = ["keystore", "set", "passphrase", "--passphrase", "-"];
        let (status, out, error) = said(&arguments, passphrase);
        assert_eq!((status, out.as_str()), (5, ""));
        assert!(error.contains("1024 bytes") && !error.contains("short"), "{error}");
    }
}
