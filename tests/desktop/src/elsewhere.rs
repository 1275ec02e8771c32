//! Another program with a place to paste into, such as a sign-on page has: a terminal, whose line a shell takes down.
//! It is not asked what it thinks of the code: signing on is the organisation's part.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use passcode_process_tests::{tools, wait};

use crate::hand::Hand;
use crate::program::Program;
use crate::session::Session;

const TITLE: &str = "Another program";

/// The other program; gone when dropped.
#[derive(Debug)]
pub struct Elsewhere {
    _program: Program,
    hand: Hand,
    line: PathBuf,
}

impl Elsewhere {
    /// Opens it, and waits until it has the keyboard.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open(session: &Session) -> Self {
        Self::running(session, "read -r line; printf %s \"$line\" >\"$0\"; exec sleep 600")
    }

    /// Opens one that takes down the first six signs as they are typed, without a Return.
    ///
    /// # Panics
    /// When it does not open.
    pub fn with_six_boxes(session: &Session) -> Self {
        Self::running(
            session,
            "stty raw; head -c 6 >\"$0.part\"; mv \"$0.part\" \"$0\"; exec sleep 600",
        )
    }

    fn running(session: &Session, script: &str) -> Self {
        tools::need("xterm", "xterm");
        let line = session.file("line");
        let mut command = Command::new("xterm");
        // It pastes what was selected with the mouse otherwise.
        command.args([
            "-xrm",
            "XTerm*selectToClipboard: true",
            "-T",
            TITLE,
            "-geometry",
            "40x6-0-0",
        ]);
        command.args(["-e", "sh", "-c", script]);
        let program = session.start({
            command.arg(&line);
            command
        });
        session.screen().wait_for(TITLE);
        session.screen().raise(TITLE);
        Self { _program: program, hand: Hand::in_session(session), line }
    }

    /// Pastes what is in the clipboard, and gives what has come.
    pub fn paste(&self) -> String {
        self.hand.presses("shift+Insert");
        self.hand.presses("Return");
        self.taken_down()
    }

    /// What has come, once it is complete.
    pub fn taken_down(&self) -> String {
        wait::until("something typed or pasted", || fs::read_to_string(&self.line).ok())
    }
}
