//! What is known of a process on systems other than Linux: its number. Nothing here is made up, so an approval cannot be
//! remembered: neither the program nor the life of its process is known.

use super::Process;
use super::caller::{Caller, Identity, Program};

/// A process that cannot be held.
#[derive(Debug)]
pub struct Life(());

impl Life {
    /// That of the process `pid`.
    pub fn of(_: i32) -> Self {
        Self(())
    }

    /// That of no process.
    pub fn none() -> Self {
        Self(())
    }

    /// Whether the process is the one that is held. Not known: taken for so, as the connection is open.
    pub fn is_of(&self, _: i32) -> bool {
        true
    }
}

/// What was seen of a process: its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen(i32);

impl Seen {
    pub(super) fn of(pid: i32) -> Option<Self> {
        Some(Self(pid))
    }
}

pub(super) fn identify(pid: i32) -> Caller {
    let path = program_of(pid).unwrap_or_default();
    let program = Identity::Program(Program { path, hash: None });
    Caller { seen: Seen::of(pid), ..Caller::without(program) }
}

pub(super) fn behind(pid: i32) -> i32 {
    pid
}

pub(super) fn program_of(pid: i32) -> Option<String> {
    Some(format!("process {pid}"))
}

pub(super) fn ancestors(_: i32) -> impl Iterator<Item = i32> {
    std::iter::empty()
}

pub(super) fn process(_: i32) -> Option<Process> {
    None
}

pub(super) fn called(_: i32) -> Option<String> {
    None
}
