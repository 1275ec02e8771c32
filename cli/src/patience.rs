//! Waiting for a desktop, whose libraries know no deadlines: what takes too long is left to itself, and the command ends.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What `work` gives, unless that takes longer than `limit`.
pub fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (tell, done) = mpsc::sync_channel(1);
    thread::spawn(move || tell.send(work()));
    done.recv_timeout(limit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_or_panics_gives_nothing() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let never = || thread::sleep(Duration::from_secs(3600));
        assert_eq!(within(Duration::from_millis(1), never), None);
    }
}
