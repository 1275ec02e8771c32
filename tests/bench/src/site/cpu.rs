//! Which CPUs a process runs on. With both ends on one CPU, a request's time is the work of both and nothing else;
//! on two it is mostly the time that a sleeping CPU takes to wake.

use std::fs;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Outcome;

/// Keeps this thread and some processes on one CPU until dropped.
pub struct OnOneCpu {
    processes: Vec<u32>,
    before: CpuSet,
}

impl OnOneCpu {
    /// Puts the calling thread and all threads of `processes` on the first CPU that this thread may use.
    pub fn put(processes: impl IntoIterator<Item = u32>) -> Outcome<Self> {
        let before = sched_getaffinity(None)?;
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| before.is_set(*cpu)).unwrap_or_default());
        let pinned = Self { processes: processes.into_iter().collect(), before };
        pinned.set(&one)?;
        Ok(pinned)
    }

    fn set(&self, cpus: &CpuSet) -> Outcome<()> {
        sched_setaffinity(None, cpus)?;
        for process in &self.processes {
            for thread in threads(*process)? {
                sched_setaffinity(Some(thread), cpus)?;
            }
        }
        Ok(())
    }
}

impl Drop for OnOneCpu {
    fn drop(&mut self) {
        if let Err(error) = self.set(&self.before) {
            eprintln!("passcode-bench: a process stays on one CPU: {error}");
        }
    }
}

/// The threads of a process.
pub fn threads(process: u32) -> Outcome<Vec<Pid>> {
    let mut threads = Vec::new();
    for entry in fs::read_dir(format!("/proc/{process}/task"))? {
        let name = entry?.file_name();
        threads.extend(name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw));
    }
    Ok(threads)
}
