//! A test that hangs ends the run with its name. Everything the rig waits for has a limit of its own, so this is for
//! what nobody thought of; [`crate::site`] then removes what is left.

use std::io::{self, Write};
use std::process;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::programs;

/// Watches the test that holds it.
#[must_use = "the test is watched for as long as this is held"]
pub struct Watchdog {
    _test: Sender<()>,
}

/// What the usual test may take, most of it for machines that are busy with other things.
const LIMIT: Duration = Duration::from_secs(90);

/// Watches the calling test.
pub fn watch() -> Watchdog {
    watch_for(LIMIT)
}

/// Watches the calling test, which may take `limit`.
pub fn watch_for(limit: Duration) -> Watchdog {
    // Building them may take longer than any test; it is the compiler's time, not the test's.
    programs::make_ready();
    let (test, watched) = mpsc::channel();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    thread::spawn(move || {
        if watched.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let hangs =
                format!("{name} hangs: it has not ended after {} seconds\n", limit.as_secs());
            // Not by `eprintln!`, which the test harness keeps to itself.
            let _ = io::stderr().write_all(hangs.as_bytes());
            process::exit(101);
        }
    });
    Watchdog { _test: test }
}
