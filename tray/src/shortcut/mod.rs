//! A shortcut that works whatever window has the focus: under X11 by a grab of its keys ([`x11`]), under Wayland by the
//! desktop's portal ([`portal`]), which lets the user choose other ones. What the keys are called is [`keys`].

#[cfg(all(unix, not(target_os = "macos")))]
mod desktop;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod elsewhere;
mod keys;
#[cfg(all(unix, not(target_os = "macos")))]
mod portal;
#[cfg(all(test, target_os = "linux"))]
mod tests;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use std::fmt;

#[cfg(all(unix, not(target_os = "macos")))]
pub use desktop::Shortcut;
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub use elsewhere::Shortcut;
pub use keys::{Keys, KeysFault, Modifier};

/// Why a shortcut cannot be listened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each system has its own")]
pub enum ShortcutFault {
    /// This system is not supported yet.
    NotHere,
    /// There is neither Wayland nor X11.
    NoScreen,
    /// The X11 display cannot be reached.
    Display,
    /// The keyboard has no such key.
    NoKey,
    /// Another program has these keys.
    Taken,
    /// The desktop has no portal for shortcuts, or does not know this program.
    NoPortal,
    /// The user does not want it.
    Denied,
    /// The display or the desktop does not answer.
    Late,
}

impl fmt::Display for ShortcutFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHere => "on this system no shortcut is listened for yet",
            Self::NoScreen => "there is neither a Wayland session nor an X11 display",
            Self::Display => "the X11 display cannot be used",
            Self::NoKey => "the keyboard has no such key",
            Self::Taken => "another program has this shortcut",
            Self::NoPortal => "the desktop gives this program no shortcuts; bind `passcode type` to a key in its settings",
            Self::Denied => "the desktop was told to give no shortcut",
            Self::Late => "the desktop did not answer in time",
        })
    }
}

impl std::error::Error for ShortcutFault {}
