//! Exports of Google Authenticator: what is read, in which spellings, what is refused, and laws that hold for all. The
//! encoder here knows nothing of the reader.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use passcode_proto::limits;
use passcode_proto::profile::Algorithm;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::summary;
use crate::pairing::{ExportFault, KeyFault, Overrides, PairingKey, read, read_all};

/// One that others have published.
const EXAMPLE: &str = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";

const EXAMPLE_READ: &str = r#"TOTP SHA1 6 30s "Example" "alice@google.com" JBSWY3DPEHPK3PXP weak"#;

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn number(field: u64, number: u64, out: &mut Vec<u8>) {
    varint(field << 3, out);
    varint(number, out);
}

fn bytes(field: u64, bytes: &[u8], out: &mut Vec<u8>) {
    varint(field << 3 | 2, out);
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[derive(Debug, Clone)]
struct Account {
    secret: Vec<u8>,
    name: String,
    issuer: String,
    algorithm: u64,
    digits: u64,
    kind: u64,
    counter: u64,
}

fn totp(name: &str) -> Account {
    let (secret, name, issuer) = (b"12345678901234567890".to_vec(), name.into(), "ACME".into());
    Account { secret, name, issuer, algorithm: 1, digits: 1, kind: 2, counter: 0 }
}

impl Account {
    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        bytes(1, &self.secret, &mut out);
        bytes(2, self.name.as_bytes(), &mut out);
        bytes(3, self.issuer.as_bytes(), &mut out);
        number(4, self.algorithm, &mut out);
        number(5, self.digits, &mut out);
        number(6, self.kind, &mut out);
        number(7, self.counter, &mut out);
        // What newer versions of the app write behind it.
        bytes(8, b"a-unique-id", &mut out);
        out
    }
}

/// A part's message: part `index` of `of`, of the export `id`.
fn part(accounts: &[Account], index: u64, of: u64, id: u64) -> Vec<u8> {
    let mut out = Vec::new();
    accounts.iter().for_each(|account| bytes(1, &account.encoded(), &mut out));
    number(2, 1, &mut out);
    number(3, of, &mut out);
    number(4, index, &mut out);
    number(5, id, &mut out);
    out
}

fn address(message: &[u8]) -> String {
    let data = BASE64.encode(message);
    format!("otpauth-migration://offline?data={}", utf8_percent_encode(&data, NON_ALPHANUMERIC))
}

fn read_plain(text: &str) -> Result<Vec<PairingKey>, KeyFault> {
    read_all(text, &Overrides::default())
}

fn accounts(text: &str) -> Vec<String> {
    let keys = read_plain(text).unwrap();
    keys.iter().map(|key| key.account.as_str().to_owned()).collect()
}

fn refused(text: &str) -> ExportFault {
    match read_plain(text) {
        Err(KeyFault::Export(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_export_that_others_have_published_is_read() {
    let keys = read_plain(EXAMPLE).unwrap();
    assert_eq!(keys.iter().map(summary).collect::<Vec<_>>(), [EXAMPLE_READ]);
    assert_eq!(
        read(EXAMPLE, &Overrides::default()).map(|key| summary(&key)).as_deref(),
        Ok(EXAMPLE_READ)
    );
}

#[test]
fn kinds_digits_hashes_and_counters_are_what_the_app_wrote() {
    let account = |algorithm, digits, kind, counter| Account {
        algorithm,
        digits,
        kind,
        counter,
        ..totp("ACME:alice")
    };
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (account, expected) in [
        (account(1, 1, 2, 0), "TOTP SHA1 6 30s"),
        (account(0, 0, 2, 7), "TOTP SHA1 6 30s"),
        (account(2, 2, 2, 0), "TOTP SHA256 8 30s"),
        (account(3, 1, 1, 0), "HOTP SHA512 6 #0"),
        (account(1, 2, 1, u64::MAX), "HOTP SHA1 8 #18446744073709551615"),
    ] {
        let keys = read_plain(&address(&part(&[account], 0, 1, 9))).unwrap();
        assert_eq!(summary(&keys[0]), format!("{expected} \"ACME\" \"alice\" {secret}"));
    }
}

#[test]
fn base64_is_read_in_both_alphabets_padded_or_not_escaped_or_not_and_broken_into_lines() {
    let bytes = part(&[totp("ü??>>~~")], 0, 1, 9);
    let data = BASE64.encode(&bytes);
    assert!(data.contains('+') || data.contains('/'), "the example proves something: {data}");
    let broken = data.as_bytes().chunks(50).map(|chunk| str::from_utf8(chunk).unwrap());
    for data in [
        data.clone(),
        data.trim_end_matches('=').to_owned(),
        BASE64URL_NOPAD.encode(&bytes),
        utf8_percent_encode(&data, NON_ALPHANUMERIC).to_string(),
        broken.collect::<Vec<_>>().join("\r\n  "),
    ] {
        let text = format!(" <OTPAuth-Migration://offline?data={data}>\n");
        assert_eq!(accounts(&text), ["ü??>>~~"], "{text}");
    }
}

#[test]
fn parts_are_joined_in_their_order_and_may_be_there_twice() {
    let part = |index| address(&part(&[totp(&format!("a{index}"))], index, 3, 9));
    let text = format!("{}\n{} {}\t{}", part(2), part(0), part(1), part(0));
    assert_eq!(accounts(&text), ["a0", "a1", "a2"]);
}

#[test]
fn missing_parts_are_named() {
    let part = |index, of| address(&part(&[totp("a")], index, of, 9));
    let said = |text: &str| refused(text).to_string();
    assert_eq!(said(&part(0, 2)), "Part 2 of 2 of the export is missing.");
    let two = format!("{} {}", part(2, 3), part(0, 3));
    assert_eq!(said(&two), "Part 2 of 3 of the export is missing.");
    assert_eq!(said(&part(1, 4)), "Parts 1, 3 and 4 of 4 of the export are missing.");
    assert!(said(&part(63, 64)).starts_with("Parts 1, 2, 3"));
}

#[test]
fn parts_of_two_exports_are_not_joined() {
    let one = address(&part(&[totp("a")], 0, 2, 9));
    for (index, of, export) in [(1, 2, 8), (1, 3, 9), (0, 2, 9)] {
        let other = address(&part(&[totp("b")], index, of, export));
        assert_eq!(refused(&format!("{one} {other}")), ExportFault::Mixed);
    }
}

#[test]
fn what_cannot_be_used_is_refused_for_its_reason() {
    let with = |change: fn(&mut Account)| {
        let mut account = totp("a");
        change(&mut account);
        read_plain(&address(&part(&[totp("b"), account], 0, 1, 9))).unwrap_err()
    };
    assert_eq!(with(|account| account.algorithm = 4), ExportFault::Md5.into());
    assert_eq!(with(|account| account.algorithm = 5), KeyFault::Algorithm);
    assert_eq!(with(|account| account.digits = 3), KeyFault::Digits);
    assert_eq!(with(|account| account.kind = 0), ExportFault::UnknownKind.into());
    assert_eq!(with(|account| account.kind = 3), ExportFault::UnknownKind.into());
    assert_eq!(with(|account| account.secret.clear()), KeyFault::SecretEmpty);
    assert_eq!(with(|account| account.secret = vec![7; 1025]), KeyFault::SecretTooLong);
    assert!(matches!(with(|account| account.name = "a\nb".into()), KeyFault::Label(_)));
    assert_eq!(refused(&address(&part(&[], 0, 1, 9))), ExportFault::Empty);
}

#[test]
fn a_damaged_export_is_said_to_be_so() {
    let whole = part(&[totp("a")], 0, 1, 9);
    let mut wrong_type = whole.clone();
    bytes(3, b"x", &mut wrong_type);
    for damaged in [
        "otpauth-migration:".to_owned(),
        "otpauth-migration://offline".to_owned(),
        "otpauth-migration://offline?data=".to_owned(),
        "otpauth-migration://offline?data=!!!!".to_owned(),
        address(&whole[..20]),
        address(&wrong_type),
        address(&part(&[totp("a")], 1, 1, 9)),
        address(&part(&[totp("a")], 0, 65, 9)),
        address(&part(&[totp("a")], u64::MAX, 0, 9)),
    ] {
        assert_eq!(refused(&damaged), ExportFault::Damaged, "{damaged}");
    }
}

#[test]
fn limits_hold_for_length_and_number() {
    let many: Vec<Account> = (0..501)
        .map(|_| Account {
            secret: vec![7],
            name: String::new(),
            issuer: String::new(),
            ..totp("")
        })
        .collect();
    assert_eq!(refused(&address(&part(&many, 0, 1, 9))), ExportFault::TooMany);
    assert_eq!(read_plain(&address(&part(&many[..500], 0, 1, 9))).unwrap().len(), 500);
    let long = format!("{EXAMPLE}{}", "A".repeat(limits::EXPORT_BYTES));
    assert_eq!(refused(&long), ExportFault::TooLong);
}

#[test]
fn parameters_beside_the_keys_are_for_one_key_only() {
    let digits = Overrides { digits: Some(8), ..Overrides::default() };
    let two = address(&part(&[totp("a"), totp("b")], 0, 1, 9));
    assert_eq!(read_all(&two, &digits), Err(ExportFault::Overrides.into()));
    let keys = read_all(EXAMPLE, &digits).unwrap();
    assert_eq!(keys[0].parameters.digits(), 8);
    assert_eq!(read(&two, &Overrides::default()), Err(KeyFault::SeveralKeys));
}

#[test]
fn every_other_text_is_one_key() {
    assert_eq!(read_plain("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ").unwrap().len(), 1);
    assert_eq!(read_plain(""), Err(KeyFault::Empty));
}

fn account() -> impl Strategy<Value = Account> {
    let (secret, label) = (prop::collection::vec(any::<u8>(), 1..40), "[a-zA-Z0-9ü@. ]{0,20}");
    (secret, label, label, 1..=3u64, 1..=2u64, 1..=2u64, any::<u64>()).prop_map(
        |(secret, name, issuer, algorithm, digits, kind, counter)| Account {
            secret,
            name,
            issuer,
            algorithm,
            digits,
            kind,
            counter,
        },
    )
}

fn is_of(key: &PairingKey, account: &Account) -> bool {
    let algorithms = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    key.secret.expose() == account.secret
        && key.account.as_str() == account.name.trim()
        && key.issuer.as_str() == account.issuer.trim()
        && key.parameters.algorithm() == algorithms[account.algorithm as usize - 1]
        && u64::from(key.parameters.digits()) == account.digits * 2 + 4
        && key.counter == if account.kind == 1 { account.counter } else { 0 }
}

proptest! {
    #[test]
    fn what_was_exported_is_what_is_read(
        parts in prop::collection::vec(prop::collection::vec(account(), 1..4), 1..4),
        export in any::<u64>(),
    ) {
        let of = parts.len() as u64;
        let texts: Vec<String> = parts.iter().zip(0..)
            .map(|(accounts, index)| address(&part(accounts, index, of, export)))
            .collect();
        let keys = read_plain(&texts.join(" ")).unwrap();
        let accounts = parts.concat();
        prop_assert_eq!(keys.len(), accounts.len());
        prop_assert!(keys.iter().zip(&accounts).all(|(key, account)| is_of(key, account)));
    }

    #[test]
    fn no_message_makes_the_reader_panic(message in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(fault) = read_plain(&address(&message)) {
            prop_assert!(!fault.hint().is_empty() && !fault.message().is_empty());
        }
    }

    #[test]
    fn no_damage_makes_the_reader_panic(at in 0..100usize, byte in any::<u8>(), length in 0..100usize) {
        let mut message = part(&[totp("a"), totp("b")], 0, 2, 9);
        let at = at % message.len();
        message[at] = byte;
        message.truncate(length.max(at));
        let _ = read_plain(&address(&message));
    }

    #[test]
    fn no_text_behind_the_mark_makes_the_reader_panic(text in "\\PC{0,100}") {
        let _ = read_plain(&format!("otpauth-migration://offline?data={text}"));
        let _ = read_plain(&format!("otpauth-migration:{text}"));
    }
}
