//! A private instance: one folder with configuration, vault and socket, and the command line for it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::reply::StatusReport;
use passcode_proto::request::{Quit, Status};
use passcode_proto::{Fault, SecretText, request};
use tempfile::TempDir;

use crate::agent::AgentProcess;
use crate::run::{Ended, Run};
use crate::{programs, site};

/// The secret of the RFCs' tables: `12345678901234567890`.
pub const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The folder of a private instance; it and its agent go away with it.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// An instance whose key store is a file.
    pub fn new() -> Self {
        let home = Self::unconfigured();
        fs::write(home.file("config.toml"), "keystore = \"file\"\n").expect("a configuration");
        home
    }

    /// An instance without configuration.
    pub fn unconfigured() -> Self {
        Self { folder: site::folder() }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.file("agent.sock")
    }

    /// Its place, as clients know it.
    pub fn place(&self) -> Place {
        let variable = |name: &str| (name == "PASSCODE_HOME").then(|| OsString::from(self.path()));
        Place::from_variables(&variable).expect("a place")
    }

    /// A command line with the given arguments, to be run.
    pub fn passcode(&self, arguments: &[&str]) -> Run {
        Run::new(programs::passcode()).args(arguments).env("PASSCODE_HOME", self.path())
    }

    /// Runs a command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.passcode(arguments).end()
    }

    /// Runs a command line that has to succeed, and gives what it printed, without the last line break.
    ///
    /// # Panics
    /// When it fails.
    pub fn print(&self, arguments: &[&str]) -> String {
        let text = self.passcode(arguments).output();
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// Pairs by the command line, with the key on its standard input, and gives the first code.
    ///
    /// # Panics
    /// When it fails.
    pub fn pair(&self, name: &str, key: &str) -> String {
        let first = self.passcode(&["pair", "-", "--name", name]).input(key).output();
        first.trim_end().to_owned()
    }

    /// Pairs without spending a code, over a connection of our own.
    ///
    /// # Panics
    /// When it fails.
    pub fn pair_unspent(&self, name: &str, key: &str) {
        let mut client = self.client().expect("an agent that answers");
        client.call(pairing(name, key)).expect("a pairing");
    }

    /// Starts its agent, and waits until it answers.
    pub fn start(&self) -> AgentProcess {
        AgentProcess::start(self)
    }

    /// A connection to its agent.
    pub fn client(&self) -> Result<Client, Fault> {
        Client::connect(&self.place())
    }

    /// How its agent is.
    pub fn status(&self) -> Result<StatusReport, Fault> {
        self.client()?.call(Status {})
    }

    /// What its agents have logged: those that a client started, and those of [`Home::start`].
    pub fn log(&self) -> String {
        fs::read_to_string(self.place().log).unwrap_or_default()
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Most often there is none: only an agent that a client started has nobody else to end it.
        let _ = self.client().and_then(|mut agent| agent.call(Quit {}));
    }
}

/// The request that pairs a profile and spends no code.
pub fn pairing(name: &str, key: &str) -> request::Pair {
    request::Pair {
        key: SecretText::new(key.to_owned()),
        name: Some(name.to_owned()),
        counter: None,
        digits: None,
        algorithm: None,
        period: None,
        no_code: true,
        service: None,
        passphrase: None,
    }
}

/// An `otpauth://hotp` key with the secret of the RFCs, beginning at 0.
pub fn hotp_key() -> String {
    format!("otpauth://hotp/ACME:alice?secret={RFC_SECRET}&counter=0")
}

/// An `otpauth://totp` key with the secret of the RFCs.
pub fn totp_key() -> String {
    format!("otpauth://totp/ACME:bob?secret={RFC_SECRET}")
}
