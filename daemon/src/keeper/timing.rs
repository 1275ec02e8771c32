//! Locking because time has passed: without a code for a while, open for too long, or asleep in between. Deadlines are on
//! the boot clock, and are looked at before anything is served, so that a machine that slept serves nothing late.

use std::time::Duration;

use crate::ports::clock::{Clock, Sleep};
use crate::ports::keystore::StoreKind;
use crate::vault::slot::Guard;

use super::state::{Agent, Open, State, Until};

/// How long what services say is held to be true.
pub(super) const REFRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// Sleep that goes unnoticed: reading two clocks one after the other takes time.
const SLEEP_GRACE: Duration = Duration::from_secs(1);

/// The one timer of the agent. It is not set anew with every code: it rings early, and is set again then.
#[derive(Default)]
pub(super) struct Alarm(Option<Sleep>);

impl Alarm {
    /// Nothing is to ring any more.
    pub(super) fn stop(&mut self) {
        self.0 = None;
    }
}

/// Whether closing protects anything: a vault without PIN and passphrase opens by itself.
pub(super) fn protects(guard: &Guard) -> bool {
    guard.pin.is_some() || guard.store == StoreKind::Passphrase
}

impl Open {
    /// The limits of time begin now: a vault that asked for nothing may have been open for days when it gets a PIN.
    pub(super) fn begin_limits(&mut self, clock: &dyn Clock) {
        self.since = clock.boot();
        self.last_use = self.since;
        self.slept = clock.slept();
    }
}

impl Agent {
    /// Waits until the alarm rings; for ever when it is not set.
    pub(super) async fn alarm(&mut self) {
        match &mut self.alarm.0 {
            Some(sleep) => sleep.await,
            None => std::future::pending().await,
        }
    }

    /// Sets the alarm for the next deadline, if there is one.
    pub(super) fn set_alarm(&mut self) {
        let left = self.locks_in().into_iter().chain(self.refreshes_in()).min();
        self.alarm.0 = left.map(|left| self.ports.clock.sleep(left));
    }

    /// The alarm rang.
    pub(super) fn time_is_up(&mut self) {
        self.alarm.stop();
        self.lock_when_due();
        if self.refreshes_in().is_some_and(|left| left.is_zero()) {
            self.refresh(None);
        }
        self.set_alarm();
    }

    /// Time until services are asked again; none when there are none to ask.
    fn refreshes_in(&self) -> Option<Duration> {
        let State::Open(open) = &self.state else { return None };
        let due = self.next_refresh.filter(|_| !open.vault.devices().is_empty())?;
        Some(due.saturating_sub(self.ports.clock.boot()))
    }

    /// Time until the vault locks by itself if it is not used; none when it does not.
    pub(super) fn locks_in(&self) -> Option<Duration> {
        let State::Open(open) = &self.state else { return None };
        let deadline = self.deadline(open)?;
        Some(deadline.saturating_sub(self.ports.clock.boot()))
    }

    fn deadline(&self, open: &Open) -> Option<Duration> {
        if !protects(&open.vault.lock.guard) {
            return None;
        }
        let rules = &self.ports.rules;
        let idle = rules.idle_lock.map(|limit| open.last_use + limit);
        let longest = rules.max_open.map(|limit| open.since + limit);
        idle.into_iter().chain(longest).min()
    }

    /// Locks the vault when its time is over or the machine has slept. Called before every message is looked at.
    pub(super) fn lock_when_due(&mut self) {
        let State::Open(open) = &self.state else { return };
        if !protects(&open.vault.lock.guard) {
            return;
        }
        let clock = &self.ports.clock;
        let is_over = self.deadline(open).is_some_and(|deadline| clock.boot() >= deadline);
        let has_slept = clock.slept() > open.slept + SLEEP_GRACE;
        if is_over || has_slept {
            let why = if has_slept { "the machine slept" } else { "its time is over" };
            tracing::info!(why, "the vault locks by itself");
            self.lock(Until::Needed);
        }
    }

    /// A code was given.
    pub(super) fn note_use(&mut self) {
        if let State::Open(open) = &mut self.state
            && protects(&open.vault.lock.guard)
        {
            open.last_use = self.ports.clock.boot();
        }
    }
}
