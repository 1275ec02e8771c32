//! Texts that are refused, each with the exact fault.

use passcode_proto::label::LabelFault;
use passcode_proto::limits;

use super::read;
use crate::pairing::{KeyFault, LaterKey, Likeness};

fn all_are_refused(table: &[(&str, KeyFault)]) {
    for (text, fault) in table {
        assert_eq!(read(text).map(|_| ()), Err(*fault), "{text:?}");
    }
}

fn not_base32(position: usize, likeness: Likeness) -> KeyFault {
    KeyFault::NotBase32 { position, likeness }
}

#[test]
fn what_is_no_key_is_refused() {
    all_are_refused(&[
        ("", KeyFault::Empty),
        (" \r\n\t", KeyFault::Empty),
        ("\u{FEFF}\u{200B}", KeyFault::Empty),
        ("\"\"", KeyFault::Empty),
        ("\"", KeyFault::NotAKey),
        ("correct, horse!", KeyFault::NotAKey),
        ("SOME_SECRET", KeyFault::NotAKey),
        ("otpauth:totp/a", KeyFault::NotAKey),
        ("otpXauth://totp/a?secret=JBSWY3DP", KeyFault::NotAKey),
        ("secret: JBSWY3DP", KeyFault::NotAKey),
        ("ftp://example.org/", KeyFault::NotAKey),
        ("duo://JBSWY3DP", KeyFault::NotAKey),
        ("https://example.org/totp?secret=JBSWY3DP", KeyFault::WebAddress),
        ("HTTP://example.org", KeyFault::WebAddress),
        (
            "otpauth://totp/a?secret=JBSWY3DP\r\n otpauth://totp/b?secret=JBSWY3DP",
            KeyFault::SeveralKeys,
        ),
    ]);
}

#[test]
fn a_key_has_at_most_8_kib() {
    let key = |length| "A".repeat(length);
    assert_eq!(read(&key(limits::KEY_BYTES + 1)), Err(KeyFault::TooLong));
    assert_eq!(read(&key(1 << 20)), Err(KeyFault::TooLong));
    assert_eq!(read(&key(limits::KEY_BYTES)), Err(KeyFault::SecretTooLong));
}

#[test]
fn a_secret_has_1_to_1024_bytes() {
    let too_long = format!("hex:{}", "5a".repeat(limits::SECRET_BYTES + 1));
    all_are_refused(&[
        (&too_long, KeyFault::SecretTooLong),
        ("base32:", KeyFault::SecretEmpty),
        ("hex:", KeyFault::SecretEmpty),
        ("steam://", KeyFault::SecretEmpty),
        ("====", KeyFault::SecretEmpty),
        ("- - -", KeyFault::SecretEmpty),
        ("A", KeyFault::SecretEmpty),
        ("otpauth://totp/a?secret=", KeyFault::SecretEmpty),
        ("otpauth://totp/a?secret", KeyFault::SecretEmpty),
        ("otpauth://totp/a?secret=%20", KeyFault::SecretEmpty),
        ("otpauth://totp/a?secret=%3D%3D", KeyFault::SecretEmpty),
    ]);
}

#[test]
fn a_key_that_was_cut_is_refused() {
    all_are_refused(&[
        ("otpauth://", KeyFault::UnknownKind),
        ("otpauth://tot", KeyFault::UnknownKind),
        ("otpauth://totp", KeyFault::SecretMissing),
        ("otpauth://totp/ACME:al", KeyFault::SecretMissing),
        ("otpauth://totp/ACME:alice?", KeyFault::SecretMissing),
        ("otpauth://totp/ACME:alice?issuer=ACME&secr", KeyFault::SecretMissing),
        ("otpauth://totp/ACME:alice?secret2=JBSWY3DP", KeyFault::SecretMissing),
        ("otpauth://totp/ACME:alice#?", KeyFault::SecretMissing),
    ]);
}

#[test]
fn other_alphabets_are_told_from_base32_and_nothing_is_guessed() {
    all_are_refused(&[
        ("JBSWY3DPEHPK3PX0", not_base32(16, Likeness::ForeignDigit)),
        ("jbsw y3dp 1hpk", not_base32(9, Likeness::ForeignDigit)),
        ("8BSWY3DP", not_base32(1, Likeness::ForeignDigit)),
        ("JB9WY3DP", not_base32(3, Likeness::ForeignDigit)),
        ("3132333435363738393031323334353637383930", not_base32(2, Likeness::Hex)),
        ("DEAD BEEF DEAD BEEF 0123", not_base32(17, Likeness::Hex)),
        ("JBSW=Y3DP", not_base32(5, Likeness::Nothing)),
        ("JBSWУ3DP", not_base32(5, Likeness::Nothing)),
        ("秘密", not_base32(1, Likeness::Nothing)),
        ("base32:JBSW_Y3DP", not_base32(5, Likeness::Nothing)),
        ("steam://run/440", not_base32(4, Likeness::Nothing)),
        ("aGVsbG8gd29ybGQ/", KeyFault::NotAKey),
        ("otpauth://totp/a?secret=JBSW%ZZ", not_base32(5, Likeness::Nothing)),
        ("otpauth://totp/a?secret=JBSW%", not_base32(5, Likeness::Nothing)),
        ("otpauth://totp/a?secret=JBSW%2BY3DP", not_base32(5, Likeness::Nothing)),
        ("otpauth://totp/a?secret=CQ1HUXJ2", not_base32(3, Likeness::ForeignDigit)),
        ("otpauth://totp/a?secret=invalid-secret8", not_base32(14, Likeness::ForeignDigit)),
        ("otpauth://totp/a?secret=%FF%FE", KeyFault::NotUtf8),
        ("hex:abc", KeyFault::NotHex),
        ("hex:48656c6c6g", KeyFault::NotHex),
        ("0xJBSW", KeyFault::NotHex),
    ]);
}

#[test]
fn parameters_out_of_range_are_refused() {
    for (parameters, fault) in [
        ("totp?digits=0", KeyFault::Digits),
        ("totp?digits=5", KeyFault::Digits),
        ("totp?digits=9", KeyFault::Digits),
        ("totp?digits=10", KeyFault::Digits),
        ("totp?digits=262", KeyFault::Digits),
        ("totp?digits=-6", KeyFault::Digits),
        ("totp?digits=six", KeyFault::Digits),
        ("totp?digits=6.0", KeyFault::Digits),
        ("totp?digits=٦", KeyFault::Digits),
        ("totp/Steam:a?issuer=Steam&digits=8x", KeyFault::Digits),
        ("totp?period=0", KeyFault::Period),
        ("totp?period=-30", KeyFault::Period),
        ("totp?period=86401", KeyFault::Period),
        ("totp?period=4294967326", KeyFault::Period),
        ("totp?period=30.5", KeyFault::Period),
        ("totp?period=30s", KeyFault::Period),
        ("totp?period=3e1", KeyFault::Period),
        ("totp?period=.", KeyFault::Period),
        ("steam?period=0", KeyFault::Period),
        ("daypassword?period=172800", KeyFault::Period),
        ("hotp?counter=-1", KeyFault::Counter),
        ("hotp?counter=18446744073709551616", KeyFault::Counter),
        ("hotp?counter=1.0", KeyFault::Counter),
        ("hotp?counter=0x10", KeyFault::Counter),
        ("hotp?counter=abc", KeyFault::Counter),
        ("totp?algorithm=MD5", KeyFault::Algorithm),
        ("totp?algorithm=SHA384", KeyFault::Algorithm),
        ("totp?algorithm=SHA3-256", KeyFault::Algorithm),
        ("hotp?algorithm=aes", KeyFault::Algorithm),
    ] {
        let text = format!("otpauth://{parameters}&secret=JBSWY3DPEHPK3PXP");
        assert_eq!(read(&text).map(|_| ()), Err(fault), "{text}");
    }
}

#[test]
fn two_values_for_one_parameter_are_refused() {
    for (parameters, parameter) in [
        ("totp?secret=JBSWY3DP&secret=GEZDGNBV", "secret"),
        ("totp?secret=JBSWY3DP&Secret=GEZDGNBV", "secret"),
        ("totp?secret=JBSWY3DP&digits=6&digits=8", "digits"),
        ("totp?secret=JBSWY3DP&algorithm=SHA1&algorithm=SHA256", "algorithm"),
        ("totp?secret=JBSWY3DP&issuer=a&issuer=b", "issuer"),
        ("totp?secret=JBSWY3DP&pin=true&pin=false", "pin"),
        ("hotp?secret=JBSWY3DP&counter=1&counter=2", "counter"),
    ] {
        let fault = KeyFault::TwoValues { parameter };
        assert_eq!(
            read(&format!("otpauth://{parameters}")).map(|_| ()),
            Err(fault),
            "{parameters}"
        );
    }
}

#[test]
fn names_that_would_lie_on_a_screen_are_refused() {
    let unprintable = KeyFault::Label(LabelFault::Unprintable);
    let long = format!("otpauth://totp/{}?secret=JBSWY3DP", "a".repeat(limits::LABEL_BYTES + 1));
    all_are_refused(&[
        ("otpauth://totp/a%0Ab?secret=JBSWY3DP", unprintable),
        ("otpauth://totp/a%00b?secret=JBSWY3DP", unprintable),
        ("otpauth://totp/a\u{1b}[31mb?secret=JBSWY3DP", unprintable),
        ("otpauth://totp/pay\u{202E}lap?secret=JBSWY3DP", unprintable),
        ("otpauth://totp/a?secret=JBSWY3DP&issuer=pay%E2%80%AElap", unprintable),
        ("otpauth://totp/a%FFb?secret=JBSWY3DP", KeyFault::NotUtf8),
        ("otpauth://totp/a?secret=JBSWY3DP&issuer=%C3%28", KeyFault::NotUtf8),
        (&long, KeyFault::Label(LabelFault::TooLong)),
    ]);
}

#[test]
fn other_kinds_of_passcode_are_refused() {
    all_are_refused(&[
        ("otpauth:///a?secret=JBSWY3DP", KeyFault::UnknownKind),
        ("otpauth://Xotp/a?secret=JBSWY3DP", KeyFault::UnknownKind),
        ("otpauth://yaotp/a?secret=ORSXG5DJNZTXIZLTORUW4ZZRGI&pin_length=4", KeyFault::UnknownKind),
        ("motp://ACME:alice?secret=e3152afee62599c8", KeyFault::UnknownKind),
    ]);
}

#[test]
fn keys_of_later_versions_are_named() {
    let not_yet = |what| KeyFault::NotYet { what };
    all_are_refused(&[
        ("123456789012", KeyFault::NeedsService),
        ("1234-5678 9012", KeyFault::NeedsService),
        ("234567234567", KeyFault::NeedsService),
        ("123456789012@id.example.org", KeyFault::NeedsService),
        ("123 456 789 012@id.example.org:8443", KeyFault::NeedsService),
        ("passcode://pair?key=123456789012", KeyFault::NeedsService),
        ("pia://container/SMPH00134123?issuer=privacyIDEA", KeyFault::NeedsService),
        ("otpauth://pipush/PIPU0006EF85?url=https%3A//a", not_yet(LaterKey::PrivacyIdea)),
        ("otpauth://container/SMPH00067A2F?ttl=10", not_yet(LaterKey::PrivacyIdea)),
        ("<?xml version=\"1.0\"?><KeyContainer/>", not_yet(LaterKey::Pskc)),
        ("<KeyContainer Version=\"1.0\"><Key/></KeyContainer>", not_yet(LaterKey::Pskc)),
        ("<pskc:KeyContainer></pskc:KeyContainer>", not_yet(LaterKey::Pskc)),
        ("{\"version\":1,\"db\":{}}", not_yet(LaterKey::Export)),
    ]);
}

#[test]
fn eleven_or_thirteen_digits_are_no_organisations_key() {
    assert!(matches!(read("12345678901"), Err(KeyFault::NotBase32 { .. })));
    assert!(matches!(read("1234567890123"), Err(KeyFault::NotBase32 { .. })));
}
