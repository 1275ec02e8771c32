//! An OpenVPN of our own: found, started with a management socket in a folder that only this user may enter, its log shown,
//! and its end waited for.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{env, process, thread};

use passcode_proto::place::Place;
use rustix::process::{Pid, Signal, geteuid, kill_process};

use super::shown;
use crate::output::{self, Failure};

/// Where programs for administrators are, which not every user's PATH names.
const SBIN: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Longest path of a socket that every system takes, in bytes.
const SOCKET_PATH: usize = 103;

/// Longest piece of a line of the log that is shown at once, in bytes.
const LOG_LINE: u64 = 64 * 1024;

/// How long its last words may take after its end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How OpenVPN is to be started.
#[derive(Debug, Clone)]
pub struct Launch {
    pub config: PathBuf,
    /// The user's own options for it.
    pub options: Vec<OsString>,
    /// Whether it becomes root by sudo.
    pub sudo: bool,
    /// Whether it asks us for name and password that its configuration has in a file.
    pub asks_for_login: bool,
}

/// A folder for one socket, removed with it in the end.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder where the agent's socket is.
    pub fn make() -> Result<Self, Failure> {
        let place = Place::find()?;
        let base = place.socket.parent().unwrap_or(Path::new("/"));
        let folder = base.join(format!("openvpn-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(base)
            .and_then(|()| DirBuilder::new().mode(0o700).create(&folder))
            .map_err(|_| no_folder())?;
        let folder = Self(folder);
        match folder.socket().as_os_str().len() <= SOCKET_PATH {
            true => Ok(folder),
            false => Err(too_deep()),
        }
    }

    /// The socket in it.
    pub fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Launch {
    /// Starts OpenVPN with its management interface at `socket`.
    pub fn start(&self, socket: &Path) -> Result<Running, Failure> {
        let openvpn = program("openvpn")?;
        let mut command = match self.sudo && !geteuid().is_root() {
            true => {
                let mut sudo = Command::new(program("sudo")?);
                sudo.arg("--").arg(openvpn);
                sudo
            }
            false => Command::new(openvpn),
        };
        command.args(self.arguments(socket));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|_| not_started())?;
        let logs = [child.stdout.take().map(show), child.stderr.take().map(show)];
        Ok(Running { child, logs: logs.into_iter().flatten().collect() })
    }

    /// Ours come before the user's own, which may override what is only convenience.
    fn arguments(&self, socket: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--config".into(), self.config.clone().into()];
        if self.asks_for_login {
            arguments.push("--auth-user-pass".into());
        }
        arguments.extend(["--auth-nocache", "--auth-retry", "interact"].map(OsString::from));
        arguments.extend(self.options.iter().cloned());
        arguments.extend(["--management".into(), socket.into(), "unix".into()]);
        arguments.extend(["--management-query-passwords", "--management-hold"].map(OsString::from));
        if let Some(name) = own_name() {
            arguments.extend(["--management-client-user".into(), name]);
        }
        arguments
    }
}

/// An OpenVPN that was started, with the threads that show its log.
#[derive(Debug)]
pub struct Running {
    child: Child,
    logs: Vec<JoinHandle<()>>,
}

impl Running {
    /// The process, or sudo's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end and its last words. One that has gone to the background may keep its log open.
    pub fn wait(mut self) -> Option<ExitStatus> {
        let status = self.child.wait().ok();
        let until = Instant::now() + LAST_WORDS;
        while Instant::now() < until && !self.logs.iter().all(JoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(5));
        }
        status
    }
}

/// Ends the child, whatever it does; root's does not let itself be ended so.
pub fn end(child: u32, hard: bool) {
    let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let _ = kill_process(pid, if hard { Signal::KILL } else { Signal::TERM });
    }
}

/// How it ended, unless it did as it was told to.
pub fn verdict(status: ExitStatus, sudo: bool) -> Result<(), Failure> {
    let how = match (status.code(), status.signal()) {
        (Some(0), _) => return Ok(()),
        (Some(code), _) => format!("OpenVPN ended with exit status {code}."),
        (None, Some(signal)) => format!("OpenVPN was ended by signal {signal}."),
        (None, None) => "OpenVPN ended.".to_owned(),
    };
    Err(Failure::local("openvpn", how, hint(sudo)))
}

/// What to do about an OpenVPN that failed.
pub fn hint(sudo: bool) -> &'static str {
    match sudo || geteuid().is_root() {
        true => "Its lines above say why.",
        false => "Its lines above say why. A tunnel needs root: passcode openvpn --sudo CONFIG",
    }
}

/// The user's name, for OpenVPN to let nobody else in; the folder alone keeps others out.
fn own_name() -> Option<OsString> {
    let said = Command::new("id").arg("-un").stderr(Stdio::null()).output().ok()?;
    let name = String::from_utf8(said.stdout).ok()?;
    let name = name.trim();
    (said.status.success() && !name.is_empty()).then(|| name.into())
}

/// Where a program is.
fn program(name: &'static str) -> Result<PathBuf, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(SBIN.map(PathBuf::from));
    folders
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
        .ok_or_else(|| not_installed(name))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Shows the lines of the log as they come.
fn show(log: impl Read + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut log = BufReader::new(log);
        let mut line = Vec::new();
        while let Ok(1..) | Err(ErrorKind::Interrupted) = next_line(&mut log, &mut line) {
            let text = shown::log(&String::from_utf8_lossy(&line));
            // That nobody reads it any more is no reason to end the tunnel.
            let _ = output::write_out(format!("{text}\n").as_bytes());
        }
    })
}

fn next_line(log: &mut impl BufRead, line: &mut Vec<u8>) -> Result<usize, ErrorKind> {
    line.clear();
    log.take(LOG_LINE).read_until(b'\n', line).map_err(|error| error.kind())
}

fn not_installed(name: &'static str) -> Failure {
    Failure::local(
        "not_installed",
        format!("{name} is not installed."),
        format!("Install it: sudo apt-get install {name}"),
    )
}

fn not_started() -> Failure {
    Failure::local(
        "openvpn",
        "OpenVPN cannot be started.",
        "See that you may run it: openvpn --version",
    )
}

fn no_folder() -> Failure {
    Failure::local(
        "openvpn",
        "No folder can be made for OpenVPN's management socket.",
        "See that the folder of the agent's socket is yours, and that its disk is not full: passcode doctor",
    )
}

fn too_deep() -> Failure {
    Failure::local(
        "openvpn",
        "The path of the folder for OpenVPN's management socket is too long for a socket.",
        "Set XDG_RUNTIME_DIR, or PASSCODE_HOME, to a shorter one.",
    )
}

/// Whether an argument is one that may not be overridden, as answering depends on it.
pub fn is_ours(option: &OsStr) -> bool {
    option.to_str().is_some_and(|option| {
        let name = option.trim_start_matches('-');
        option.starts_with("--") && name.starts_with("management")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(options: &[&str]) -> Launch {
        let options = options.iter().map(OsString::from).collect();
        Launch { config: "my vpn.ovpn".into(), options, sudo: false, asks_for_login: true }
    }

    #[test]
    fn openvpn_is_told_to_ask_us_whatever_the_users_options_say() {
        let arguments = launch(&["--verb", "4"]).arguments(Path::new("/run/x/socket"));
        let said: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
        let begins = ["--config", "my vpn.ovpn", "--auth-user-pass", "--auth-nocache"];
        assert_eq!(said[..4], begins);
        let at = said.iter().position(|argument| *argument == "--management").unwrap();
        assert_eq!(said[at + 1..at + 3], ["/run/x/socket", "unix"]);
        assert!(at > said.iter().position(|argument| *argument == "--verb").unwrap());
        assert!(said.contains(&"--management-query-passwords"));
        assert!(said.contains(&"--management-hold"));
    }

    #[test]
    fn options_about_the_management_interface_are_ours() {
        assert!(is_ours("--management-client".as_ref()) && is_ours("--management".as_ref()));
        assert!(!is_ours("--verb".as_ref()) && !is_ours("management".as_ref()));
    }
}
