//! How the passcodes of one profile are made. Parameters that exist are in range: totp-rs panics on ten
//! digits and divides by a period of zero, so nothing unchecked may reach it.

use std::fmt;

use passcode_proto::limits;
use passcode_proto::profile::{Algorithm, CodeType};

/// Characters in a Steam code.
pub const STEAM_DIGITS: u8 = 5;

/// Kind, hash, length and time step of a profile's passcodes; always within the limits of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    kind: CodeType,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
}

/// Why there can be no such passcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterFault {
    /// The number of digits is not in [`limits::DIGITS`].
    Digits,
    /// The time step is zero or longer than [`limits::PERIOD`].
    Period,
}

impl fmt::Display for ParameterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits => {
                write!(
                    f,
                    "a passcode has {} to {} digits",
                    limits::DIGITS.start(),
                    limits::DIGITS.end()
                )
            }
            Self::Period => write!(f, "a time step has 1 to {} seconds", limits::PERIOD),
        }
    }
}

impl std::error::Error for ParameterFault {}

impl Parameters {
    /// Time-based passcodes (RFC 6238): 6 to 8 `digits`, a `period` of 1 to 86,400 seconds.
    pub fn totp(algorithm: Algorithm, digits: u8, period: u32) -> Result<Self, ParameterFault> {
        let (digits, period) = (checked_digits(digits)?, checked_period(period)?);
        Ok(Self { kind: CodeType::Totp, algorithm, digits, period })
    }

    /// Counter-based passcodes (RFC 4226): 6 to 8 `digits`.
    pub fn hotp(algorithm: Algorithm, digits: u8) -> Result<Self, ParameterFault> {
        let digits = checked_digits(digits)?;
        Ok(Self { kind: CodeType::Hotp, algorithm, digits, period: 0 })
    }

    /// Steam's codes: five letters and digits over HMAC-SHA-1, a `period` of 1 to 86,400 seconds, which
    /// Steam itself has at 30.
    pub fn steam(period: u32) -> Result<Self, ParameterFault> {
        let period = checked_period(period)?;
        Ok(Self { kind: CodeType::Steam, algorithm: Algorithm::Sha1, digits: STEAM_DIGITS, period })
    }

    /// The kind of passcode.
    pub fn kind(&self) -> CodeType {
        self.kind
    }

    /// The hash under the HMAC.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Characters in a passcode: 6 to 8, and 5 for Steam.
    pub fn digits(&self) -> u8 {
        self.digits
    }

    /// Seconds that a passcode is valid; 0 for counter-based ones.
    pub fn period(&self) -> u32 {
        self.period
    }
}

fn checked_digits(digits: u8) -> Result<u8, ParameterFault> {
    limits::DIGITS.contains(&digits).then_some(digits).ok_or(ParameterFault::Digits)
}

fn checked_period(period: u32) -> Result<u32, ParameterFault> {
    (1..=limits::PERIOD).contains(&period).then_some(period).ok_or(ParameterFault::Period)
}
