//! Protects the process before it holds anything: no core file, no reading of its memory by other programs of the
//! user. What the system refuses is told in `status`, never a reason to end.

/// Protects this process; gives a sentence for each thing that could not be done.
pub fn harden() -> Vec<String> {
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

/// Also keeps debuggers of the same user away (`PR_SET_DUMPABLE`, prctl(2)).
#[cfg(target_os = "linux")]
fn forbid_reading_memory() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forbid_reading_memory() -> bool {
    false
}
