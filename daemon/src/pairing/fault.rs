//! Why a text is not a pairing key that can be used: each fault says what is wrong and what to do about it,
//! in words that never quote the text, since any part of it may be a secret.

use std::fmt;

use passcode_proto::label::LabelFault;
use passcode_proto::limits;

use super::export_fault::ExportFault;
use super::later::LaterKey;
use crate::otp::ParameterFault;

/// Why a pairing key was refused. `Display` is [`message`](Self::message).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// There is no text.
    Empty,
    /// The text is longer than [`limits::KEY_BYTES`].
    TooLong,
    /// The text has the shape of no key.
    NotAKey,
    /// The text is the address of a web page.
    WebAddress,
    /// The text holds several keys.
    SeveralKeys,
    /// A key that only later versions of this program read.
    NotYet {
        /// Which.
        what: LaterKey,
    },
    /// A key that a service exchanges for a secret; there is none in itself.
    NeedsService,
    /// A `passcode://` address that is not whole.
    Link,
    /// The key names a service that has no possible address.
    Service,
    /// The key asks for a kind of passcode that is neither HOTP nor TOTP nor Steam's.
    UnknownKind,
    /// The key has no secret.
    SecretMissing,
    /// The secret has not a single byte.
    SecretEmpty,
    /// The secret is longer than [`limits::SECRET_BYTES`].
    SecretTooLong,
    /// The secret has a character that is not base32.
    NotBase32 {
        /// Which character, counted from 1, without spaces and dashes.
        position: usize,
        /// What the secret may be instead.
        likeness: Likeness,
    },
    /// The secret is not made of pairs of hexadecimal digits.
    NotHex,
    /// The number of digits is out of range or no number.
    Digits,
    /// The time step is out of range or no number.
    Period,
    /// The counter is no number of 64 bits.
    Counter,
    /// The hash is none of SHA-1, SHA-256 and SHA-512, or not the one that Steam uses.
    Algorithm,
    /// A counter was given for time-based passcodes.
    CounterOfTimeBased,
    /// A time step was given for counter-based passcodes.
    PeriodOfCounterBased,
    /// The key asks for a second step that is out of range.
    TwoStep,
    /// The system gave no random bytes for this computer's part of the secret.
    NoRandomness,
    /// The key gives a parameter twice, with different values.
    TwoValues {
        /// Its name.
        parameter: &'static str,
    },
    /// A part of the key is not UTF-8 once its percent escapes are decoded.
    NotUtf8,
    /// The issuer or the account cannot be a label.
    Label(LabelFault),
    /// The export of another app cannot be used.
    Export(ExportFault),
}

/// What a secret that is not base32 looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Base32, but for a digit that base32 does not have.
    ForeignDigit,
    /// Hexadecimal digits.
    Hex,
    /// Neither.
    Nothing,
}

impl KeyFault {
    /// What is wrong: one sentence, without anything of the key.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// What to do about it: one or two sentences.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "Paste the key that the service shows, or the text of its QR code.",
            Self::TooLong | Self::SecretTooLong => "Copy only the key that the service shows.",
            Self::NotAKey => {
                "A pairing key begins with otpauth://totp/ or otpauth://hotp/, or is the secret of letters \
                 and the digits 2 to 7 that services show to those who cannot scan."
            }
            Self::WebAddress => {
                "Open the page and copy the key that it shows, often behind the words \"can't scan\"."
            }
            Self::SeveralKeys => "Pair them one at a time.",
            Self::NotYet { what } => what.hint(),
            Self::NeedsService => {
                "If the digits are a secret in base32, write base32: in front of them."
            }
            Self::Link => {
                "Copy the address again from the organisation's page, or type the 12 digits."
            }
            Self::Service => "A service's address looks like https://id.example.org.",
            Self::UnknownKind => {
                "Behind otpauth:// stands totp or hotp. If it does not, the key was cut off or is for \
                 another program."
            }
            Self::SecretMissing | Self::SecretEmpty => {
                "The key may have been cut off. Copy it again, from its first character to its last."
            }
            Self::NotBase32 { likeness, .. } => likeness.hint(),
            Self::NotHex => "A byte is two of the digits 0 to 9 and the letters a to f.",
            Self::Digits => "Passcodes have 6, 7 or 8 digits, and those of Steam 5 characters.",
            Self::Period => "Ask the service for the right time step; most use 30 seconds.",
            Self::Counter => "A counter is from 0 to 18446744073709551615.",
            Self::Algorithm => {
                "Passcodes use SHA1, SHA256 or SHA512, and those of Steam only SHA1."
            }
            Self::CounterOfTimeBased => "Leave out the counter, or pair by a counter-based key.",
            Self::PeriodOfCounterBased => "Leave out the time step, or pair by a time-based key.",
            Self::TwoStep => {
                "Ask the organisation for a key whose second step has a part of 1 to 64 bytes, a secret of 20, 32 or \
                 64, and at most 100,000 rounds."
            }
            Self::NoRandomness => "Try again; if it stays, restart the computer.",
            Self::TwoValues { .. } => "Find out which of the two is right and remove the other.",
            Self::NotUtf8 | Self::Label(_) => {
                "Change or remove the name in the key: it stands before the question mark and behind \
                 issuer=."
            }
            Self::Export(fault) => fault.hint(),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "There is no pairing key.",
            Self::TooLong => {
                return write!(f, "The key is longer than {} bytes.", limits::KEY_BYTES);
            }
            Self::NotAKey => "This is not a pairing key.",
            Self::WebAddress => "This is the address of a web page, not a pairing key.",
            Self::SeveralKeys => "There is more than one pairing key in the text.",
            Self::NotYet { what } => what.message(),
            Self::NeedsService => {
                "This is an organisation's key, which its service has to exchange."
            }
            Self::Link => "The passcode:// address is not whole.",
            Self::Service => "The key names a service whose address cannot be one.",
            Self::UnknownKind => {
                "The key is for a kind of passcode that this program does not make."
            }
            Self::SecretMissing => "The key has no secret.",
            Self::SecretEmpty => "The secret in the key is empty.",
            Self::SecretTooLong => {
                return write!(f, "The secret is longer than {} bytes.", limits::SECRET_BYTES);
            }
            Self::NotBase32 { position, .. } => {
                return write!(f, "Character {position} of the secret is not one of base32.");
            }
            Self::NotHex => "The secret is not made of pairs of hexadecimal digits.",
            Self::Digits => "There are no passcodes of the length that is asked for.",
            Self::Period => {
                return write!(f, "The time step is not one of 1 to {} seconds.", limits::PERIOD);
            }
            Self::Counter => "The counter in the key is not a whole number of 64 bits.",
            Self::Algorithm => "The hash that is asked for does not go with these passcodes.",
            Self::CounterOfTimeBased => "Time-based passcodes have no counter.",
            Self::PeriodOfCounterBased => "Counter-based passcodes have no time step.",
            Self::TwoStep => "The second step that the key asks for is out of range.",
            Self::NoRandomness => "The system gives no random bytes for the second step.",
            Self::TwoValues { parameter } => {
                return write!(
                    f,
                    "The key gives its parameter {parameter} twice, with two values."
                );
            }
            Self::NotUtf8 => "A part of the key is not valid UTF-8.",
            Self::Label(fault) => {
                return write!(f, "The issuer or the account in the key {fault}.");
            }
            Self::Export(fault) => return fault.fmt(f),
        })
    }
}

impl std::error::Error for KeyFault {}

impl From<ExportFault> for KeyFault {
    fn from(fault: ExportFault) -> Self {
        Self::Export(fault)
    }
}

impl From<ParameterFault> for KeyFault {
    fn from(fault: ParameterFault) -> Self {
        match fault {
            ParameterFault::Digits => Self::Digits,
            ParameterFault::Period => Self::Period,
        }
    }
}

impl Likeness {
    fn hint(self) -> &'static str {
        match self {
            Self::ForeignDigit => {
                "Base32 does not have the digits 0, 1, 8 and 9; it may be the letter O, I, L or B. Compare \
                 with what the service shows."
            }
            Self::Hex => {
                "If the secret is hexadecimal, pair by the secret alone with hex: in front of it."
            }
            Self::Nothing => {
                "Base32 is the letters A to Z and the digits 2 to 7. Copy the secret again."
            }
        }
    }
}
