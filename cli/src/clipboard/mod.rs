//! Where `--copy` puts a code: the desktop's clipboard when there is a desktop, else the terminal's by OSC 52.
//!
//! A clipboard is opened before the code is asked for, so that no counter is spent on a code that cannot be put
//! anywhere. How each way works is [`desktop`] with its child [`owner`], and [`terminal`].

mod desktop;
pub mod owner;
mod terminal;

use passcode_proto::SecretText;
use passcode_proto::reply::Validity;

use crate::output::Failure;
pub use desktop::has_desktop;

/// How long a counter-based code stays in the clipboard, in seconds.
const COUNTED: u32 = 30;

/// How long any code stays in the clipboard at the most, in seconds.
const LONGEST: u32 = 60;

/// Seconds that a text may stay in the clipboard, 1 to [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(u32);

impl Lifetime {
    /// Until the code is over.
    pub fn of(validity: &Validity) -> Self {
        match validity {
            Validity::Time { seconds_left, .. } => Self::seconds(*seconds_left),
            Validity::Count { .. } => Self::seconds(COUNTED),
        }
    }

    fn seconds(seconds: u32) -> Self {
        Self(seconds.clamp(1, LONGEST))
    }
}

/// A clipboard that is ready to take a text.
#[derive(Debug)]
pub enum Clipboard {
    /// The desktop's, held by a child of ours.
    Desktop(desktop::Child),
    /// The terminal's, wherever its user sits.
    Terminal(terminal::Terminal),
}

/// What became of a text that was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The desktop's clipboard holds it.
    Desktop(Lifetime),
    /// tmux passed it to its terminal.
    Tmux,
    /// The terminal was asked to take it.
    Terminal,
}

impl Copied {
    /// What happened, for people.
    pub fn in_words(self) -> String {
        match self {
            Self::Desktop(Lifetime(seconds)) => {
                format!("Copied; it leaves the clipboard in {seconds} s.")
            }
            Self::Tmux => "Sent to the terminal's clipboard through tmux.".to_owned(),
            Self::Terminal => {
                "Sent to the terminal's clipboard (OSC 52); some terminals refuse it.".to_owned()
            }
        }
    }
}

/// Opens the clipboard: of the desktop, else of the terminal.
pub fn open() -> Result<Clipboard, Failure> {
    let desktop = desktop::Child::start().map(Clipboard::Desktop);
    let clipboard = desktop.or_else(|| terminal::Terminal::open().map(Clipboard::Terminal));
    clipboard.ok_or_else(|| {
        Failure::local(
            "clipboard",
            "There is no clipboard: neither a desktop nor a terminal can take the code.",
            "Leave out --copy and use what is printed; no code was spent.",
        )
    })
}

impl Clipboard {
    /// Puts `text` into the clipboard.
    pub fn put(self, text: &SecretText, lifetime: Lifetime) -> Result<Copied, Failure> {
        match self {
            Self::Desktop(child) => match child.put(text, lifetime) {
                true => Ok(Copied::Desktop(lifetime)),
                false => terminal::Terminal::open()
                    .and_then(|terminal| terminal.put(text))
                    .ok_or_else(refused),
            },
            Self::Terminal(terminal) => terminal.put(text).ok_or_else(refused),
        }
    }
}

fn refused() -> Failure {
    Failure::local(
        "clipboard",
        "The clipboard did not take the code.",
        "Leave out --copy and use what is printed.",
    )
}
