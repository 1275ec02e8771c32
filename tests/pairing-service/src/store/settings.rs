//! What the administrator decides, in one row.

use rusqlite::{Connection, OptionalExtension, Result};
use serde::{Deserialize, Serialize};

use super::devices::Passcodes;
use crate::crypto::otp::Algorithm;
use crate::ranges::Range;

/// What the organisation asks of its users and their devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Digits of the PIN that agents ask for: 4, 6, or 0 for none.
    pub pin: u8,
    /// Whether agents may export what they were given.
    pub export: bool,
    /// How the passcodes of new devices are made.
    pub passcodes: Passcodes,
    /// Devices that an account may have.
    pub devices: u32,
    /// How long a pairing key can be used, in seconds.
    pub key_lifetime: i64,
    /// Where devices may be paired from; empty for everywhere.
    pub ranges: Vec<Range>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            pin: 0,
            export: false,
            passcodes: Passcodes { is_timed: false, algorithm: Algorithm::Sha1, digits: 6 },
            devices: 3,
            key_lifetime: 30 * 60,
            ranges: Vec::new(),
        }
    }
}

pub fn policy(db: &Connection) -> Result<Policy> {
    let text: Option<String> = db
        .query_row("SELECT value FROM settings WHERE name = 'policy'", [], |row| row.get(0))
        .optional()?;
    match text {
        Some(text) => serde_json::from_str(&text).map_err(|_| rusqlite::Error::InvalidQuery),
        None => Ok(Policy::default()),
    }
}

pub fn set_policy(db: &Connection, policy: &Policy) -> Result<()> {
    let text = serde_json::to_string(policy).expect("a policy can be written");
    db.execute("INSERT OR REPLACE INTO settings VALUES ('policy', ?)", [text]).map(drop)
}
