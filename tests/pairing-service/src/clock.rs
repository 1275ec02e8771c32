//! The time, in seconds since 1970. Tests turn it by hand, so that nothing has to be waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock: the system's, or one that is turned by hand. Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `now` until it is turned.
    pub fn by_hand(now: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(now))))
    }

    /// What it shows.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(hand) => hand.load(Ordering::SeqCst),
            None => system_now(),
        }
    }

    /// Turns it on.
    ///
    /// # Panics
    /// When it is the system's.
    pub fn advance(&self, seconds: i64) {
        let hand = self.0.as_ref().expect("the system's clock is not turned");
        hand.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn system_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
