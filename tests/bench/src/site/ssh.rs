//! `ssh-agent`, the agent that every user knows, with one key.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::program::Program;
use crate::Outcome;

/// A running `ssh-agent`.
pub struct SshAgent {
    program: Program,
    /// Where it listens.
    pub socket: PathBuf,
}

impl SshAgent {
    /// Starts one that listens at `socket`, and gives it a new Ed25519 key.
    pub fn start(socket: &Path) -> Outcome<Self> {
        let agent = Self::spawn(socket)?;
        agent.program.wait_for(socket)?;
        let key = socket.with_extension("key");
        run(Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f"])
            .arg(&key))?;
        run(Command::new("ssh-add").arg("-q").arg(&key).env("SSH_AUTH_SOCK", socket))?;
        Ok(agent)
    }

    /// Starts one without a key, and waits for nothing.
    pub fn spawn(socket: &Path) -> Outcome<Self> {
        let mut command = Command::new("ssh-agent");
        command.arg("-D").arg("-a").arg(socket).stderr(Stdio::null());
        Ok(Self { program: Program::start(&mut command)?, socket: socket.to_owned() })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.program.id()
    }

    /// The process, to wait for its socket.
    pub fn program(&self) -> &Program {
        &self.program
    }
}

fn run(command: &mut Command) -> Outcome<()> {
    let status =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{} failed", command.get_program().display()).into()),
    }
}
