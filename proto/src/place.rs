//! Where an instance of the agent lives: its socket, data, configuration and log. The only module that reads the
//! variables which decide that, so that agent and clients never disagree.
//!
//! | | `PASSCODE_HOME=DIR` | else |
//! |---|---|---|
//! | socket | `DIR/agent.sock` | `$XDG_RUNTIME_DIR/passcode/agent.sock` |
//! | vault | `DIR` | `$XDG_DATA_HOME/passcode` |
//! | configuration | `DIR/config.toml` | `$XDG_CONFIG_HOME/passcode/config.toml` |
//! | policy | `/etc/passcode/policy.toml`, then `DIR/policy.toml` | the same, then `policy.toml` beside the configuration |
//! | log | `DIR/passcoded.log` | `$XDG_STATE_HOME/passcode/passcoded.log` |
//!
//! On Windows the machine's policy is `%ProgramData%\Passcode Agent\policy.toml`, the socket is the pipe `\\.\pipe\passcode-SID` of the user, or one named after `DIR`; vault and log are in
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
    /// Policies, the machine's first; none need exist. Those after it can only tighten.
    pub policies: Vec<PathBuf>,
    /// Where an agent that a client starts writes its log.
    pub log: PathBuf,
    /// Whether this is an instance in a folder of its own, beside the user's usual one.
    pub is_private: bool,
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
        let own_policy = place.config.with_file_name("policy.toml");
        place.policies = system::machine_policy(variable).into_iter().chain([own_policy]).collect();
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
            policies: Vec::new(),
            log: home.join("passcoded.log"),
            is_private: true,
        }
    }

    /// What tells this instance from the user's others where they share something, such as the keyring.
    pub fn instance(&self) -> String {
        match self.is_private {
            true => format!("{:016x}", fnv_1a(self.data.to_string_lossy().as_bytes())),
            false => "default".to_owned(),
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

/// FNV-1a with 64 bits (draft-eastlake-fnv): the same in every version of agent and client, unlike the standard library's hash.
/// It tells folders apart and keeps nobody out; permissions do that.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(all(test, unix))]
mod tests;
