//! logind's inhibitor: while it is open, logind waits before it puts the machine to sleep (`InhibitDelayMaxSec`, 5 s
//! by default). It is closed when the agent has locked, and taken again when the machine is awake.

use std::os::fd::OwnedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The inhibitor, and the sleep that it delays.
#[derive(Default)]
pub struct Delay(Mutex<State>);

#[derive(Default)]
struct State {
    inhibitor: Option<OwnedFd>,
    /// The number of the sleep that is about to come. A word about an earlier one comes too late and counts for nothing.
    sleep: Option<u64>,
    sleeps: u64,
}

impl Delay {
    /// Whether sleep is delayed.
    pub fn is_held(&self) -> bool {
        self.state().inhibitor.is_some()
    }

    /// Holds an inhibitor from logind.
    pub fn hold(&self, inhibitor: OwnedFd) {
        self.state().inhibitor = Some(inhibitor);
    }

    /// logind has gone, and its inhibitor is worth nothing.
    pub fn forget(&self) {
        let mut state = self.state();
        state.inhibitor = None;
        state.sleep = None;
    }

    /// The machine is about to sleep; gives the number of this time.
    pub fn suspending(&self) -> u64 {
        let mut state = self.state();
        state.sleeps += 1;
        state.sleep = Some(state.sleeps);
        state.sleeps
    }

    /// The agent lets it sleep.
    pub fn let_sleep(&self, number: u64) {
        let mut state = self.state();
        if state.sleep == Some(number) {
            state.inhibitor = None;
        }
    }

    /// The machine is awake again.
    pub fn resumed(&self) {
        self.state().sleep = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Delay {
        let delay = Delay::default();
        delay.hold(std::fs::File::open("/dev/null").unwrap().into());
        delay
    }

    #[test]
    fn sleep_is_delayed_until_the_agent_has_locked() {
        let delay = held();
        let number = delay.suspending();
        assert!(delay.is_held());
        delay.let_sleep(number);
        assert!(!delay.is_held());
    }

    #[test]
    fn a_word_about_an_earlier_sleep_counts_for_nothing() {
        let delay = held();
        let first = delay.suspending();
        delay.resumed();
        delay.let_sleep(first);
        assert!(delay.is_held(), "the machine is awake");
        let second = delay.suspending();
        delay.let_sleep(first);
        assert!(delay.is_held(), "it is about to sleep again");
        delay.let_sleep(second);
        assert!(!delay.is_held());
    }

    #[test]
    fn numbers_are_not_used_again_when_logind_comes_back() {
        let delay = held();
        let first = delay.suspending();
        delay.forget();
        assert!(!delay.is_held());
        assert_ne!(delay.suspending(), first);
    }
}
