//! A terminal of its own for a program, by `script`: what it shows can be waited for, and answered.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

use crate::machine::Machine;

/// A program in a terminal; ended when dropped.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    shown: PathBuf,
}

impl Terminal {
    /// Runs a program there; a machine has one terminal at the most.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn open(machine: &Machine, program: Run) -> Self {
        let script = machine.need("script");
        let inner = program.into_command();
        let words = std::iter::once(inner.get_program()).chain(inner.get_args());
        let quoted = words.map(|word| format!("'{}'", word.to_string_lossy()));
        let command = quoted.collect::<Vec<_>>().join(" ");
        let variables = inner.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?)));
        let run = machine.user(script).args(["--quiet", "--return", "--command", &command]);
        let run = variables.fold(run.arg("/dev/null"), |run, (name, value)| run.env(name, value));
        let shown = machine.folder("terminal").join("shown");
        let output = File::create(&shown).expect("a file");
        let mut outer = run.into_command();
        outer.stdin(Stdio::piped()).stderr(output.try_clone().expect("a file")).stdout(output);
        Self { child: outer.spawn().expect("a terminal"), shown }
    }

    /// What it has shown.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.shown).unwrap_or_default()).into_owned()
    }

    /// Waits until it shows `text`.
    ///
    /// # Panics
    /// When it never does.
    pub fn wait_for(&self, text: &str) {
        let shows = wait::within(wait::PATIENCE, || self.shown().contains(text).then_some(()));
        assert!(shows.is_some(), "waited in vain for {text}: {}", self.shown());
    }

    /// Types a line.
    ///
    /// # Panics
    /// When nobody reads it.
    pub fn type_line(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("a terminal to type in");
        input.write_all(format!("{line}\n").as_bytes()).expect("a terminal that reads");
    }

    /// Waits for the end of the program, and gives all that was shown.
    ///
    /// # Panics
    /// When it does not end, or not well.
    pub fn end(mut self) -> String {
        let ended = wait::within(wait::PATIENCE, || self.child.try_wait().ok().flatten());
        let shown = self.shown();
        assert!(ended.is_some_and(|status| status.success()), "{ended:?}: {shown}");
        shown
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It fails only when the program has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
