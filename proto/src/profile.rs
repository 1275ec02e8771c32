//! What is known of one pairing without its secret: the parameters of its passcodes and its names.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::label::Label;

/// A profile's number in its vault; never used again after the profile is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProfileId(pub u32);

/// Kinds of passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeType {
    /// Time-based, RFC 6238.
    Totp,
    /// Counter-based, RFC 4226.
    Hotp,
    /// Time-based with Steam's alphabet of letters and digits, five to a code.
    Steam,
}

impl fmt::Display for CodeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Totp => "TOTP",
            Self::Hotp => "HOTP",
            Self::Steam => "Steam",
        })
    }
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// HMAC-SHA-1, what nearly every service uses.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        })
    }
}

/// A pairing as a client sees it. Holds no secret and no counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its number.
    pub id: ProfileId,
    /// The user's name for it; unique in the vault, without regard to case.
    pub name: Label,
    /// Who issued it, as the key said; may be empty.
    pub issuer: Label,
    /// The account it is for, as the key said; may be empty.
    pub account: Label,
    /// What kind of passcode it gives.
    #[serde(rename = "type")]
    pub kind: CodeType,
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// Characters in a passcode: 6 to 8, and 5 for Steam.
    pub digits: u8,
    /// Seconds that a time-based passcode is valid; 0 for a counter-based one.
    pub period: u32,
    /// Whether the secret has fewer than the 128 bits that RFC 4226 requires (§4, R6).
    pub weak: bool,
    /// Host of the organisation's service that it was paired with online, if it was.
    pub service: Option<Label>,
    /// Whether that service has unpaired it, so that its passcodes are accepted no more.
    pub ended: bool,
}

/// A number of 64 bits: text in JSON, where numbers above 2⁵³ do not survive, and an integer in binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter(pub u64);

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Counter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(&self.0),
            false => serializer.serialize_u64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Counter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom("not a 64-bit number"))
    }
}
