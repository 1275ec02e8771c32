//! What the user says beside the key wins over the key and over defaults.

use passcode_proto::profile::Algorithm;

use super::summary;
use crate::pairing::{KeyFault, Overrides, read};

const BARE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const TOTP: &str = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6&period=30";
const HOTP: &str = "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1";

fn line(text: &str, overrides: Overrides) -> Result<String, KeyFault> {
    read(text, &overrides).map(|key| summary(&key))
}

fn counter(counter: u64) -> Overrides {
    Overrides { counter: Some(counter), ..Overrides::default() }
}

fn digits(digits: u8) -> Overrides {
    Overrides { digits: Some(digits), ..Overrides::default() }
}

fn period(period: u32) -> Overrides {
    Overrides { period: Some(period), ..Overrides::default() }
}

fn algorithm(algorithm: Algorithm) -> Overrides {
    Overrides { algorithm: Some(algorithm), ..Overrides::default() }
}

#[test]
fn the_user_wins_over_the_key_and_over_defaults() {
    let said = Overrides { algorithm: Some(Algorithm::Sha512), ..digits(8) };
    for (text, overrides, expected) in [
        (TOTP, Overrides { period: Some(60), ..said.clone() }, "TOTP SHA512 8 60s"),
        (BARE, Overrides { period: Some(60), ..said.clone() }, "TOTP SHA512 8 60s"),
        (HOTP, Overrides { counter: Some(7), ..said }, "HOTP SHA512 8 #7"),
    ] {
        let line = line(text, overrides).unwrap();
        assert!(line.starts_with(expected), "{line}");
        assert!(line.ends_with(BARE), "{line}");
    }
}

#[test]
fn a_counter_makes_a_bare_secret_counter_based() {
    assert_eq!(line(BARE, counter(0)).unwrap(), format!("HOTP SHA1 6 #0 \"\" \"\" {BARE}"));
    assert_eq!(
        line(&format!("base32:{BARE}"), counter(u64::MAX)).unwrap(),
        format!("HOTP SHA1 6 #18446744073709551615 \"\" \"\" {BARE}")
    );
}

#[test]
fn a_counter_that_the_user_names_needs_no_warning() {
    let line =
        line("otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", counter(5)).unwrap();
    assert_eq!(line, format!("HOTP SHA1 6 #5 \"\" \"a\" {BARE}"));
}

#[test]
fn what_the_user_says_mends_a_key_that_is_wrong_there() {
    let wrong =
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=10&algorithm=MD5&period=0";
    let said = Overrides { digits: Some(6), algorithm: Some(Algorithm::Sha1), ..period(30) };
    assert_eq!(line(wrong, said).unwrap(), format!("TOTP SHA1 6 30s \"\" \"a\" {BARE}"));
}

#[test]
fn five_digits_make_a_key_of_steam_give_steams_codes() {
    let either = "otpauth://totp/Steam:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Steam";
    assert!(line(either, digits(5)).unwrap().starts_with("Steam SHA1 5 30s"));
    assert_eq!(
        line(either, digits(6)).unwrap(),
        format!("TOTP SHA1 6 30s \"Steam\" \"a\" {BARE}"),
        "the user said which, so nothing is left to warn of"
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    let steam = &format!("steam://{BARE}");
    let both = Overrides { counter: Some(1), ..period(30) };
    for (text, overrides, fault) in [
        (TOTP, counter(1), KeyFault::CounterOfTimeBased),
        (steam, counter(1), KeyFault::CounterOfTimeBased),
        (HOTP, period(30), KeyFault::PeriodOfCounterBased),
        (BARE, both, KeyFault::PeriodOfCounterBased),
        (TOTP, digits(5), KeyFault::Digits),
        (BARE, digits(10), KeyFault::Digits),
        (HOTP, digits(0), KeyFault::Digits),
        (steam, digits(6), KeyFault::Digits),
        (TOTP, period(0), KeyFault::Period),
        (BARE, period(86_401), KeyFault::Period),
        (steam, algorithm(Algorithm::Sha256), KeyFault::Algorithm),
    ] {
        assert_eq!(line(text, overrides.clone()), Err(fault), "{text} {overrides:?}");
    }
}

#[test]
fn what_steam_uses_anyway_may_be_said() {
    let said = Overrides { algorithm: Some(Algorithm::Sha1), ..digits(5) };
    assert!(line(&format!("steam://{BARE}"), said).unwrap().starts_with("Steam SHA1 5 30s"));
}
