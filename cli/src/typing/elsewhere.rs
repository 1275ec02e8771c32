//! Windows and macOS, where nothing is typed yet.

use passcode_proto::SecretText;

use super::{Manner, Stopped, TypingFault};

/// A keyboard, of which there is none.
#[derive(Debug)]
pub enum Keyboard {}

impl Keyboard {
    /// Fails.
    pub fn open() -> Result<Self, TypingFault> {
        Err(TypingFault::NotHere)
    }

    /// There is nothing to aim.
    pub fn aim(self) -> Result<Self, TypingFault> {
        match self {}
    }

    /// There is nothing to type with.
    pub fn type_text(self, _: SecretText, _: Manner) -> Result<(), Stopped> {
        match self {}
    }
}
