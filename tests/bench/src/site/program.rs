//! A program that runs as long as it is held.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Outcome;

/// A server that has no socket after so long is not going to have one.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pause between two looks for a socket.
const PAUSE: Duration = Duration::from_micros(50);

/// A running child; ended when dropped.
pub struct Program(Child);

impl Program {
    /// Starts it with nothing to read, and nowhere to write unless `command` says where.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        child
            .map(Self)
            .map_err(|error| format!("{}: {error}", command.get_program().display()).into())
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until something answers at `socket`.
    pub fn wait_for(&self, socket: &Path) -> Outcome<UnixStream> {
        let begin = Instant::now();
        loop {
            match UnixStream::connect(socket) {
                Ok(stream) => return Ok(stream),
                Err(error) if begin.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> Outcome<()> {
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
            let _ = self.0.wait();
        }
    }
}

/// Whether a program of this name is in `PATH`.
pub fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
