//! Linux, macOS and other Unix systems: XDG folders, and a socket path that fits a socket address.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Place, absolute};
use crate::fault::{Fault, FaultCode};

/// Longest path of a Unix socket in bytes, without the closing zero (`sun_path`).
const SOCKET_PATH_BYTES: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub(super) fn place(variable: Variable<'_>) -> Result<Place, Fault> {
    let folder = |name: &str, below_home: &str| xdg_folder(variable, name, below_home);
    let state = folder("XDG_STATE_HOME", ".local/state")?;
    Ok(Place {
        socket: runtime_folder(variable).unwrap_or_else(|| state.clone()).join("agent.sock"),
        data: folder("XDG_DATA_HOME", ".local/share")?,
        config: folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"),
        policies: Vec::new(),
        log: state.join("passcoded.log"),
        is_private: false,
    })
}

pub(super) fn machine_policy(_: Variable<'_>) -> Option<PathBuf> {
    Some(PathBuf::from("/etc/passcode/policy.toml"))
}

fn xdg_folder(variable: Variable<'_>, name: &str, below_home: &str) -> Result<PathBuf, Fault> {
    let named = variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = match named {
        Some(path) => path,
        None => home(variable)?.join(below_home),
    };
    Ok(base.join("passcode"))
}

fn home(variable: Variable<'_>) -> Result<PathBuf, Fault> {
    let home = variable("HOME").ok_or_else(|| {
        Fault::because(
            FaultCode::Unreachable,
            "HOME is not set, so there is no place for the vault.",
        )
        .advise("Set HOME, or PASSCODE_HOME for a private instance in one folder.")
    })?;
    absolute("HOME", home)
}

/// `$XDG_RUNTIME_DIR`, or what systemd and launchd would have put into it, when it is ours.
fn runtime_folder(variable: Variable<'_>) -> Option<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let usual = match cfg!(target_os = "macos") {
        true => variable("TMPDIR").map(PathBuf::from),
        false => Some(PathBuf::from(format!("/run/user/{uid}"))),
    };
    let usual =
        usual.filter(|path| std::fs::metadata(path).is_ok_and(|folder| folder.uid() == uid));
    let named = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    Some(named.or(usual).filter(|path| path.is_absolute())?.join("passcode"))
}

pub(super) fn private_socket(home: &Path) -> PathBuf {
    home.join("agent.sock")
}

pub(super) fn socket_override(socket: OsString) -> Result<PathBuf, Fault> {
    absolute("PASSCODE_SOCKET", socket)
}

pub(super) fn check_socket(socket: &Path) -> Result<(), Fault> {
    let length = socket.as_os_str().as_bytes().len();
    if length <= SOCKET_PATH_BYTES {
        return Ok(());
    }
    Err(Fault::because(
        FaultCode::Unreachable,
        format!("The socket's path has {length} bytes; the system allows {SOCKET_PATH_BYTES}."),
    )
    .advise("Set PASSCODE_SOCKET to a shorter path in a folder that only you can write."))
}

pub(super) fn agent_lock(place: &Place) -> PathBuf {
    place.socket.with_extension("lock")
}
