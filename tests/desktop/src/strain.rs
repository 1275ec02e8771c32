//! What a program costs that does nothing: memory, and how often it wakes up.
//! Figures only; what they should be stands with the promises.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use passcode_process_tests::wait;

/// Memory that a process has in use, in KiB (`VmRSS` of `proc(5)`).
///
/// # Panics
/// When there is no such process.
pub fn memory(pid: u32) -> u64 {
    field(&format!("/proc/{pid}/status"), "VmRSS:").expect("a process that runs")
}

/// How often each thread of a process has gone to sleep by itself, by number and name.
///
/// # Panics
/// When there is no such process.
pub fn sleeps(pid: u32) -> BTreeMap<String, u64> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("a process that runs");
    let count = |folder: &Path| {
        let name = fs::read_to_string(folder.join("comm")).ok()?;
        let number = folder.file_name()?.to_string_lossy().into_owned();
        let count = field(folder.join("status").to_str()?, "voluntary_ctxt_switches:")?;
        Some((format!("{number} {}", name.trim()), count))
    };
    threads.flatten().filter_map(|thread| count(&thread.path())).collect()
}

/// How often the threads of a process wake up within `span`: those that do.
pub fn wakeups(pid: u32, span: Duration) -> BTreeMap<String, u64> {
    let before = sleeps(pid);
    thread::sleep(span);
    let after = sleeps(pid).into_iter().map(|(name, count)| {
        let already = before.get(&name).copied().unwrap_or_default();
        (name, count - already)
    });
    after.filter(|(_, count)| *count > 0).collect()
}

/// Waits until a process has slept through a whole second; none when it does not within `limit`.
pub fn rest(pid: u32, limit: Duration) -> Option<()> {
    wait::within(limit, || wakeups(pid, Duration::from_secs(1)).is_empty().then_some(()))
}

/// Time of the processor that a process has used, in hundredths of a second (`proc(5)`: fields 14 and 15).
///
/// # Panics
/// When there is no such process.
pub fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process that runs");
    let (_, rest) = stat.rsplit_once(") ").expect("its name");
    let fields: Vec<&str> = rest.split(' ').collect();
    fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum()
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
