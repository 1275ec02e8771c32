//! Time steps: which one a moment falls into, and from when to when its passcode is valid.

use super::Parameters;

/// One time step of time-based passcodes. Times are in seconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its number, the moving factor of its passcode (RFC 6238 §4.2, `T`).
    pub number: u64,
    /// Its first second.
    pub valid_from: u64,
    /// The first second of the next step.
    pub valid_to: u64,
}

impl Parameters {
    /// The step that `unix_seconds` falls into; `None` for counter-based passcodes, which have no steps.
    pub fn step_at(&self, unix_seconds: u64) -> Option<Step> {
        let period = u64::from(self.period());
        let number = unix_seconds.checked_div(period)?;
        let valid_from = number * period;
        Some(Step { number, valid_from, valid_to: valid_from.saturating_add(period) })
    }
}
