//! Protects the process before it holds anything: no core file, no reading of its memory by other programs of the
//! user. What the system refuses, and who looks on all the same, is told in `status`, never a reason to end.

use crate::memory::page::KeyPage;

/// Protects this process; gives a sentence for each thing that could not be done.
///
/// What is refused to the pages of keys is told by [`refusals`](crate::memory::page::refusals) from then on.
pub fn harden() -> Vec<String> {
    // Shows at once, and not only when there is a key, whether one can be locked in memory.
    drop(KeyPage::blank());
    let mut refused = Vec::new();
    if !forbid_core_files() {
        refused.push("The system does not let the agent forbid core files: a crash may write secrets to disk.".to_owned());
    }
    if !forbid_reading_memory() {
        refused.push(
            "The system does not hide the agent's memory from other programs of yours.".to_owned(),
        );
    }
    refused
}

#[cfg(unix)]
fn forbid_core_files() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_ok()
}

/// Windows writes no core files by itself.
#[cfg(windows)]
fn forbid_core_files() -> bool {
    true
}

/// Also keeps debuggers of the same user away, and core files that a program is to take over, which no limit forbids
/// (`PR_SET_DUMPABLE`, prctl(2); core(5)).
#[cfg(target_os = "linux")]
fn forbid_reading_memory() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forbid_reading_memory() -> bool {
    false
}

/// A sentence about the program that traces this one, a debugger for example, if there is one just now.
///
/// Asks the kernel each time, which takes some 20 microseconds.
#[cfg(target_os = "linux")]
pub fn tracer() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?.trim();
    (tracer != "0").then(|| {
        format!("A debugger (process {tracer}) is attached to the agent and can read its secrets.")
    })
}

/// Other systems do not say.
#[cfg(not(target_os = "linux"))]
pub fn tracer() -> Option<String> {
    None
}
