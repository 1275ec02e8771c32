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

    /// What it may do.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The path of its program, looked up when first asked for: it may have gone by then, or hide.
    pub fn program(&self) -> &str {
        self.program.get_or_init(|| {
            self.pid
                .and_then(program_of)
                .unwrap_or_else(|| "a program that hides its name".to_owned())
        })
    }
}

#[cfg(target_os = "linux")]
fn program_of(pid: i32) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    // The path is the caller's own choice; it must not be able to forge a line of a log or a prompt.
    Some(path.to_string_lossy().chars().filter(|c| !c.is_control()).collect())
}

#[cfg(not(target_os = "linux"))]
fn program_of(pid: i32) -> Option<String> {
    Some(format!("process {pid}"))
}
