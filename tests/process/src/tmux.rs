//! A terminal that somebody sits at: tmux, with a server of its own, so that what stands on the screen can be read
//! and keys can be pressed.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::run::Run;
use crate::{site, tools, wait};

/// A terminal of 100 columns and 24 rows; it ends with what runs in it.
#[derive(Debug)]
pub struct Terminal {
    folder: TempDir,
}

impl Terminal {
    /// A terminal with a shell in it, whose environment has the given variables too.
    ///
    /// # Panics
    /// When tmux is missing or fails.
    pub fn open(variables: &[(&str, &str)]) -> Self {
        tools::need("tmux", "tmux");
        let terminal = Self { folder: site::folder() };
        let start = variables
            .iter()
            .fold(terminal.tmux(&["-f", "/dev/null"]), |run, (name, value)| run.env(name, value));
        let shell = ["new-session", "-d", "-x", "100", "-y", "24", "env PS1='$ ' sh"];
        start.env("SHELL", "/bin/sh").args(shell).output();
        terminal.wait_for("$");
        terminal
    }

    /// Types text and presses Enter.
    pub fn enter(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]).output();
        self.press("Enter");
    }

    /// Presses a key, by tmux's name for it.
    pub fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]).output();
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"]).output()
    }

    /// What stands on the screen, with the control sequences for colours and the like.
    pub fn dressed_screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e"]).output()
    }

    /// One of tmux's own variables, such as `alternate_on`.
    pub fn variable(&self, name: &str) -> String {
        self.tmux(&["display-message", "-p", &format!("#{{{name}}}")]).output().trim().to_owned()
    }

    /// Waits until `text` stands on the screen, and gives the whole screen.
    ///
    /// # Panics
    /// When it never does.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("\"{text}\" on the screen"), |screen| screen.contains(text))
    }

    /// Waits until the screen is as `is_so` wants it, and gives it.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let mut screen = String::new();
        let seen = wait::within(wait::PATIENCE, || {
            screen = self.screen();
            is_so(&screen).then_some(())
        });
        assert!(seen.is_some(), "waited in vain for {what}:\n{screen}");
        screen
    }

    /// A command to this terminal's server.
    pub fn tmux(&self, arguments: &[&str]) -> Run {
        Run::new("tmux").args(["-u", "-S"]).arg(self.socket()).args(arguments)
    }

    /// The same as a line of shell, for another terminal.
    pub fn command_line(&self, command: &str) -> String {
        format!("tmux -u -S '{}' {command}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("tmux.socket")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The server may have ended with its shell.
        let _ = self.tmux(&["kill-server"]).try_end();
    }
}
