//! A clock that stands still until a test turns it.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::ports::clock::{Clock, Moment, Sleep};

/// A clock to be turned by hand; clones are the same clock.
#[derive(Clone, Default)]
pub struct FakeClock(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    wall: Duration,
    boot: Duration,
    slept: Duration,
    starts: u8,
    sleepers: Vec<(Duration, oneshot::Sender<()>)>,
}

impl FakeClock {
    /// A clock that shows `wall` seconds since 1970.
    pub fn at(wall: u64) -> Self {
        let clock = Self::default();
        clock.state().wall = Duration::from_secs(wall);
        clock
    }

    /// Lets `duration` pass on both clocks and wakes who slept for it.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.wall += duration;
        state.boot += duration;
        let now = state.boot;
        for (_, sleeper) in state.sleepers.extract_if(.., |(until, _)| *until <= now) {
            // A sleeper that was dropped does not need to be woken.
            let _ = sleeper.send(());
        }
    }

    /// Sets the wall clock alone, forward or back, as a user or a time server does.
    pub fn set_wall(&self, wall: u64) {
        self.state().wall = Duration::from_secs(wall);
    }

    /// The machine sleeps for `duration`: both clocks go on, and nobody is woken by it.
    pub fn suspend(&self, duration: Duration) {
        let mut state = self.state();
        state.wall += duration;
        state.boot += duration;
        state.slept += duration;
        // Waits are counted without sleep, as timers of the system are.
        state.sleepers.iter_mut().for_each(|(until, _)| *until += duration);
    }

    /// The machine starts again; its clock begins at zero.
    pub fn restart_machine(&self) {
        let mut state = self.state();
        state.boot = Duration::ZERO;
        state.slept = Duration::ZERO;
        state.starts += 1;
    }

    /// How many waits are under way.
    pub fn sleepers(&self) -> usize {
        self.state().sleepers.iter().filter(|(_, sleeper)| !sleeper.is_closed()).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the clock")
    }
}

impl Clock for FakeClock {
    fn wall(&self) -> Duration {
        self.state().wall
    }

    fn boot(&self) -> Duration {
        self.state().boot
    }

    fn slept(&self) -> Duration {
        self.state().slept
    }

    fn moment(&self) -> Moment {
        let state = self.state();
        Moment { boot: [state.starts; 16], uptime: state.boot }
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let (wake, woken) = oneshot::channel();
        let mut state = self.state();
        let until = state.boot + duration;
        state.sleepers.push((until, wake));
        Box::pin(async move {
            // The clock is gone when the test is over; nothing waits then.
            let _ = woken.await;
        })
    }
}
