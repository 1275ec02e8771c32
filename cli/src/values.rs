//! Values that options take, read and checked before anything is asked or sent. The refusals name the range and never
//! the value, which may be a secret in the wrong place.

use std::convert::Infallible;
use std::time::Duration;

use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::limits::{CODE_WAIT, DIGITS, PERIOD, RESYNC_CODES};
use passcode_proto::profile::{Algorithm, Counter};

/// Longest time until something is typed, in seconds.
const DELAY: f64 = 30.0;

/// Longest pause between two keys, in milliseconds.
const KEY_DELAY: u64 = 1000;

/// A text that is wiped when it is dropped.
pub fn secret(text: &str) -> Result<SecretText, Infallible> {
    Ok(SecretText::new(text.to_owned()))
}

/// A place in a list, the first of which is 1.
pub fn place(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|place| *place > 0).ok_or("takes a number from 1")
}

/// A counter of 64 bits.
pub fn counter(text: &str) -> Result<Counter, &'static str> {
    text.parse().map(Counter).map_err(|_| "takes a number from 0 to 18446744073709551615")
}

/// A number of digits.
pub fn digits(text: &str) -> Result<u8, String> {
    let number = text.parse().ok().filter(|number| DIGITS.contains(number));
    number.ok_or_else(|| format!("takes a number from {} to {}", DIGITS.start(), DIGITS.end()))
}

/// The length of a time step in seconds.
pub fn period(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=PERIOD).contains(number));
    number.ok_or_else(|| format!("takes a number of seconds from 1 to {PERIOD}"))
}

/// Seconds to wait for a code.
pub fn wait(text: &str) -> Result<u32, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= CODE_WAIT);
    seconds.ok_or_else(|| format!("takes a number of seconds from 0 to {CODE_WAIT}"))
}

/// Seconds of validity.
pub fn seconds(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "takes a number of seconds")
}

/// Seconds until something is typed, with a fraction if wanted.
pub fn delay(text: &str) -> Result<Duration, String> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = text.parse().ok().filter(|_| is_plain).filter(|seconds| *seconds <= DELAY);
    let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    delay.ok_or_else(|| format!("takes a number of seconds from 0 to {DELAY}"))
}

/// Milliseconds between two keys.
pub fn key_delay(text: &str) -> Result<Duration, String> {
    let pause = text.parse().ok().filter(|milliseconds| *milliseconds <= KEY_DELAY);
    let pause = pause.map(Duration::from_millis);
    pause.ok_or_else(|| format!("takes a number of milliseconds from 0 to {KEY_DELAY}"))
}

/// How many codes to give for resynchronising.
pub fn codes(text: &str) -> Result<u8, String> {
    let number = text.parse().ok().filter(|number| RESYNC_CODES.contains(number));
    number.ok_or_else(|| format!("takes {} or {}", RESYNC_CODES.start(), RESYNC_CODES.end()))
}

/// A hash under the HMAC, in any case and with or without a dash.
pub fn algorithm(text: &str) -> Result<Algorithm, &'static str> {
    match text.to_ascii_uppercase().replace('-', "").as_str() {
        "SHA1" => Ok(Algorithm::Sha1),
        "SHA256" => Ok(Algorithm::Sha256),
        "SHA512" => Ok(Algorithm::Sha512),
        _ => Err("takes SHA1, SHA256 or SHA512"),
    }
}

/// A template of password and code.
pub fn template(text: &str) -> Result<Template, String> {
    Template::new(text).map_err(|fault| format!("cannot be used: {fault}"))
}

/// The template of a stored password: it holds both.
pub fn password_template(text: &str) -> Result<String, String> {
    match template(text)?.wants_password() {
        true => Ok(text.to_owned()),
        false => Err("cannot be used: a password's template holds {password}".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(counter("18446744073709551615"), Ok(Counter(u64::MAX)));
        assert!(counter("18446744073709551616").is_err() && counter("-1").is_err());
        assert!(digits("6").is_ok() && digits("8").is_ok());
        assert!(digits("5").is_err() && digits("9").is_err() && digits("0").is_err());
        assert!(period("1").is_ok() && period("86400").is_ok());
        assert!(period("0").is_err() && period("86401").is_err());
        assert!(wait("0").is_ok() && wait("60").is_ok() && wait("61").is_err());
        assert!(
            codes("2").is_ok() && codes("3").is_ok() && codes("1").is_err() && codes("4").is_err()
        );
    }

    #[test]
    fn delays_are_whole_or_broken_numbers_within_their_range() {
        assert_eq!(delay("0"), Ok(Duration::ZERO));
        assert_eq!(delay("1.5"), Ok(Duration::from_millis(1500)));
        assert!(delay("30").is_ok() && delay("30.1").is_err());
        assert!(["", "-1", "1,5", "1e1", "inf", "NaN"].iter().all(|text| delay(text).is_err()));
        assert_eq!(key_delay("12"), Ok(Duration::from_millis(12)));
        assert!(key_delay("1000").is_ok() && key_delay("1001").is_err());
    }

    #[test]
    fn algorithms_are_known_in_any_spelling() {
        assert_eq!(algorithm("sha-256"), Ok(Algorithm::Sha256));
        assert_eq!(algorithm("SHA512"), Ok(Algorithm::Sha512));
        assert!(algorithm("MD5").is_err());
    }
}
