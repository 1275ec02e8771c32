//! The user's agent: `passcoded` in a folder of its own, with one profile.

use std::fs;
use std::path::{Path, PathBuf};

use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

use crate::codes::SECRET_IN_BASE32;
use crate::daemon::Daemon;
use crate::machine::{Machine, USER, write};

/// What a profile is paired with. The secret is always that of the RFCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Counter-based; the counter begins at 0, here and on servers.
    Hotp,
    /// Time-based, with steps of 30 seconds.
    Totp,
}

impl Token {
    fn key(self) -> String {
        match self {
            Self::Hotp => format!("otpauth://hotp/ACME:{USER}?secret={SECRET_IN_BASE32}&counter=0"),
            Self::Totp => format!("otpauth://totp/ACME:{USER}?secret={SECRET_IN_BASE32}"),
        }
    }
}

/// The name of the profile.
pub const PROFILE: &str = "work";

/// A running agent of the user; ends when dropped.
#[derive(Debug)]
pub struct Agent<'a> {
    machine: &'a Machine,
    home: PathBuf,
    _process: Daemon,
}

impl<'a> Agent<'a> {
    /// The vault is open, without a PIN. No code has been given.
    pub(crate) fn start(machine: &'a Machine, token: Token, configuration: &str) -> Self {
        let home = Path::new("/home").join(USER).join("passcode");
        fs::create_dir(&home).expect("a folder for the agent");
        write(home.join("config.toml"), format!("keystore = \"file\"\n{configuration}"));
        Run::new("chown").args(["-R", USER]).arg(&home).output();
        Run::new("chmod").arg("700").arg(&home).output();
        let daemon = machine.user(machine.program("passcoded")).env("PASSCODE_HOME", &home);
        let process =
            Daemon::start("passcoded", daemon.arg("--verbose"), &home.join("passcoded.log"));
        // One that a client starts in its place goes on with the same log.
        Run::new("chown").arg(USER).arg(home.join("passcoded.log")).output();
        let agent = Self { machine, home, _process: process };
        wait::until("the agent to answer", || {
            (agent.passcode(&["status"]).end().status == Some(0)).then_some(())
        });
        agent.passcode(&["pair", "-", "--name", PROFILE, "--no-code"]).input(token.key()).output();
        agent
    }

    /// Runs `passcode` as the user.
    pub fn passcode(&self, arguments: &[&str]) -> Run {
        self.client(self.machine.program("passcode")).args(arguments)
    }

    /// Runs a program of the user that finds the agent.
    pub fn client(&self, program: impl AsRef<Path>) -> Run {
        self.machine.user(program).env("PASSCODE_HOME", &self.home)
    }

    /// The next code, without a line break.
    ///
    /// # Panics
    /// When there is none.
    pub fn code(&self) -> String {
        self.passcode(&["get", PROFILE, "--fresh"]).output().trim_end().to_owned()
    }

    /// How many codes of a HOTP profile have been given.
    ///
    /// # Panics
    /// When the agent does not say.
    pub fn spent(&self) -> u64 {
        let shown = self.passcode(&["hotp", "show", PROFILE]).output();
        shown.trim().parse().unwrap_or_else(|_| panic!("no counter: {shown}"))
    }

    /// Puts the user's password into the vault.
    ///
    /// # Panics
    /// When the agent refuses it.
    pub fn keep_password(&self, password: &str) {
        let set = self.passcode(&["password", "set", PROFILE]);
        set.input(format!("{password}\n")).output();
    }

    /// Locks the vault under a PIN: who opens it needs that from now on.
    ///
    /// # Panics
    /// When the agent refuses.
    pub fn lock_with_pin(&self, pin: &str) {
        self.passcode(&["pin", "set", "--pin", "-"]).input(format!("{pin}\n")).output();
        self.passcode(&["lock"]).output();
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("passcoded.log")).unwrap_or_default()
    }

    /// Its folder, which is what `PASSCODE_HOME` names.
    pub fn home(&self) -> &Path {
        &self.home
    }
}
