//! Processes that the test did not start itself: found by what they know, and ended.

use std::fs;

use rustix::process::{Pid, kill_process};

pub use rustix::process::Signal;

use crate::wait;

/// A process of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its arguments, with blanks between them.
    pub arguments: String,
}

/// The processes that have `text` in their arguments or in their environment.
///
/// # Panics
/// When the system does not list its processes.
pub fn knowing(text: &str) -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("the system's list of processes").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| *pid != std::process::id()).filter_map(|pid| find(pid, text)).collect()
}

fn find(pid: u32, text: &str) -> Option<Process> {
    // A process that has ended meanwhile, or that is not ours to look at, knows nothing.
    let read = |file: &str| {
        let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    };
    let (arguments, environment) = (read("cmdline"), read("environ"));
    let knows = arguments.contains(text) || environment.contains(text);
    knows.then_some(Process { pid, arguments })
}

/// Ends a process without a warning, and waits until it has let go of all that it held.
///
/// # Panics
/// When that is not possible.
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
    wait::until("a killed process to end", || has_ended(pid).then_some(()));
}

/// Whether there is no such process, or nothing left of it but its exit status (`proc(5)`). As long as one of its threads
/// is on its way out, its sockets are still open, though the first thread has ended.
pub fn has_ended(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.map(|thread| thread.path().join("stat")).all(|stat| {
        let state = fs::read_to_string(stat).unwrap_or_default();
        state.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
    })
}

/// Sends a signal to a process.
///
/// # Panics
/// When that is not possible.
pub fn signal(pid: u32, signal: Signal) {
    let pid = pid.try_into().ok().and_then(Pid::from_raw).expect("a process number");
    kill_process(pid, signal).expect("a process that is there and ours");
}
