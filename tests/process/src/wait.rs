//! Waiting for what other processes do: for a condition, looked at again and again, never for time to pass.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long another process may take for what it does at once, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until `look` finds something, for [`PATIENCE`] at the most.
///
/// # Panics
/// When it never does; `what` is waited for.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    match within(PATIENCE, look) {
        Some(found) => found,
        None => panic!("waited {} seconds in vain for {what}", PATIENCE.as_secs()),
    }
}

/// Waits until `look` finds something, for `limit` at the most.
pub fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        thread::sleep(PAUSE);
    }
}

/// Tells other threads of a test to stop: when it ends, and also when it fails.
#[derive(Debug)]
pub struct Stop<'a>(pub &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
