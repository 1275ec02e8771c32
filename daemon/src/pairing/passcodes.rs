//! How the passcodes of a key are made: its parameters, under what the user said, over the defaults. What
//! the user said is not looked up in the key, so that it also mends a key that is wrong there.

use std::str::FromStr;

use passcode_proto::profile::{Algorithm, CodeType};

use super::Overrides;
use super::fault::KeyFault;
use super::query::Query;
use crate::otp::{Parameters, STEAM_DIGITS};

/// Seconds of a time step when neither key nor user says it.
pub(super) const PERIOD: u32 = 30;

/// Digits of a passcode when neither key nor user says it.
const DIGITS: u8 = 6;

/// What the passcodes of a key are.
#[derive(Debug)]
pub(super) struct Passcodes {
    pub parameters: Parameters,
    /// The first counter, when there is one and key or user names it.
    pub counter: Option<u64>,
}

/// Settles the passcodes of a key of this `kind`. Parameters that are of no use to the kind are not looked
/// at in the key (FreeOTP writes a period to each), but are a fault when the user gives them.
pub(super) fn settle(
    kind: CodeType,
    default_period: u32,
    query: Query<'_>,
    overrides: &Overrides,
) -> Result<Passcodes, KeyFault> {
    if kind != CodeType::Hotp && overrides.counter.is_some() {
        return Err(KeyFault::CounterOfTimeBased);
    }
    if kind == CodeType::Hotp && overrides.period.is_some() {
        return Err(KeyFault::PeriodOfCounterBased);
    }
    let period = || Ok::<_, KeyFault>(period(query, overrides)?.unwrap_or(default_period));
    let digits = || Ok::<_, KeyFault>(digits(query, overrides)?.unwrap_or(DIGITS));
    let parameters = match kind {
        CodeType::Steam => steam(period()?, overrides)?,
        CodeType::Totp => Parameters::totp(algorithm(query, overrides)?, digits()?, period()?)?,
        CodeType::Hotp => Parameters::hotp(algorithm(query, overrides)?, digits()?)?,
    };
    let counter = if kind == CodeType::Hotp { counter(query, overrides)? } else { None };
    Ok(Passcodes { parameters, counter })
}

/// Steam has one kind of code: a key that is marked as Steam's may say anything else of digits and hash, as
/// some apps do, but a user may not.
fn steam(period: u32, overrides: &Overrides) -> Result<Parameters, KeyFault> {
    if overrides.digits.is_some_and(|digits| digits != STEAM_DIGITS) {
        return Err(KeyFault::Digits);
    }
    if overrides.algorithm.is_some_and(|algorithm| algorithm != Algorithm::Sha1) {
        return Err(KeyFault::Algorithm);
    }
    Ok(Parameters::steam(period)?)
}

/// The digits that user or key asks for.
pub(super) fn digits(query: Query<'_>, overrides: &Overrides) -> Result<Option<u8>, KeyFault> {
    asked(overrides.digits, query, "digits", number, KeyFault::Digits)
}

fn period(query: Query<'_>, overrides: &Overrides) -> Result<Option<u32>, KeyFault> {
    asked(overrides.period, query, "period", seconds, KeyFault::Period)
}

fn counter(query: Query<'_>, overrides: &Overrides) -> Result<Option<u64>, KeyFault> {
    asked(overrides.counter, query, "counter", number, KeyFault::Counter)
}

fn algorithm(query: Query<'_>, overrides: &Overrides) -> Result<Algorithm, KeyFault> {
    let asked = asked(overrides.algorithm, query, "algorithm", hash, KeyFault::Algorithm)?;
    Ok(asked.unwrap_or(Algorithm::Sha1))
}

fn asked<T>(
    said: Option<T>,
    query: Query<'_>,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
    fault: KeyFault,
) -> Result<Option<T>, KeyFault> {
    if said.is_some() {
        return Ok(said);
    }
    query.text(name)?.map(|text| read(&text).ok_or(fault)).transpose()
}

/// A whole number without sign.
fn number<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Whole seconds; apps that keep them as floating-point numbers write `30.0`.
fn seconds(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    number(whole).filter(|_| fraction.bytes().all(|byte| byte == b'0'))
}

/// The hash by any of its usual names: `SHA1`, `sha-256`, `HmacSHA512`, `hmac_sha1`.
fn hash(name: &str) -> Option<Algorithm> {
    let name = name.to_ascii_uppercase().replace(['-', '_', ' '], "");
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "SHA1" => Some(Algorithm::Sha1),
        "SHA256" => Some(Algorithm::Sha256),
        "SHA512" => Some(Algorithm::Sha512),
        _ => None,
    }
}
