//! Keeping what the user sets while the agent runs, so that it holds at the next start too. What a setting means is in
//! [`crate::rules`].

use std::time::Duration;

/// How long a vault stays open, as the user wants it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedTimes {
    /// Idle time after which it locks, zero for never; none to leave it as it is.
    pub idle_lock: Option<Duration>,
    /// Time after which it locks in any case, zero for never; none to leave it as it is.
    pub max_open: Option<Duration>,
}

/// Keeps settings.
pub trait Settings: Send + Sync {
    /// Keeps these times. Blocking.
    ///
    /// # Errors
    /// A sentence that says why they could not be kept; then nothing has changed.
    fn keep(&self, times: WantedTimes) -> Result<(), String>;
}
