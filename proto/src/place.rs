//! Where an instance of the agent lives: its socket, data, configuration and log. The only module that reads the
//! variables which decide that, so that agent and clients never disagree.
//!
//! | | `PASSCODE_HOME=DIR` | else |
//! |---|---|---|
//! | socket | `DIR/agent.sock` | `$XDG_RUNTIME_DIR/passcode/agent.sock` |
//! | vault | `DIR` | `$XDG_DATA_HOME/passcode` |
//! | configuration | `DIR/config.toml` | `$XDG_CONFIG_HOME/passcode/config.toml` |
//! | log | `DIR/passcoded.log` | `$XDG_STATE_HOME/passcode/passcoded.log` |
//!
//! On Windows the socket is the pipe `\\.\pipe\passcode-SID` of the user, or one named after `DIR`; vault and log are in
//! `%LOCALAPPDATA%\Passcode Agent`, and the configuration is in `%APPDATA%\Passcode Agent`.
//!
//! `PASSCODE_SOCKET` overrides the socket alone. Relative paths in XDG variables are ignored, as the XDG Base
//! Directory Specification says; without `XDG_RUNTIME_DIR` the runtime folder of the system is tried, then the state
//! folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, FaultCode};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// The paths of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The socket's path, or the name of the pipe on Windows.
    pub socket: PathBuf,
    /// The folder of the vault.
    pub data: PathBuf,
    /// The user's configuration; need not exist.
    pub config: PathBuf,
    /// Where an agent that a client starts writes its log.
    pub log: PathBuf,
}

impl Place {
    /// The place that the environment names.
    pub fn find() -> Result<Self, Fault> {
        Self::from_variables(&|name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    /// The place that the given variables name.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Fault> {
        let mut place = match variable("PASSCODE_HOME") {
            Some(home) => Self::private(&absolute("PASSCODE_HOME", home)?),
            None => system::place(variable)?,
        };
        if let Some(socket) = variable("PASSCODE_SOCKET") {
            place.socket = system::socket_override(socket)?;
        }
        system::check_socket(&place.socket)?;
        Ok(place)
    }

    /// One folder that holds everything.
    fn private(home: &Path) -> Self {
        Self {
            socket: system::private_socket(home),
            data: home.to_owned(),
            config: home.join("config.toml"),
            log: home.join("passcoded.log"),
        }
    }

    /// The lock that a running agent holds: beside its socket, or in the folder of the vault where that is a pipe.
    pub fn agent_lock(&self) -> PathBuf {
        system::agent_lock(self)
    }

    /// The lock that a client holds while it starts an agent.
    pub fn start_lock(&self) -> PathBuf {
        self.data.join("start.lock")
    }
}

fn absolute(name: &str, value: OsString) -> Result<PathBuf, Fault> {
    let path = PathBuf::from(value);
    if path.is_absolute() {
        return Ok(path);
    }
    Err(Fault::because(FaultCode::Unreachable, format!("{name} is not an absolute path."))
        .advise(format!("Set {name} to a path that begins at the root folder.")))
}

#[cfg(all(test, unix))]
mod tests;
