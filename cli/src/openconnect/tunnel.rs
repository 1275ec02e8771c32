//! The tunnel: openconnect again, as root where it has to be, with the cookie on its standard input. It connects anew by
//! itself as long as the cookie is good; when it ends in a failure, the login is done anew, with a fresh code.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Session, not_started};
use crate::output::{self, Failure};

/// A tunnel that lasted so long counts as one that came up.
const LASTING: Duration = Duration::from_secs(60);

/// Tunnels in a row that may end sooner.
const SHORT_ONES: u32 = 10;

/// How often it is looked whether the tunnel has ended.
const LOOK: Duration = Duration::from_millis(100);

/// How the tunnel is opened.
#[derive(Debug, Clone)]
pub struct Tunnel {
    /// The program by which openconnect becomes root, with its arguments; empty when it is to run as it is.
    pub by: Vec<OsString>,
    /// openconnect's own arguments, without the server.
    pub arguments: Vec<OsString>,
}

/// How a tunnel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The user or openconnect itself ended it.
    InGoodOrder,
    /// It broke, and the cookie is good no more.
    Broken,
}

impl Tunnel {
    /// Runs one tunnel to its end. `stop` is set when this program is told to end, and then openconnect is told too.
    pub fn run(&self, session: &Session, stop: &Arc<AtomicBool>) -> Result<Ended, Failure> {
        let mut words = self.by.iter().cloned().chain([super::program()]);
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(&program);
        command.args(words).args(["--cookie-on-stdin", "--servercert", &session.fingerprint]);
        if !session.resolve.is_empty() {
            command.args(["--resolve", &session.resolve]);
        }
        command.args(&self.arguments).arg(session.server()).stdin(Stdio::piped());
        let mut child = command.spawn().map_err(|error| not_started(&program, &error))?;
        give_cookie(&mut child, session);
        let status = wait(&mut child, stop)?;
        match status.success() || stop.load(Ordering::Relaxed) {
            true => Ok(Ended::InGoodOrder),
            false => Ok(Ended::Broken),
        }
    }
}

/// A child that is gone already tells by its status.
fn give_cookie(child: &mut Child, session: &Session) {
    if let Some(mut input) = child.stdin.take() {
        let line = Zeroizing::new(format!("{}\n", session.cookie.expose()));
        let _ = input.write_all(line.as_bytes());
    }
}

fn wait(child: &mut Child, stop: &Arc<AtomicBool>) -> Result<ExitStatus, Failure> {
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait().map_err(|_| lost())? {
            return Ok(status);
        }
        if stop.load(Ordering::Relaxed) && !told {
            told = true;
            end(child);
        }
        thread::sleep(LOOK);
    }
}

/// openconnect logs off on SIGINT, and `sudo` passes that on.
#[cfg(unix)]
fn end(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::INT);
    }
}

#[cfg(windows)]
fn end(child: &mut Child) {
    let _ = child.kill();
}

/// When to log in anew, and when to give up.
#[derive(Debug, Default)]
pub struct Patience {
    short: u32,
    away: u32,
}

impl Patience {
    /// How long to wait before the next login, after a tunnel that lasted from `begun` on; none to give up.
    pub fn after(&mut self, begun: Instant) -> Option<Duration> {
        self.after_lasting(begun.elapsed())
    }

    fn after_lasting(&mut self, lasted: Duration) -> Option<Duration> {
        self.away = 0;
        self.short = if lasted >= LASTING { 0 } else { self.short + 1 };
        (self.short <= SHORT_ONES).then(|| doubled(self.short))
    }

    /// How long to wait for a server that is away. It is waited for without end: nothing is spent on it, and a laptop may
    /// be on the road for hours.
    pub fn while_away(&mut self) -> Duration {
        self.away += 1;
        doubled(self.away)
    }
}

/// Twice as long each time, up to a minute.
fn doubled(times: u32) -> Duration {
    Duration::from_secs((1_u64 << times.min(6)).min(60))
}

/// Waits, unless this program is told to end, and says why.
pub fn pause(why: &str, wait: Duration, stop: &AtomicBool) {
    let end = Instant::now() + wait;
    output::note(&format!("passcode: {why} Logging in again in {} s.", wait.as_secs()));
    while Instant::now() < end && !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
    }
}

fn lost() -> Failure {
    Failure::local(
        "openconnect",
        "openconnect cannot be watched.",
        "See whether it still runs, and end it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tunnels_that_break_at_once_are_given_up_and_lasting_ones_never() {
        let mut patience = Patience::default();
        let waits: Vec<_> = std::iter::from_fn(|| patience.after_lasting(Duration::ZERO)).collect();
        assert_eq!(waits.len() as u32, SHORT_ONES);
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= Duration::from_secs(60)));
        let mut patience = Patience::default();
        assert!((0..100).all(|_| patience.after_lasting(LASTING).is_some()));
        assert!((0..100).all(|_| patience.while_away() <= Duration::from_secs(60)));
    }
}
