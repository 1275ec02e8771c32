//! Running a program to its end: with input, with a limit of time, and with all that it says kept apart.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::wait;

/// How long the usual program may run.
const LIMIT: Duration = Duration::from_secs(30);

/// How long an output may stay open after its program has ended: whoever holds it then was left behind.
const OUTPUT_LIMIT: Duration = Duration::from_secs(5);

/// A program that is about to run. It sees none of our environment but `PATH`.
#[derive(Debug)]
pub struct Run {
    command: Command,
    input: Vec<u8>,
    limit: Duration,
}

impl Run {
    /// The given program.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Self { command, input: Vec::new(), limit: LIMIT }
    }

    /// With one more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// With more arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// With a variable in its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With a folder to run in.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// As the user with this number, whose group has the same; only root can do that.
    pub fn user(mut self, number: u32) -> Self {
        self.command.uid(number).gid(number);
        self
    }

    /// With text on its standard input, which is empty otherwise.
    pub fn input(mut self, text: impl AsRef<[u8]>) -> Self {
        self.input = text.as_ref().to_vec();
        self
    }

    /// With another limit than the usual one.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When there is no such program.
    pub fn start(self) -> Running {
        self.try_start().unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it takes longer than its limit.
    pub fn end(self) -> Ended {
        self.start().end()
    }

    /// Runs it to its end, or as far as it goes; for cleaning up, which must not panic.
    pub fn try_end(self) -> Result<Ended, String> {
        self.try_start()?.try_end()
    }

    /// The same for whoever looks after inputs and outputs otherwise.
    pub fn into_command(self) -> Command {
        self.command
    }

    fn try_start(mut self) -> Result<Running, String> {
        let pipes = (Stdio::piped(), Stdio::piped(), Stdio::piped());
        self.command.stdin(pipes.0).stdout(pipes.1).stderr(pipes.2);
        let name = self.command.get_program().to_string_lossy().into_owned();
        let spawned = self.command.spawn();
        let mut child = spawned.map_err(|error| format!("{name} cannot be run: {error}"))?;
        let mut stdin = child.stdin.take().expect("a pipe to its input");
        // Whether the program reads its input is its own affair.
        thread::spawn(move || stdin.write_all(&self.input));
        let out = listen(child.stdout.take().expect("a pipe from its output"));
        let err = listen(child.stderr.take().expect("a pipe from its errors"));
        Ok(Running { child, name, out, err, limit: self.limit })
    }

    /// Runs it to its end, which has to be a good one, and gives what it printed.
    ///
    /// # Panics
    /// When it fails, with what it said.
    pub fn output(self) -> String {
        let ended = self.end();
        assert_eq!(ended.status, Some(0), "{} failed: {}{}", ended.name, ended.out, ended.err);
        ended.out
    }
}

/// A program that runs; ended when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    out: Receiver<String>,
    err: Receiver<String>,
    limit: Duration,
}

impl Running {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it takes longer than its limit, or leaves somebody behind who holds its output open.
    pub fn end(self) -> Ended {
        self.try_end().unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn try_end(mut self) -> Result<Ended, String> {
        let Self { name, limit, .. } = &self;
        let late = format!("{name} has not ended after {} seconds", limit.as_secs());
        let held = format!("{name} has ended, but something holds its output open");
        let status = wait::within(*limit, || self.child.try_wait().ok().flatten()).ok_or(late)?;
        let said = |from: &Receiver<String>| from.recv_timeout(OUTPUT_LIMIT);
        let (Ok(out), Ok(err)) = (said(&self.out), said(&self.err)) else { return Err(held) };
        Ok(Ended { name: self.name.clone(), status: status.code(), out, err })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn listen(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (said, text) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.read_to_end(&mut bytes);
        // The text goes nowhere when nobody waits for it any more.
        let _ = read.map(|_| said.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    text
}

/// How a program ended, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    name: String,
    /// Its exit status; none when a signal ended it.
    pub status: Option<i32>,
    /// What it wrote on standard output.
    pub out: String,
    /// What it wrote on standard error.
    pub err: String,
}
