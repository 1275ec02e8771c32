//! Windows and macOS, where no shortcut is listened for yet.

use super::ShortcutFault;
use super::keys::Keys;

/// A shortcut, of which there is none.
#[derive(Debug)]
pub enum Shortcut {}

impl Shortcut {
    /// Fails.
    ///
    /// # Errors
    /// Always.
    pub fn listen(_: &Keys, _: impl Fn() + Send + 'static) -> Result<Self, ShortcutFault> {
        Err(ShortcutFault::NotHere)
    }

    /// There are no keys to tell.
    pub fn keys(&self) -> &str {
        match *self {}
    }
}
