//! The kinds of secrets that are read: how each is called, how long it can be, and which failure it is when it cannot
//! be one.

use passcode_proto::limits::{KEY_BYTES, PASSPHRASE_BYTES};
use passcode_proto::{Fault, FaultCode};

use crate::output::Failure;

/// Longest password that `--join` takes, in bytes.
const PASSWORD_BYTES: usize = 1024;

/// Longest PIN that is read, in bytes; the agent takes far shorter ones only, and says so.
const PIN_BYTES: usize = 64;

/// Longest recovery code that is read, in bytes, with all blanks and dashes.
const RECOVERY_BYTES: usize = 128;

/// What is read, and how it is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A pairing key.
    Key,
    /// The static half of a password and code.
    Password,
    /// The PIN that is set.
    Pin,
    /// The PIN that another one takes the place of.
    OldPin,
    /// A PIN to be.
    NewPin,
    /// The recovery code.
    Recovery,
    /// The passphrase of the key store, or the one that it is to have.
    Passphrase,
}

impl Kind {
    /// Most bytes that one can have.
    pub const fn limit(self) -> usize {
        match self {
            Self::Key => KEY_BYTES,
            Self::Password => PASSWORD_BYTES,
            Self::Pin | Self::OldPin | Self::NewPin => PIN_BYTES,
            Self::Recovery => RECOVERY_BYTES,
            Self::Passphrase => *PASSPHRASE_BYTES.end(),
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "pairing key",
            Self::Password => "password",
            Self::Pin => "PIN",
            Self::OldPin => "old PIN",
            Self::NewPin => "new PIN",
            Self::Recovery => "recovery code",
            Self::Passphrase => "passphrase",
        }
    }

    /// What it is called at the beginning of a line.
    pub fn title(self) -> String {
        let (first, rest) = self.name().split_at(1);
        first.to_uppercase() + rest
    }

    /// What it is called where it does not matter which of two it is.
    pub const fn general_name(self) -> &'static str {
        match self {
            Self::OldPin | Self::NewPin => Self::Pin.name(),
            other => other.name(),
        }
    }

    /// Refuses a text of more bytes than this kind can have.
    pub fn check_length(self, bytes: usize) -> Result<(), Failure> {
        if bytes <= self.limit() {
            return Ok(());
        }
        Err(self.refused(&format!("is longer than {} bytes", self.limit()), "alone, on one line"))
    }

    /// Refuses bytes that are no text.
    pub fn check_text(self, bytes: &[u8]) -> Result<&str, Failure> {
        str::from_utf8(bytes).map_err(|_| self.refused("is not text in UTF-8", "as text"))
    }

    /// What cannot be of this kind never reaches the agent, so it does not count as a try there.
    fn refused(self, why: &str, how: &str) -> Failure {
        let message = format!("The {} {why}.", self.name());
        let code = match self {
            Self::Key => FaultCode::BadKey,
            Self::NewPin => FaultCode::WeakPin,
            Self::Recovery => FaultCode::WrongRecoveryCode,
            Self::Passphrase => FaultCode::BadPassphrase,
            Self::Password | Self::Pin | Self::OldPin => {
                return Failure::usage(message, format!("Give the {} {how}.", self.name()));
            }
        };
        Fault::because(code, message).into()
    }
}
