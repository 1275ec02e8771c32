//! Answers for programs that log in: a password, and what a prompt asks for.

use serde::{Deserialize, Serialize};

use crate::label::Label;
use crate::secret::SecretText;

/// Answer to `password.use`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The profile's name.
    pub profile: Label,
    /// The password, by itself or joined with a code.
    pub text: SecretText,
}

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meant {
    /// A passcode.
    #[serde(rename = "code")]
    Code,
    /// The password that belongs to it.
    #[serde(rename = "password")]
    Password,
    /// Both in one field.
    #[serde(rename = "password+code")]
    PasswordAndCode,
    /// The user's name.
    #[serde(rename = "user")]
    User,
    /// Something else, which only the user can answer.
    #[serde(rename = "unknown")]
    Unknown,
    /// A rule forbids to answer.
    #[serde(rename = "refuse")]
    Refuse,
}

/// Answer to `prompt.explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// What the prompt asks for.
    pub answer: Meant,
    /// The profile that a rule names for it; else the default one is meant.
    pub profile: Option<Label>,
    /// The host that is logged in to, when it was said or could be read.
    pub host: Option<Label>,
    /// How often the same process has shown the same prompt before: what it was given then was refused.
    pub again: u32,
}
