//! What OpenVPN is told, byte for byte.

use data_encoding::BASE64;
use passcode_proto::SecretText;
use proptest::prelude::*;

use super::super::command::{Command, Unsayable, dynamic, packed, put_together};

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn password(text: &str) -> Command {
    Command::Password { realm: "Auth".to_owned(), secret: secret(text) }
}

fn said(command: &Command, version: u32) -> Result<String, Unsayable> {
    command.bytes(version).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

/// What OpenVPN's lexer makes of what stands between double quotes (`parse_line` of its options.c).
fn unquoted(text: &str) -> String {
    let mut chars = text.chars();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[test]
fn quotes_and_backslashes_are_escaped() {
    let user = Command::User { realm: "Auth".to_owned(), name: r#"DOM\al"ice"#.to_owned() };
    assert_eq!(said(&user, 5).unwrap(), "username \"Auth\" \"DOM\\\\al\\\"ice\"\n");
    assert_eq!(said(&password("a b"), 5).unwrap(), "password \"Auth\" \"a b\"\n");
    assert_eq!(said(&password(""), 5).unwrap(), "password \"Auth\" \"\"\n");
}

#[test]
fn answers_to_challenges_have_their_forms() {
    // The examples of management-notes.txt.
    assert_eq!(packed(&secret("bar"), &secret("8675309")).expose(), "SCRV1:YmFy:ODY3NTMwOQ==");
    assert_eq!(put_together(&secret("bar"), &secret("8675309")).expose(), "bar8675309");
    assert_eq!(dynamic("Om01u7", &secret("8675309")).expose(), "CRV1::Om01u7::8675309");
    assert_eq!(
        said(&Command::Response(secret("Hello Welt!")), 5).unwrap(),
        "cr-response SGVsbG8gV2VsdCE=\n"
    );
}

#[test]
fn a_long_password_is_sent_in_lines_where_openvpn_takes_them() {
    let long = "ä".repeat(400);
    assert_eq!(said(&password(&long), 5), Err(Unsayable));
    let lines = said(&password(&long), 6).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("password \"Auth\"", "END"));
    assert!(lines.iter().all(|line| line.len() <= 1024));
    let decoded = BASE64.decode(lines[1..lines.len() - 1].concat().as_bytes()).unwrap();
    assert_eq!(decoded, long.as_bytes());
    assert_eq!(said(&password(&"x".repeat(5000)), 6), Err(Unsayable));
}

#[test]
fn two_hundred_and_fifty_five_bytes_still_fit_one_line() {
    assert!(said(&password(&"x".repeat(255)), 5).is_ok());
    assert_eq!(said(&password(&"x".repeat(256)), 5), Err(Unsayable));
    assert!(said(&password(&"x".repeat(256)), 6).unwrap().ends_with("END\n"));
}

#[test]
fn a_secret_does_not_show_in_a_debug_print() {
    let shown = format!("{:?} {:?}", password("Passw0rd!"), Command::Response(secret("755224")));
    assert!(!shown.contains("Passw0rd!") && !shown.contains("755224"), "{shown}");
}

proptest! {
    #[test]
    fn no_text_can_begin_a_command_of_its_own(text in "[\\PC\\n\\r\\x00\"\\\\]{0,60}", version in 1u32..8) {
        let commands = [
            Command::User { realm: text.clone(), name: text.clone() },
            Command::Unlock(secret(&text)),
            Command::Response(secret(&text)),
            Command::Text { name: text.clone(), text: secret(&text) },
            Command::Confirm { name: text.clone(), done: true },
        ];
        for command in commands {
            let Ok(said) = said(&command, version) else { continue };
            prop_assert_eq!(said.matches(['\n', '\r', '\0']).count(), 1);
            prop_assert!(said.ends_with('\n'));
        }
    }

    #[test]
    fn openvpn_reads_a_password_as_it_was_typed(text in "[\\PC\"'\\\\ #;]{0,60}") {
        let said = said(&password(&text), 5).unwrap();
        let quoted = said.strip_prefix("password \"Auth\" \"").unwrap().strip_suffix("\"\n").unwrap();
        prop_assert_eq!(unquoted(quoted), text);
    }
}
