//! The clipboard of a display as other programs see it, by `xclip`: what is in it, what is said of that, and somebody
//! else who copies.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use passcode_process_tests::run::Run;
use passcode_process_tests::{tools, wait};

use crate::program::Program;
use crate::session::Session;

/// How programs that keep a history of the clipboard are told to leave something out; it holds `secret` then.
pub const HINT: &str = "x-kde-passwordManagerHint";

/// How long somebody who has copied something may take to give it.
const LIMIT: Duration = Duration::from_secs(5);

/// The clipboard.
#[derive(Debug)]
pub struct Clipboard<'s> {
    session: &'s Session,
}

impl<'s> Clipboard<'s> {
    /// The clipboard of a session's display.
    pub fn of(session: &'s Session) -> Self {
        tools::need("xclip", "xclip");
        Self { session }
    }

    /// What is in it as this kind of thing.
    pub fn read_as(&self, kind: &str) -> Option<String> {
        let read = Run::new("xclip").env("DISPLAY", self.session.display().name()).limit(LIMIT);
        let ended = read.args(["-o", "-selection", "clipboard", "-t", kind]).try_end().ok()?;
        (ended.status == Some(0)).then_some(ended.out)
    }

    /// The text in it.
    pub fn text(&self) -> Option<String> {
        self.read_as("UTF8_STRING").filter(|text| !text.is_empty())
    }

    /// The kinds of things that it can be read as.
    pub fn kinds(&self) -> Vec<String> {
        let kinds = self.read_as("TARGETS").unwrap_or_default();
        kinds.lines().map(str::to_owned).collect()
    }

    /// Waits until there is text in it that `is_it` takes.
    ///
    /// # Panics
    /// When there never is.
    pub fn wait_for(&self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        let found = wait::within(wait::PATIENCE, || self.text().filter(|text| is_it(text)));
        found.unwrap_or_else(|| panic!("no {what} in the clipboard, but {:?}", self.text()))
    }

    /// Waits until there is a code of six digits in it.
    pub fn wait_for_code(&self) -> String {
        self.wait_for("code", |text| {
            text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// Waits until it is empty, for `limit` at the most.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_until_empty(&self, limit: Duration) {
        let empty = wait::within(limit, || self.text().is_none().then_some(()));
        assert!(empty.is_some(), "still in the clipboard: {:?}", self.text());
    }

    /// Somebody else copies a text, and is there to give it for as long as this is held.
    ///
    /// # Panics
    /// When xclip fails.
    pub fn copy_as_another(&self, text: &str) -> Program {
        let file = self.file();
        fs::write(&file, text).expect("a file can be written");
        let mut command = Command::new("xclip");
        command.args(["-quiet", "-selection", "clipboard", "-i"]).arg(&file);
        let other = self.session.start(command);
        self.wait_for("text of another", |copied| copied == text);
        other
    }

    fn file(&self) -> PathBuf {
        self.session.file("copied")
    }
}
