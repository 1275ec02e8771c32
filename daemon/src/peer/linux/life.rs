//! Whether a process is still the one that connected. A pidfd of the kernel says so for certain; where there is none, the
//! time of its start does.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::process::started;

/// A hold on a process: as long as this is there, a later process of the same number can be told from it.
#[derive(Debug)]
pub struct Life(Hold);

#[derive(Debug)]
enum Hold {
    Descriptor(OwnedFd),
    Start(u64),
    /// It had ended before it could be held, or there is none.
    Nothing,
}

impl Life {
    /// That of the process `pid`, as it is now.
    pub fn of(pid: i32) -> Self {
        let Some(process) = Pid::from_raw(pid) else { return Self::none() };
        match pidfd_open(process, PidfdFlags::empty()) {
            Ok(descriptor) => Self::held(descriptor),
            Err(Errno::SRCH) => Self::none(),
            // No descriptor left, or a kernel before Linux 5.3.
            Err(_) => Self::since_start(pid),
        }
    }

    /// That of the process which `descriptor` is a pidfd of.
    pub fn held(descriptor: OwnedFd) -> Self {
        Self(Hold::Descriptor(descriptor))
    }

    /// That of no process.
    pub fn none() -> Self {
        Self(Hold::Nothing)
    }

    fn since_start(pid: i32) -> Self {
        Self(started(pid).map_or(Hold::Nothing, Hold::Start))
    }

    /// Whether the process `pid` is the one that is held, and runs.
    pub fn is_of(&self, pid: i32) -> bool {
        match &self.0 {
            Hold::Descriptor(process) => !has_ended(process),
            Hold::Start(start) => started(pid) == Some(*start),
            Hold::Nothing => false,
        }
    }
}

/// A pidfd can be read from once its process has ended, before its number is free for another.
fn has_ended(process: &OwnedFd) -> bool {
    let mut ended = [PollFd::new(process, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    // What cannot be told counts as ended.
    !matches!(poll(&mut ended, Some(&at_once)), Ok(0))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio, id};

    use super::*;

    #[test]
    fn a_process_that_has_ended_is_not_there_even_before_its_number_is_free() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pid = child.id() as i32;
        let life = Life::of(pid);
        assert!(life.is_of(pid));
        drop(child.stdin.take());
        while !std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") Z ") {
            std::thread::yield_now();
        }
        assert!(!life.is_of(pid));
        child.wait().unwrap();
        assert!(!life.is_of(pid));
        assert!(!Life::of(pid).is_of(pid));
    }

    #[test]
    fn without_a_descriptor_a_number_that_was_used_again_is_told_by_the_start() {
        let own = id() as i32;
        assert!(Life::since_start(own).is_of(own));
        let start = started(own).unwrap();
        assert!(!Life(Hold::Start(start - 1)).is_of(own));
    }
}
