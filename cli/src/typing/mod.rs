//! Typing into the window that has the focus, where no clipboard reaches.
//!
//! A [`Keyboard`] is opened, aimed and used, in this order, and the agent is asked between the last two: what can go wrong
//! without a code goes wrong before one is spent. How keys reach the window is [`desktop`].

#[cfg(all(unix, not(target_os = "macos")))]
mod desktop;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod elsewhere;
mod fault;

use std::time::Duration;

#[cfg(all(unix, not(target_os = "macos")))]
pub use desktop::Keyboard;
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub use elsewhere::Keyboard;
pub use fault::{Stopped, TypingFault};

/// How a text is typed.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "not every system types")]
pub struct Manner {
    /// Between two keys.
    pub pause: Duration,
    /// Whether Return comes last.
    pub enter: bool,
}
