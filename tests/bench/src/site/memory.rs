//! What an idle process costs: its memory, and how often it wakes.

use std::fs;
use std::io::ErrorKind;

use super::cpu::threads;
use crate::Outcome;

/// The memory of one process, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All pages that are in memory, shared ones too.
    pub resident: u64,
    /// Pages that nobody else has, its program's among them.
    pub private: u64,
    /// Pages that stand in no file: what the process itself has written.
    pub own: u64,
}

/// Reads `/proc/PID/smaps_rollup`; none when the system does not let us, as with agents that protect their memory
/// unless we are the administrator.
pub fn memory(process: u32) -> Outcome<Option<Memory>> {
    let text = match fs::read_to_string(format!("/proc/{process}/smaps_rollup")) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(None),
        read => read?,
    };
    let field = |name: &str| number(&text, name);
    let private = field("Private_Clean:") + field("Private_Dirty:");
    Ok(Some(Memory { resident: field("Rss:"), private, own: field("Anonymous:") }))
}

/// How often the threads of a process have gone to sleep and been woken.
pub fn wakeups(process: u32) -> Outcome<u64> {
    threads(process)?.into_iter().try_fold(0, |sum, thread| {
        let status =
            fs::read_to_string(format!("/proc/{process}/task/{}/status", thread.as_raw_nonzero()))?;
        Ok(sum + number(&status, "voluntary_ctxt_switches:"))
    })
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
