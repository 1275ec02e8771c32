//! Where it all happens: a folder that goes away at the end, the programs that are measured, and the CPUs they run on.

pub mod agent;
pub mod cpu;
pub mod memory;
pub mod program;
pub mod ssh;

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Outcome;
use agent::Agent;
use program::Program;
use ssh::SshAgent;

/// A folder for the run, and the programs.
pub struct Site {
    folder: TempDir,
    /// `passcoded`.
    pub agent: PathBuf,
    /// `passcode`.
    pub command: PathBuf,
}

impl Site {
    /// Makes the folder, on the file system of `TMPDIR`.
    pub fn new(agent: &Path, command: &Path) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("passcode-bench-").tempdir()?;
        Ok(Self { folder, agent: agent.to_owned(), command: command.to_owned() })
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts an agent of its own in the folder `name`, and waits until it answers.
    pub fn agent(&self, name: &str) -> Outcome<Agent> {
        Agent::start(&self.agent, &self.path(name))
    }

    /// Starts an agent from a copy of the program, so that it shares none of its pages with another agent.
    pub fn lone_agent(&self, name: &str) -> Outcome<Agent> {
        let program = self.path(&format!("{name}-passcoded"));
        std::fs::copy(&self.agent, &program)?;
        Agent::start(&program, &self.path(name))
    }

    /// Starts the echo floor.
    pub fn echo(&self, name: &str) -> Outcome<(Program, PathBuf)> {
        let socket = self.path(name);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("echo").arg(&socket);
        let program = Program::start(&mut command)?;
        program.wait_for(&socket)?;
        Ok((program, socket))
    }

    /// Starts an `ssh-agent` with one key; none when it is not installed.
    pub fn ssh(&self, name: &str) -> Outcome<Option<SshAgent>> {
        match program::is_installed("ssh-agent") && program::is_installed("ssh-keygen") {
            true => SshAgent::start(&self.path(name)).map(Some),
            false => Ok(None),
        }
    }
}
