//! Names that people give and see: profile names, issuers, accounts. A label that exists is safe to print.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits;

/// A short text without control or bidirectional-formatting characters, not blank at either end.
///
/// Empty labels exist only where a key gave no issuer or account; a profile's name is never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

/// Why a text cannot be a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelFault {
    /// Longer than [`limits::LABEL_BYTES`].
    TooLong,
    /// Holds a control character, a line break, or one that turns the direction of writing.
    Unprintable,
}

impl fmt::Display for LabelFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "is longer than {} bytes", limits::LABEL_BYTES),
            Self::Unprintable => f.write_str("holds control or text-direction characters"),
        }
    }
}

impl std::error::Error for LabelFault {}

impl Label {
    /// Checks `text`, without the white space around it.
    pub fn new(text: &str) -> Result<Self, LabelFault> {
        let text = text.trim();
        if text.len() > limits::LABEL_BYTES {
            return Err(LabelFault::TooLong);
        }
        if text.chars().any(is_unprintable) {
            return Err(LabelFault::Unprintable);
        }
        Ok(Self(text.to_owned()))
    }

    /// `text` as far as a label can say it: without the characters that it cannot hold, and cut. For texts that others
    /// chose and that are shown all the same.
    pub fn cleaned(text: &str) -> Self {
        let mut kept: String = text.chars().filter(|c| Self::can_hold(*c)).collect();
        kept.truncate(kept.floor_char_boundary(limits::LABEL_BYTES));
        Self(kept.trim().to_owned())
    }

    /// Whether a label can hold the character.
    pub fn can_hold(c: char) -> bool {
        !is_unprintable(c)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spelling by which labels are compared: two names that differ only in case are one.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Control characters, line and paragraph separators, bidi controls (UAX #9) and invisible fillers.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_hold_what_would_forge_a_line() {
        for text in [
            "a\nb",
            "a\u{1b}[31m",
            "pay\u{202E}lap",
            "a\u{2066}b",
            "a\u{200B}b",
            "x\u{85}y",
            "nul\0l",
        ] {
            assert_eq!(Label::new(text), Err(LabelFault::Unprintable), "{text:?}");
        }
        assert_eq!(Label::new(&"ä".repeat(129)), Err(LabelFault::TooLong));
        assert_eq!(Label::new(&"ä".repeat(128)).unwrap().as_str().len(), 256);
    }

    #[test]
    fn white_space_around_a_label_does_not_count() {
        assert_eq!(Label::new("  ACME Corp \n").unwrap().as_str(), "ACME Corp");
    }
}
