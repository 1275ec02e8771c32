//! The lines between the agent and the helper that watches the session; the helper's own page lists them. A line that
//! is not known is no line: whoever reads it goes on.

use std::fmt;

/// The longest line in bytes, without its line break. Every line that is known is much shorter.
pub const LONGEST: usize = 200;

/// What the helper says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The screen is locked.
    Locked,
    /// The screen is no longer locked.
    Unlocked,
    /// The machine is about to sleep, for the time of this number; it waits for [`Order::Sleep`].
    Suspending(u64),
    /// The machine is awake again.
    Resumed,
    /// The seat shows another session.
    Away,
    /// The seat shows this session again.
    Back,
    /// The session has ended.
    LoggedOut,
    /// All that cannot be listened for.
    Missing(Vec<Gap>),
}

impl Line {
    /// Reads a line without its line break.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let read = match words.next()? {
            "missing" => return Some(Self::Missing(words.filter_map(Gap::parse).collect())),
            "suspending" => Self::Suspending(words.next()?.parse().ok()?),
            "locked" => Self::Locked,
            "unlocked" => Self::Unlocked,
            "resumed" => Self::Resumed,
            "away" => Self::Away,
            "back" => Self::Back,
            "logged-out" => Self::LoggedOut,
            _ => return None,
        };
        words.next().is_none().then_some(read)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("locked"),
            Self::Unlocked => f.write_str("unlocked"),
            Self::Suspending(number) => write!(f, "suspending {number}"),
            Self::Resumed => f.write_str("resumed"),
            Self::Away => f.write_str("away"),
            Self::Back => f.write_str("back"),
            Self::LoggedOut => f.write_str("logged-out"),
            Self::Missing(gaps) => {
                f.write_str("missing")?;
                gaps.iter().try_for_each(|gap| write!(f, " {}", gap.word()))
            }
        }
    }
}

/// What the agent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The machine may sleep, for the time of this number.
    Sleep(u64),
}

impl Order {
    /// Reads a line without its line break.
    pub fn parse(line: &str) -> Option<Self> {
        line.strip_prefix("sleep ")?.parse().ok().map(Self::Sleep)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sleep(number) = self;
        write!(f, "sleep {number}")
    }
}

/// A source that cannot be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// No screen saver answers, and logind knows no session of ours.
    ScreenLocks,
    /// No screen saver answers, but logind knows our session.
    ScreenSaver,
    /// logind does not answer.
    Logind,
    /// logind knows no session of ours.
    Session,
    /// logind does not delay sleep for us.
    Delay,
}

impl Gap {
    const ALL: [Self; 5] =
        [Self::ScreenLocks, Self::ScreenSaver, Self::Logind, Self::Session, Self::Delay];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gap| gap.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::ScreenLocks => "screen-locks",
            Self::ScreenSaver => "screen-saver",
            Self::Logind => "logind",
            Self::Session => "session",
            Self::Delay => "delay",
        }
    }

    /// What it means for the user, and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ScreenLocks => {
                "Screen locks are not announced here: no screen saver answers \
                 (org.freedesktop.ScreenSaver, org.gnome.ScreenSaver and the like), and logind does \
                 not know this session; lock by hand with: passcode lock"
            }
            Self::ScreenSaver => {
                "Screen locks are announced here by loginctl lock-session alone: no screen saver \
                 answers (org.freedesktop.ScreenSaver, org.gnome.ScreenSaver and the like); \
                 otherwise lock by hand with: passcode lock"
            }
            Self::Logind => {
                "Sleep, user switches and logging out are not announced here: logind does not \
                 answer on the system bus; lock by hand with: passcode lock"
            }
            Self::Session => {
                "User switches and logging out are not announced here: logind does not know this \
                 session; lock by hand with: passcode lock"
            }
            Self::Delay => {
                "The machine may be asleep before the vault is locked: logind does not delay sleep \
                 for the agent; lock by hand with: passcode lock"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let lines = [
            Line::Locked,
            Line::Unlocked,
            Line::Suspending(u64::MAX),
            Line::Resumed,
            Line::Away,
            Line::Back,
            Line::LoggedOut,
            Line::Missing(Vec::new()),
            Line::Missing(Gap::ALL.to_vec()),
        ];
        for line in lines {
            let text = line.to_string();
            assert_eq!(Line::parse(&text), Some(line), "{text}");
            assert!(text.len() <= LONGEST, "{text}");
        }
        assert_eq!(Order::parse(&Order::Sleep(7).to_string()), Some(Order::Sleep(7)));
    }

    #[test]
    fn what_is_not_a_line_is_none() {
        for text in
            ["", " ", "lock", "LOCKED", "locked ", " locked", "locked now", "suspending", "sleep 1"]
        {
            assert_eq!(Line::parse(text), None, "{text:?}");
        }
        for text in ["suspending one", "suspending -1", "suspending 1 2", "unlocked\r"] {
            assert_eq!(Line::parse(text), None, "{text:?}");
        }
        for text in ["", "sleep", "sleep ", "sleep one", "sleep 1 2", "locked"] {
            assert_eq!(Order::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_gap_that_a_later_helper_names_is_left_out() {
        let line = Line::parse("missing logind moonlight delay");
        assert_eq!(line, Some(Line::Missing(vec![Gap::Logind, Gap::Delay])));
    }

    #[test]
    fn every_gap_says_what_to_do() {
        for gap in Gap::ALL {
            assert!(gap.sentence().ends_with("lock by hand with: passcode lock"), "{gap:?}");
        }
    }
}
