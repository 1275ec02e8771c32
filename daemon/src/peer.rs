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

    /// What it may do.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The path of its program, looked up when first asked for: it may have gone by then, or hide. Behind our own command
    /// line stands whoever runs it.
    pub fn program(&self) -> &str {
        self.program.get_or_init(|| {
            self.pid
                .and_then(|pid| behind_our_own(pid).or_else(|| program_of(pid)))
                .unwrap_or_else(|| "a program that hides its name".to_owned())
        })
    }
}

/// Name of the command line, which is beside us.
#[cfg(target_os = "linux")]
const OWN: &str = "passcode";

/// The program that runs our own command line, however far away, if `pid` is that.
#[cfg(target_os = "linux")]
fn behind_our_own(pid: i32) -> Option<String> {
    let own = std::env::current_exe().ok()?.with_file_name(OWN);
    let is_own = |pid: &i32| {
        std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|program| program == own)
    };
    is_own(&pid).then(|| ancestors(pid).find(|pid| !is_own(pid)).and_then(program_of))?
}

#[cfg(not(target_os = "linux"))]
fn behind_our_own(_: i32) -> Option<String> {
    None
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
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name comes before, in parentheses, and may hold any.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok().filter(|parent| *parent > 1)
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
