//! A test that hangs fails. Real time is used for nothing else: the agent under test lives by a clock that the test
//! turns.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::Rig;

/// What the usual test may take, most of it for machines that are busy with other things.
pub const LIMIT: Duration = Duration::from_secs(5);

/// Runs `test` with an agent that has nothing paired yet.
pub fn with_agent(test: impl AsyncFnOnce(Rig) + Send + 'static) {
    with_agent_for(LIMIT, test);
}

/// Runs `test` with an agent that has nothing paired yet, for `limit` at the most.
pub fn with_agent_for(limit: Duration, test: impl AsyncFnOnce(Rig) + Send + 'static) {
    watched(limit, async move || test(Rig::start()).await);
}

/// Runs `test` on a runtime like the agent's own: one thread serves.
///
/// # Panics
/// When the test does, and when it takes longer than `limit`.
pub fn watched(limit: Duration, test: impl AsyncFnOnce() + Send + 'static) {
    let (ended, end) = mpsc::channel::<()>();
    let runner = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("the system gives an event loop").block_on(test());
        drop(ended);
    });
    if end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
        panic!("the test hangs: it has not ended after {} seconds", limit.as_secs());
    }
    if let Err(panic) = runner.join() {
        std::panic::resume_unwind(panic);
    }
}
