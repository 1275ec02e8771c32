//! `passcoded helper watch` on a desktop of the test's own, listened to line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::Desktop;
use crate::{programs, wait};

/// The helper; ended when dropped.
pub struct Watcher {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Watcher {
    /// Starts it on a desktop.
    pub fn start(desktop: &Desktop) -> Self {
        Self::start_with(desktop, &[])
    }

    /// Starts it on a desktop, with more variables in its environment.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start_with(desktop: &Desktop, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(programs::passcoded());
        command.args(["helper", "watch"]).env_clear().envs(desktop.variables());
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the helper can be started");
        let out = BufReader::new(child.stdout.take().expect("a pipe from its output"));
        let (said, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // The test may be over.
                let _ = said.send(line);
            }
        });
        Self { stdin: child.stdin.take(), child, lines }
    }

    /// The next line.
    ///
    /// # Panics
    /// When none comes.
    pub fn line(&self) -> String {
        let line = self.lines.recv_timeout(wait::PATIENCE);
        line.expect("waited in vain for a line of the helper")
    }

    /// Checks that the next lines are these.
    ///
    /// # Panics
    /// When they are others.
    pub fn expect(&self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.line(), *line, "instead of one of {lines:?}");
        }
    }

    /// The lines that have come until now.
    pub fn so_far(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Tells it something.
    ///
    /// # Panics
    /// When it has ended.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("its input is open");
        writeln!(stdin, "{line}").expect("it listens");
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the helper's state").is_none()
    }

    /// Closes its standard input, as an agent that ends does, and waits for its end.
    ///
    /// # Panics
    /// When it does not end.
    pub fn hang_up(mut self) -> ExitStatus {
        self.stdin = None;
        wait::until("the helper to end", || self.child.try_wait().expect("the helper's state"))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // It fails only when the helper has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
