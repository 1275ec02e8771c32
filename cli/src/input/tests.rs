//! Promises of the reader of lines: order, what is missing, what is too much, and how long a line can be.

use super::*;
use passcode_proto::limits::KEY_BYTES;

/// The lines that were read, or what the refusal says.
fn read(wanted: &[Kind], optional: Option<Kind>, bytes: &[u8]) -> Result<Vec<String>, String> {
    let lines = split(wanted, optional, bytes);
    lines
        .map(|lines| lines.iter().map(|line| line.expose().to_owned()).collect())
        .map_err(|failure| failure.message().to_owned())
}

fn key(bytes: &[u8]) -> Result<String, String> {
    read(&[Kind::Key], None, bytes).map(|lines| lines[0].clone())
}

#[test]
fn a_final_line_break_is_optional() {
    for bytes in [&b"ABC 234"[..], b"ABC 234\n", b"ABC 234\r\n", b"ABC 234\n\n \n"] {
        assert_eq!(key(bytes), Ok("ABC 234".into()), "{bytes:?}");
    }
}

#[test]
fn a_missing_line_and_an_extra_one_are_refused() {
    assert_eq!(key(b""), Err("Standard input holds no pairing key.".into()));
    assert_eq!(key(b"\nABC"), Err("Standard input holds no pairing key.".into()));
    assert_eq!(key(b"ABC\nDEF\n"), Err("Standard input holds more than the pairing key.".into()));
}

#[test]
fn a_key_up_to_the_limit_is_read_and_a_longer_one_is_refused_unread() {
    let longest = [vec![b'A'; KEY_BYTES], b"\r\n".to_vec()].concat();
    assert_eq!(key(&longest).unwrap().len(), KEY_BYTES);
    let too_long = vec![b'A'; 1024 * 1024];
    let refusal = format!("The pairing key is longer than {KEY_BYTES} bytes.");
    assert_eq!(key(&too_long), Err(refusal.clone()));
    assert_eq!(key(&too_long[..=KEY_BYTES]), Err(refusal));
}

#[test]
fn a_password_keeps_its_blanks_and_must_be_text() {
    let password = |bytes: &[u8]| read(&[Kind::Password], None, bytes);
    assert_eq!(password(b" pass word \n"), Ok(vec![" pass word ".into()]));
    assert_eq!(password(b"\xFF\n"), Err("The password is not text in UTF-8.".into()));
}

#[test]
fn several_lines_are_read_in_the_order_in_which_they_are_wanted() {
    let wanted = [Kind::OldPin, Kind::NewPin];
    for bytes in [&b"2468\n1357"[..], b"2468\n1357\n", b"2468\r\n1357\r\n\r\n"] {
        assert_eq!(read(&wanted, None, bytes), Ok(vec!["2468".into(), "1357".into()]));
    }
    let passphrase = read(&[Kind::Passphrase, Kind::Pin], None, b"five words and blanks \n2468");
    assert_eq!(passphrase, Ok(vec!["five words and blanks ".into(), "2468".into()]));
}

#[test]
fn of_several_lines_the_one_that_is_missing_is_named() {
    let wanted = [Kind::OldPin, Kind::NewPin];
    let refused = |bytes: &[u8]| read(&wanted, None, bytes).unwrap_err();
    assert_eq!(refused(b""), "Standard input holds no old PIN.");
    assert_eq!(refused(b"2468"), "Standard input holds no new PIN.");
    assert_eq!(refused(b"2468\n\n1357\n"), "Standard input holds no new PIN.");
    assert_eq!(
        refused(b"2468\n1357\n9753"),
        "Standard input holds more than the old PIN and the new PIN."
    );
}

#[test]
fn an_optional_line_may_be_missing_and_nothing_may_follow_it() {
    let recovery = |bytes: &[u8]| read(&[Kind::Recovery], Some(Kind::NewPin), bytes);
    assert_eq!(recovery(b"ABCDE-FGHIJ\n"), Ok(vec!["ABCDE-FGHIJ".into()]));
    assert_eq!(recovery(b"ABCDE-FGHIJ\n\n"), Ok(vec!["ABCDE-FGHIJ".into()]));
    assert_eq!(recovery(b"ABCDE\n1357\n"), Ok(vec!["ABCDE".into(), "1357".into()]));
    assert_eq!(recovery(b"\n1357"), Err("Standard input holds no recovery code.".into()));
    assert_eq!(
        recovery(b"ABCDE\n1357\n2468\n"),
        Err("Standard input holds more than the recovery code and the new PIN.".into())
    );
}

#[test]
fn a_line_that_is_too_long_is_refused_wherever_it_stands() {
    let long = "1".repeat(1024 * 1024);
    for (bytes, kind) in [(format!("{long}\n2468"), "old"), (format!("2468\n{long}"), "new")] {
        assert_eq!(
            read(&[Kind::OldPin, Kind::NewPin], None, bytes.as_bytes()),
            Err(format!("The {kind} PIN is longer than 64 bytes."))
        );
    }
    let longest = format!("{}\r\n{}\r\n", "1".repeat(64), "2".repeat(64));
    assert_eq!(
        read(&[Kind::OldPin, Kind::NewPin], None, longest.as_bytes()).map(|lines| lines.len()),
        Ok(2)
    );
}
