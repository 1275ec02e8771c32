//! Pairing keys: from the text that a person typed, pasted or scanned to a secret, the parameters of its
//! passcodes and its names. One field takes every kind of key; `shape` says which kind a text is.
//!
//! Tolerant of how keys are written, since services and apps write them in many ways, and strict about
//! what they say: nothing is guessed that would give wrong passcodes. Stores nothing and asks nobody.

mod export_fault;
mod fault;
mod later;
mod migration;
mod names;
mod organisation;
mod otpauth;
mod passcodes;
mod protobuf;
mod query;
mod secret_text;
mod serial;
mod shape;
#[cfg(test)]
mod tests;
mod two_step;
mod warning;

use passcode_proto::SecretText;
use passcode_proto::label::Label;
use passcode_proto::limits;
use passcode_proto::profile::{Algorithm, CodeType};

pub use self::export_fault::ExportFault;
pub use self::fault::{KeyFault, Likeness};
pub use self::later::LaterKey;
pub use self::organisation::{OrganisationKey, organisation_key};
pub use self::serial::serial;
pub(crate) use self::shape::tidy;
pub use self::warning::KeyWarning;
use self::{passcodes::Passcodes, query::Query, secret_text::Decoded, shape::Shape};
use crate::otp::{self, Parameters};
use crate::secret::Secret;

/// What a pairing key says.
#[derive(Debug, PartialEq, Eq)]
pub struct PairingKey {
    /// How its passcodes are made.
    pub parameters: Parameters,
    /// What they are made from: 1 to 1,024 bytes.
    pub secret: Secret,
    /// Who issued it; empty when the key does not say.
    pub issuer: Label,
    /// The account it is for; empty when the key does not say.
    pub account: Label,
    /// The counter of the first passcode; 0 for time-based ones.
    pub counter: u64,
    /// Digits of the PIN that the issuer wants in front of the passcodes: 4, or 0 for none.
    pub pin_digits: u8,
    /// This computer's part of a secret that is made in two steps, as the user types it into the server's page.
    pub client_part: Option<SecretText>,
    /// What the user should know, although the key can be used.
    pub warnings: Vec<KeyWarning>,
}

/// What the user said beside the key. It wins over what the key says and over defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The first counter. Makes a bare secret counter-based; a time-based key refuses it.
    pub counter: Option<u64>,
    /// Characters in a passcode, 6 to 8; 5 makes a key whose issuer is Steam give Steam's codes.
    pub digits: Option<u8>,
    /// The hash under the HMAC.
    pub algorithm: Option<Algorithm>,
    /// Seconds that a passcode is valid; a counter-based key refuses it.
    pub period: Option<u32>,
}

/// Reads the pairing key in `text`, of at most [`limits::KEY_BYTES`].
///
/// White space, quotes and angle brackets around the key do not count. No fault quotes the text.
///
/// A secret that is made in two steps is another one each time.
pub fn read(text: &str, overrides: &Overrides) -> Result<PairingKey, KeyFault> {
    read_with(text, overrides, &two_step::random)
}

/// Reads a pairing key; what this computer adds to its secret comes from `source`.
fn read_with(
    text: &str,
    overrides: &Overrides,
    source: two_step::Source<'_>,
) -> Result<PairingKey, KeyFault> {
    let tidied = tidy(text);
    if migration::is_meant(tidied) {
        let mut keys = migration::read(tidied, overrides)?.into_iter();
        return match (keys.next(), keys.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(KeyFault::SeveralKeys),
        };
    }
    if text.len() > limits::KEY_BYTES {
        return Err(KeyFault::TooLong);
    }
    match shape::recognise(tidied)? {
        Shape::OtpAuth(rest) => otpauth::read(rest, overrides, source),
        Shape::Steam(secret) => bare(CodeType::Steam, secret_text::base32(secret)?, overrides),
        Shape::Base32(secret) => bare(guessed(overrides), secret_text::base32(secret)?, overrides),
        Shape::Hex(secret) => bare(guessed(overrides), secret_text::hex(secret)?, overrides),
    }
}

/// Reads all pairing keys in `text`: those of an export of Google Authenticator, of at most [`limits::EXPORT_BYTES`] and
/// with all its parts, which white space separates; or the one of any other text, as [`read`] does.
///
/// What the user said beside them is refused when there are several. No fault quotes the text.
pub fn read_all(text: &str, overrides: &Overrides) -> Result<Vec<PairingKey>, KeyFault> {
    match tidy(text) {
        export if migration::is_meant(export) => migration::read(export, overrides),
        _ => Ok(vec![read(text, overrides)?]),
    }
}

/// The kind of a secret that comes without one: a counter is of use to counter-based passcodes only.
fn guessed(overrides: &Overrides) -> CodeType {
    if overrides.counter.is_some() { CodeType::Hotp } else { CodeType::Totp }
}

fn bare(kind: CodeType, secret: Decoded, overrides: &Overrides) -> Result<PairingKey, KeyFault> {
    let Passcodes { parameters, counter } =
        passcodes::settle(kind, passcodes::PERIOD, Query::none(), overrides)?;
    Ok(PairingKey {
        parameters,
        warnings: secret_warnings(&secret),
        secret: secret.secret,
        issuer: Label::default(),
        account: Label::default(),
        counter: counter.unwrap_or(0),
        pin_digits: 0,
        client_part: None,
    })
}

fn secret_warnings(decoded: &Decoded) -> Vec<KeyWarning> {
    let bits = decoded.secret.expose().len() * 8;
    let weak = otp::is_weak(&decoded.secret).then_some(KeyWarning::WeakSecret { bits });
    let odd = decoded.odd_length.then_some(KeyWarning::OddLength);
    weak.into_iter().chain(odd).collect()
}
