//! Who is at the other end of a connection. Made once at accept; a program's name is a label for people and never
//! decides anything.

use std::sync::OnceLock;

/// What a caller may do at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Learn how the agent is.
    Presence,
    /// See the profiles.
    Profiles,
    /// Have passcodes.
    Codes,
    /// Change what is paired, lock, and end the agent.
    Manage,
}

/// A set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights(&'static [Right]);

impl Rights {
    /// What the user's own programs have on the main socket.
    pub const ALL: Self = Self(&[Right::Presence, Right::Profiles, Right::Codes, Right::Manage]);

    /// Codes, but neither the list of profiles nor any change.
    pub const CODES: Self = Self(&[Right::Presence, Right::Codes]);

    /// Whether `right` is among them.
    pub fn allow(self, right: Right) -> bool {
        self.0.contains(&right)
    }
}

/// A process, told from a later one of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// When it was started, in the system's own unit.
    pub started: u64,
}

/// The caller of one connection.
#[derive(Debug)]
pub struct Peer {
    pid: Option<i32>,
    rights: Rights,
    program: OnceLock<String>,
}

impl Peer {
    /// The process `pid`, with `rights`.
    pub fn new(pid: Option<i32>, rights: Rights) -> Self {
        Self { pid, rights, program: OnceLock::new() }
    }

    /// A caller that is known by name alone.
    #[cfg(any(test, feature = "fakes"))]
    pub fn named(program: &str, rights: Rights) -> Self {
        Self { pid: None, rights, program: OnceLock::from(program.to_owned()) }
    }

    /// Its process, for the log.
    pub fn pid(&self) -> Option<i32> {
        self.pid
    }

    /// Whether the process `pid` started it, directly or by others; false when that cannot be known.
    pub fn descends_from(&self, pid: i32) -> bool {
        self.pid.is_some_and(|own| own != pid && ancestors(own).any(|ancestor| ancestor == pid))
    }

    /// The name of its program without the folder, as rules know it. A program of another user hides its path, but not
    /// what it is called.
    pub fn name(&self) -> Option<String> {
        let process = behind(self.pid?);
        let path = program_of(process);
        let name =
            path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_owned);
        name.or_else(|| called(process))
    }

    /// The process itself, or whoever runs our own command line.
    pub fn process(&self) -> Option<Process> {
        let pid = behind(self.pid?);
        Some(Process { pid, started: started(pid)? })
    }

    /// What it may do.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The path of its program, looked up when first asked for: it may have gone by then, or hide. Behind our own command
    /// line stands whoever runs it.
    pub fn program(&self) -> &str {
        self.program.get_or_init(|| {
            self.pid
                .and_then(|pid| program_of(behind(pid)))
                .unwrap_or_else(|| "a program that hides its name".to_owned())
        })
    }
}

/// Name of the command line, which is beside us.
#[cfg(target_os = "linux")]
const OWN: &str = "passcode";

/// The process that runs our own command line, however far away, if `pid` is that; else `pid` itself. A shell that runs one
/// line (`sh -c`, as `popen` and `system` start it) is no program of its own.
#[cfg(target_os = "linux")]
fn behind(pid: i32) -> i32 {
    let own = std::env::current_exe().ok().map(|agent| agent.with_file_name(OWN));
    let is_own = |pid: &i32| {
        std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|program| Some(program) == own)
    };
    match is_own(&pid) {
        true => ancestors(pid).find(|pid| !is_own(pid) && !runs_a_line(*pid)).unwrap_or(pid),
        false => pid,
    }
}

/// Names of shells.
#[cfg(target_os = "linux")]
const SHELLS: &[&str] = &["sh", "dash", "bash", "ash", "busybox", "ksh", "mksh", "zsh"];

#[cfg(target_os = "linux")]
fn runs_a_line(pid: i32) -> bool {
    let is_shell = program_of(pid)
        .is_some_and(|path| SHELLS.contains(&path.rsplit('/').next().unwrap_or_default()));
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    is_shell && words.split(|byte| *byte == 0).skip(1).take(2).any(|word| word == b"-c")
}

#[cfg(not(target_os = "linux"))]
fn behind(pid: i32) -> i32 {
    pid
}

#[cfg(target_os = "linux")]
fn program_of(pid: i32) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    // The path is the caller's own choice; it must not be able to forge a line of a log or a prompt.
    Some(path.to_string_lossy().chars().filter(|c| !c.is_control()).collect())
}

/// The processes that started `pid`, the nearest first, as they are now.
#[cfg(target_os = "linux")]
fn ancestors(pid: i32) -> impl Iterator<Item = i32> {
    std::iter::successors(parent(pid), |pid| parent(*pid)).take(DEEPEST)
}

/// More generations than processes have that are not made to go round in circles.
#[cfg(target_os = "linux")]
const DEEPEST: usize = 64;

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    stat(pid, PARENT)?.parse().ok().filter(|parent| *parent > 1)
}

/// Fields of `/proc/PID/stat` behind the program's name.
#[cfg(target_os = "linux")]
const PARENT: usize = 1;
#[cfg(target_os = "linux")]
const STARTED: usize = 19;

#[cfg(target_os = "linux")]
fn stat(pid: i32, field: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name comes before, in parentheses, and may hold any.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(field).map(str::to_owned)
}

#[cfg(target_os = "linux")]
fn started(pid: i32) -> Option<u64> {
    stat(pid, STARTED)?.parse().ok()
}

/// What the process calls itself: 15 bytes of its own choice.
#[cfg(target_os = "linux")]
fn called(pid: i32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.chars().filter(|c| !c.is_control()).collect())
}

#[cfg(not(target_os = "linux"))]
fn started(_: i32) -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
fn called(_: i32) -> Option<String> {
    None
}

#[cfg(not(target_os = "linux"))]
fn ancestors(_: i32) -> impl Iterator<Item = i32> {
    std::iter::empty()
}

#[cfg(not(target_os = "linux"))]
fn program_of(pid: i32) -> Option<String> {
    Some(format!("process {pid}"))
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::{Command, Stdio, id};

    use super::*;

    #[test]
    fn a_program_descends_from_whoever_started_it_and_not_from_itself() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let (own, started) = (id() as i32, child.id() as i32);
        let peer = Peer::new(Some(started), Rights::ALL);
        assert!(peer.descends_from(own));
        assert!(!peer.descends_from(started));
        assert!(!Peer::new(Some(own), Rights::ALL).descends_from(started));
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
