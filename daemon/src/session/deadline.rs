//! Deadlines that cost nothing when they are not needed: the timer is made only when the work has to wait.

use std::time::Duration;

use crate::ports::clock::Clock;

/// Runs `work` for `limit` at the most; `None` when it takes longer.
pub(super) async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = async { clock.sleep(limit).await } => None,
    }
}
