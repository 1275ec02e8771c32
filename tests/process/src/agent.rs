//! `passcoded` as a process of the test: started, asked whether it answers, ended or killed.

use std::fs::OpenOptions;
use std::process::{Child, Command, ExitStatus, Stdio};

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::request::{Quit, Status};

use crate::home::Home;
use crate::{programs, wait};

/// A running agent; killed when dropped.
#[derive(Debug)]
pub struct AgentProcess {
    child: Child,
    place: Place,
}

impl AgentProcess {
    /// Starts an agent that logs all it can into the log of `home`, and waits until it answers.
    ///
    /// # Panics
    /// When it ends at once.
    pub fn start(home: &Home) -> Self {
        let mut agent = Self::spawn(home);
        agent.wait_until_up();
        agent
    }

    /// Starts an agent, and waits for nothing.
    pub fn spawn(home: &Home) -> Self {
        let mut command = Command::new(programs::passcoded());
        command.env_clear().env("PASSCODE_HOME", home.path()).arg("--verbose");
        Self::from_command(command, home.place())
    }

    /// Starts the agent that `command` runs at `place`, and waits for nothing.
    pub fn from_command(mut command: Command, place: Place) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(&place.log);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.expect("a log"));
        let child = command.spawn().expect("the agent can be started");
        Self { child, place }
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it has ended instead.
    pub fn wait_until_up(&mut self) {
        wait::until("the agent to answer", || {
            let ended = self.child.try_wait().expect("the agent's state");
            assert!(ended.is_none(), "the agent has ended at once: {}", self.log());
            let status = Client::connect(&self.place).and_then(|mut agent| agent.call(Status {}));
            status.ok().filter(|status| status.pid == self.pid())
        });
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged, and what was logged in its place before.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.place.log).unwrap_or_default()
    }

    /// Ends it without a warning, as a crash or the kernel would.
    pub fn kill(self) {
        drop(self);
    }

    /// Ends it in good order.
    ///
    /// # Panics
    /// When it does not end, or not with 0.
    pub fn quit(mut self) {
        let quit = Client::connect(&self.place).and_then(|mut agent| agent.call(Quit {}));
        quit.expect("the agent takes the request to end");
        assert_eq!(self.wait_for_end().code(), Some(0), "{}", self.log());
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        wait::until("the agent to end", || self.child.try_wait().expect("the agent's state"))
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the agent's state")
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        // It fails only when the process has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
