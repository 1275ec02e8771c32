//! The hand of a user, on mouse and keyboard of a display: `xdotool`.
//! Where things are is known by [`crate::element`] and [`crate::panel`].

use passcode_process_tests::run::Run;
use passcode_process_tests::tools;

use crate::session::Session;

/// A hand.
#[derive(Debug, Clone)]
pub struct Hand {
    display: String,
}

/// A button of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// The left one.
    Left = 1,
    /// The middle one.
    Middle = 2,
    /// The right one.
    Right = 3,
}

impl Hand {
    /// A hand in this session.
    pub fn in_session(session: &Session) -> Self {
        tools::need("xdotool", "xdotool");
        Self { display: session.display().name().to_owned() }
    }

    fn does(&self, arguments: &[&str]) {
        Run::new("xdotool").env("DISPLAY", &self.display).args(arguments).output();
    }

    /// Types text where the keyboard is.
    pub fn types(&self, text: &str) {
        self.does(&["type", "--delay", "8", "--", text]);
    }

    /// Presses a key, or keys together, by their X names: `Tab`, `ctrl+c`.
    pub fn presses(&self, key: &str) {
        self.does(&["key", "--clearmodifiers", key]);
    }

    /// Clicks at a place on the display.
    pub fn clicks(&self, button: Button, (x, y): (i32, i32)) {
        let (x, y, button) = (x.to_string(), y.to_string(), (button as i32).to_string());
        self.does(&["mousemove", "--sync", &x, &y, "click", &button]);
    }
}
