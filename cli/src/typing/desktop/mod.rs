//! The keyboards of X11 and of Wayland, and how long they may take. Under X11 keys are made by the XTEST extension, and who
//! gets them is known; under Wayland the desktop's portal takes them, and gives them to whom it likes.

mod keysym;
mod portal;
mod x11;

use std::time::Duration;

use passcode_proto::SecretText;
use passcode_proto::limits::PROMPT_TIME;

use super::{Manner, Stopped, TypingFault};
use crate::patience;

/// How long the desktop may take for what it does at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much longer it may take for each key.
const PATIENCE_PER_KEY: Duration = Duration::from_millis(500);

/// A desktop that takes keys from this program.
#[derive(Debug)]
pub enum Keyboard {
    X11(Box<x11::Keyboard>),
    Portal(portal::Keyboard),
}

/// A keyboard, with the window that its keys are for as far as that can be known.
#[derive(Debug)]
pub enum Aimed {
    X11(Box<x11::Aimed>),
    Portal(portal::Keyboard),
}

impl Keyboard {
    /// Asks the desktop to take keys. Under Wayland the user is asked, the first time.
    pub fn open() -> Result<Self, TypingFault> {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match () {
            () if set("WAYLAND_DISPLAY") => {
                within(PROMPT_TIME, portal::Keyboard::open).map(Self::Portal)
            }
            () if set("DISPLAY") => {
                within(PATIENCE, x11::Keyboard::open).map(Box::new).map(Self::X11)
            }
            () => Err(TypingFault::NoScreen),
        }
    }

    /// Notes which window has the focus, and waits until the user has released all keys.
    pub fn aim(self) -> Result<Aimed, TypingFault> {
        match self {
            Self::X11(keyboard) => {
                within(PATIENCE, || keyboard.aim()).map(Box::new).map(Aimed::X11)
            }
            Self::Portal(keyboard) => Ok(Aimed::Portal(keyboard)),
        }
    }
}

impl Aimed {
    /// Types `text`.
    pub fn type_text(self, text: SecretText, manner: Manner) -> Result<(), Stopped> {
        let keys = u32::try_from(text.expose().len()).unwrap_or(u32::MAX).saturating_add(1);
        let limit = (PATIENCE_PER_KEY + manner.pause).saturating_mul(keys);
        let typed = patience::within(PATIENCE + limit, move || match self {
            Self::X11(keyboard) => keyboard.type_text(&text, manner),
            Self::Portal(keyboard) => keyboard.type_text(&text, manner),
        });
        typed.unwrap_or(Err(Stopped { fault: TypingFault::Late, typed: None }))
    }
}

fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, TypingFault> + Send + 'static,
) -> Result<T, TypingFault> {
    patience::within(limit, work).unwrap_or(Err(TypingFault::Late))
}
