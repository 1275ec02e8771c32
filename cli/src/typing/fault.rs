//! What keeps a code from being typed, and what to do about it.

use passcode_proto::reply::Validity;

use crate::output::Failure;

/// Why nothing can be typed, or no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each system has its own")]
pub enum TypingFault {
    /// This system is not supported yet.
    NotHere,
    /// There is neither Wayland nor X11.
    NoScreen,
    /// The X11 display cannot be reached, or breaks off.
    Display,
    /// The X11 display has not what typing takes.
    NoExtension,
    /// The Wayland desktop has no portal for typing.
    NoPortal,
    /// No window has the focus.
    NoFocus,
    /// Another window has the focus than the one that was noted.
    Moved,
    /// The user holds a key down.
    Held,
    /// Another program has the keyboard for itself.
    Taken,
    /// A character is on no key, and no key is free for it.
    NoKey,
    /// The user does not want it.
    Denied,
    /// The desktop has ended it.
    Ended,
    /// The desktop does not answer.
    Late,
}

impl TypingFault {
    fn message(self) -> &'static str {
        match self {
            Self::NotHere => "On this system nothing is typed yet.",
            Self::NoScreen => "There is no screen: neither a Wayland session nor an X11 display.",
            Self::Display => "The X11 display cannot be used.",
            Self::NoExtension => "The X11 display lets no program type.",
            Self::NoPortal => "The desktop lets no program type: it has no RemoteDesktop portal.",
            Self::NoFocus => "No window has the focus.",
            Self::Moved => "Another window has the focus now.",
            Self::Held => "A key is still held down.",
            Self::Taken => "Another program has the keyboard for itself.",
            Self::NoKey => "The keyboard has no key for a character, and none to spare.",
            Self::Denied => "The desktop was told not to let this program type.",
            Self::Ended => "The desktop does not let this program type any more.",
            Self::Late => "The desktop did not answer in time.",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::NotHere | Self::NoExtension | Self::NoPortal | Self::NoKey => {
                "Use the clipboard instead: passcode get --copy"
            }
            Self::NoScreen => "Print the code instead: passcode get",
            Self::Display => "See that DISPLAY and XAUTHORITY are those of your session.",
            Self::NoFocus => "Click into the field first; --delay 3 gives you time for it.",
            Self::Moved => "Click into the field, and leave it there until the code is typed.",
            Self::Held => "Release all keys, and try again.",
            Self::Taken => "Close the menu, question or screen lock that has it, and try again.",
            Self::Denied => "Try again and allow it, or use the clipboard: passcode get --copy",
            Self::Ended | Self::Late => "Try again, or use the clipboard: passcode get --copy",
        }
    }
}

impl From<TypingFault> for Failure {
    fn from(fault: TypingFault) -> Self {
        use TypingFault::{Denied, Ended, Held, Late, Moved, NoFocus, Taken};
        let failure = match fault {
            NoFocus | Moved | Held | Taken | Denied | Ended | Late => Self::refused,
            _ => Self::local,
        };
        failure("typing", fault.message(), fault.hint())
    }
}

/// Typing that stopped before its end, after the code had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    pub fault: TypingFault,
    /// How many characters had been typed, if that is known.
    pub typed: Option<usize>,
}

impl Stopped {
    /// The failure, with what has become of the code.
    pub fn failure(self, validity: &Validity) -> Failure {
        let spent = match validity {
            Validity::Count { .. } => "The code is spent; the next try gives the next one.",
            Validity::Time { .. } => "The code counts as given.",
        };
        let typed = match self.typed {
            Some(0) => "Nothing was typed.".to_owned(),
            Some(typed) => format!("Typing stopped after {typed} characters."),
            None => "It is not known what was typed.".to_owned(),
        };
        Failure::from(self.fault).after(&typed).with_hint(format!("{spent} {}", self.fault.hint()))
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::profile::Counter;

    use super::*;

    #[test]
    fn a_failure_says_how_far_it_came_and_what_became_of_the_code() {
        let stopped = |typed| Stopped { fault: TypingFault::Moved, typed };
        let counted = Validity::Count { counter: Counter(7) };
        let failure = stopped(Some(0)).failure(&counted);
        assert_eq!(failure.message(), "Nothing was typed. Another window has the focus now.");
        let failure = stopped(Some(3)).failure(&counted);
        assert!(failure.message().starts_with("Typing stopped after 3 characters."));
        let failure = stopped(None).failure(&counted);
        assert!(failure.message().starts_with("It is not known what was typed."));
    }
}
