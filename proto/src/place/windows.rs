//! Windows: the folders of the user's profile, and a named pipe for a socket.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Place, absolute, fnv_1a};
use crate::fault::{Fault, FaultCode};
use crate::process;

/// What the name of every pipe on this machine begins with.
const PIPES: &str = r"\\.\pipe\";

/// Longest name of a pipe with what it begins with, in UTF-16 units.
const PIPE_NAME_UNITS: usize = 256;

type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub(super) fn place(variable: Variable<'_>) -> Result<Place, Fault> {
    let local = folder(variable, "LOCALAPPDATA")?;
    Ok(Place {
        socket: users_pipe()?,
        config: folder(variable, "APPDATA")?.join("config.toml"),
        policies: Vec::new(),
        log: local.join("passcoded.log"),
        data: local,
        is_private: false,
    })
}

pub(super) fn machine_policy(variable: Variable<'_>) -> Option<PathBuf> {
    Some(folder(variable, "ProgramData").ok()?.join("policy.toml"))
}

fn folder(variable: Variable<'_>, name: &str) -> Result<PathBuf, Fault> {
    let base = variable(name).ok_or_else(|| {
        let what = format!("{name} is not set, so the agent's folder cannot be found.");
        Fault::because(FaultCode::Unreachable, what)
            .advise(format!("Set {name}, or PASSCODE_HOME for a private instance in one folder."))
    })?;
    Ok(absolute(name, base)?.join("Passcode Agent"))
}

fn users_pipe() -> Result<PathBuf, Fault> {
    let user = process::own_user().map_err(|_| {
        Fault::because(FaultCode::Unreachable, "Windows does not say which user this is.")
            .advise("Set PASSCODE_SOCKET to the name of a pipe.")
    })?;
    Ok(format!("{PIPES}passcode-{user}").into())
}

/// A pipe is in no folder, so its name is made from the folder's: the same for every spelling of one path.
pub(super) fn private_socket(home: &Path) -> PathBuf {
    let home: PathBuf = home.components().collect();
    let spelling = home.to_string_lossy().to_lowercase();
    format!("{PIPES}passcode-home-{:016x}", fnv_1a(spelling.as_bytes())).into()
}

pub(super) fn socket_override(socket: OsString) -> Result<PathBuf, Fault> {
    let name = socket.to_str().and_then(|name| name.strip_prefix(PIPES));
    if name.is_some_and(|name| !name.is_empty() && !name.contains('\\')) {
        return Ok(socket.into());
    }
    Err(Fault::because(FaultCode::Unreachable, "PASSCODE_SOCKET is not the name of a pipe.")
        .advise(format!("Set PASSCODE_SOCKET to {PIPES} and a name without a backslash.")))
}

pub(super) fn check_socket(socket: &Path) -> Result<(), Fault> {
    let units = socket.to_string_lossy().encode_utf16().count();
    if units <= PIPE_NAME_UNITS {
        return Ok(());
    }
    let what = format!("The pipe's name has {units} units; the system allows {PIPE_NAME_UNITS}.");
    Err(Fault::because(FaultCode::Unreachable, what)
        .advise("Set PASSCODE_SOCKET to a shorter name."))
}

/// A pipe has no folder for a lock, so it lies with the vault that the agent holds.
pub(super) fn agent_lock(place: &Place) -> PathBuf {
    place.data.join("agent.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(variables: &[(&str, &str)]) -> Result<Place, Fault> {
        Place::from_variables(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_users_agent_lives_in_the_profile_and_its_pipe_names_the_user() {
        let place = place(&[("LOCALAPPDATA", r"C:\l"), ("APPDATA", r"C:\r")]).unwrap();
        assert_eq!(place.data, Path::new(r"C:\l\Passcode Agent"));
        assert_eq!(place.log, Path::new(r"C:\l\Passcode Agent\passcoded.log"));
        assert_eq!(place.config, Path::new(r"C:\r\Passcode Agent\config.toml"));
        assert_eq!(place.agent_lock(), Path::new(r"C:\l\Passcode Agent\agent.lock"));
        assert!(place.socket.to_str().unwrap().starts_with(r"\\.\pipe\passcode-S-1-"));
    }

    #[test]
    fn each_private_instance_has_a_pipe_of_its_own_however_its_folder_is_spelt() {
        let pipe = |home| place(&[("PASSCODE_HOME", home)]).unwrap().socket;
        assert_eq!(pipe(r"C:\Users\a"), pipe(r"c:/users/A/"));
        assert_ne!(pipe(r"C:\Users\a"), pipe(r"C:\Users\b"));
        assert_eq!(pipe(r"C:\p"), Path::new(r"\\.\pipe\passcode-home-7f89ed91ebb8f5f4"));
    }

    #[test]
    fn the_hash_is_that_of_the_published_vectors() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_pipe_alone_can_have_another_name() {
        let place =
            place(&[("PASSCODE_HOME", r"C:\p"), ("PASSCODE_SOCKET", r"\\.\pipe\x")]).unwrap();
        assert_eq!(place.socket, Path::new(r"\\.\pipe\x"));
        assert_eq!(place.data, Path::new(r"C:\p"));
    }

    #[test]
    fn what_cannot_work_is_said_with_a_way_out() {
        let long = format!(r"\\.\pipe\{}", "x".repeat(248));
        for (variables, hint) in [
            (vec![], "LOCALAPPDATA"),
            (vec![("LOCALAPPDATA", r"C:\l")], "APPDATA"),
            (vec![("PASSCODE_HOME", "here")], "PASSCODE_HOME"),
            (vec![("PASSCODE_HOME", r"C:\p"), ("PASSCODE_SOCKET", long.as_str())], "shorter name"),
            (
                vec![("PASSCODE_HOME", r"C:\p"), ("PASSCODE_SOCKET", r"C:\x.sock")],
                "PASSCODE_SOCKET",
            ),
            (
                vec![("PASSCODE_HOME", r"C:\p"), ("PASSCODE_SOCKET", r"\\.\pipe\")],
                "PASSCODE_SOCKET",
            ),
        ] {
            let fault = place(&variables).unwrap_err();
            assert!(fault.hint.contains(hint), "{fault:?}");
        }
    }
}
