//! What the user wants of `passcode openvpn`, on every system.

use std::ffi::OsString;
use std::path::PathBuf;

use passcode_proto::SecretText;
use passcode_proto::join::Template;

/// What the user wants.
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "not every system has it"))]
pub struct Order {
    pub profile: Option<String>,
    pub user: Option<String>,
    /// The password, when it came with the command.
    pub password: Option<SecretText>,
    pub template: Option<Template>,
    pub target: Target,
    /// The file with the management interface's own password.
    pub key_file: Option<PathBuf>,
}

/// Which OpenVPN it is about.
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "not every system has it"))]
pub enum Target {
    /// One that runs, by its management interface.
    Running(String),
    /// One to be started.
    Own { config: PathBuf, options: Vec<OsString>, sudo: bool },
}
