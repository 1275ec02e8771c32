//! The secret that is typed into the live list to unlock the vault: never shown, wiped when it is not needed any more.

use std::fmt;

use passcode_proto::SecretText;
use passcode_proto::request::Unlock;
use zeroize::Zeroizing;

use crate::input::Kind;
use crate::unlocking;

/// A question, and what was typed so far.
pub struct Question {
    kind: Kind,
    /// What was given before.
    given: Unlock,
    /// Never grows past its first capacity, so that no copy is left behind.
    typed: Zeroizing<String>,
}

impl Question {
    /// Asks for a secret of this kind, to be added to what was given.
    pub fn new(kind: Kind, given: Unlock) -> Self {
        Self { kind, given, typed: Zeroizing::new(String::with_capacity(kind.limit())) }
    }

    /// Adds a character, if there is room.
    pub fn add(&mut self, c: char) {
        if self.typed.len() + c.len_utf8() <= self.kind.limit() {
            self.typed.push(c);
        }
    }

    /// Takes the last character away.
    pub fn erase(&mut self) {
        self.typed.pop();
    }

    /// What to unlock with; none when nothing was typed.
    pub fn answered(self) -> Option<Unlock> {
        let Self { kind, mut given, mut typed } = self;
        if typed.is_empty() {
            return None;
        }
        unlocking::put(kind, SecretText::new(std::mem::take(&mut typed)), &mut given);
        Some(given)
    }

    /// The question, with an asterisk for each character.
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.kind.title(), "*".repeat(self.typed.chars().count()))
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("kind", &self.kind).finish_non_exhaustive()
    }
}
