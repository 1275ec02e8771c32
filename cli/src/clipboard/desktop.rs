//! The near end of the desktop's clipboard. Under X11 and Wayland a copied text lives in the program that copied it,
//! so a child of ours holds it for as long as it is good; the text goes to it by a pipe, never as an argument.
//!
//! The child says a line when the clipboard is open, and another when it holds the text.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use passcode_proto::SecretText;

use super::Lifetime;

/// What the child says when it has opened the clipboard.
pub const READY: &str = "ready";

/// What the child says when the clipboard holds the text.
pub const HELD: &str = "held";

/// The argument that makes this program the child; no command that users see.
pub const COMMAND: &str = "clipboard-owner";

/// A child that has opened the clipboard and waits for the text. It ends when this is dropped.
#[derive(Debug)]
pub struct Child {
    pipe: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Child {
    /// Starts the child; `None` when there is no desktop or it cannot be reached.
    pub fn start() -> Option<Self> {
        if !has_desktop() {
            return None;
        }
        let mut command = Command::new(env::current_exe().ok()?);
        command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        outlive_terminal(&mut command);
        let mut process = command.spawn().ok()?;
        let mut child =
            Self { pipe: process.stdin.take()?, said: BufReader::new(process.stdout.take()?) };
        // A live list goes on after this; the child must not stay a zombie until it ends.
        thread::spawn(move || process.wait());
        says(&mut child.said, READY).then_some(child)
    }

    /// Hands the text over; `false` when the clipboard did not take it.
    pub fn put(mut self, text: &SecretText, lifetime: Lifetime) -> bool {
        let head = format!("{}\n", lifetime.0);
        let sent = self
            .pipe
            .write_all(head.as_bytes())
            .and_then(|()| self.pipe.write_all(text.expose().as_bytes()));
        // The text is complete when the pipe is closed.
        drop(self.pipe);
        sent.is_ok() && says(&mut self.said, HELD)
    }
}

fn says(said: &mut impl BufRead, word: &str) -> bool {
    let mut line = String::new();
    said.read_line(&mut line).is_ok() && line.trim_end() == word
}

/// Whether there is a desktop that can have a clipboard.
pub fn has_desktop() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

/// Gives the child a process group of its own, so that Ctrl-C here does not empty the clipboard.
#[cfg(unix)]
fn outlive_terminal(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(windows)]
fn outlive_terminal(command: &mut Command) {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    std::os::windows::process::CommandExt::creation_flags(
        command,
        CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW,
    );
}
