//! A session to which happens what a test says. Clones are the same session.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::ports::watch::{Happening, SessionWatch, Sleepless};

/// The fake session; clones are the same session.
#[derive(Clone, Default)]
pub struct FakeWatch(Arc<Shared>);

#[derive(Default)]
struct Shared {
    told: Mutex<Told>,
    sleepless: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Told {
    watcher: Option<UnboundedSender<Happening>>,
    /// What happened before anybody watched.
    early: Vec<Happening>,
}

impl FakeWatch {
    /// A session to which nothing has happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets something happen. Who has not begun to watch hears of it then.
    pub fn tell(&self, happening: Happening) {
        let mut told = self.told();
        let unheard = match &told.watcher {
            Some(watcher) => watcher.send(happening).err().map(|failed| failed.0),
            None => Some(happening),
        };
        told.early.extend(unheard);
    }

    /// The machine is about to sleep; see [`FakeWatch::may_sleep`].
    pub fn suspend(&self) {
        let sleepless = Arc::clone(&self.0.sleepless);
        sleepless.fetch_add(1, Ordering::SeqCst);
        let token = Sleepless::new(move || {
            sleepless.fetch_sub(1, Ordering::SeqCst);
        });
        self.tell(Happening::Suspending(token));
    }

    /// Whether every token of [`FakeWatch::suspend`] has been dropped.
    pub fn may_sleep(&self) -> bool {
        self.0.sleepless.load(Ordering::SeqCst) == 0
    }

    /// Whether anybody watches.
    pub fn is_watched(&self) -> bool {
        self.told().watcher.as_ref().is_some_and(|watcher| !watcher.is_closed())
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionWatch for FakeWatch {
    fn watch(&self) -> UnboundedReceiver<Happening> {
        let (watcher, happenings) = unbounded_channel();
        let mut told = self.told();
        for early in told.early.drain(..) {
            // The receiver is in our hands.
            let _ = watcher.send(early);
        }
        told.watcher = Some(watcher);
        happenings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_may_sleep_once_the_token_is_dropped() {
        let session = FakeWatch::new();
        let mut happenings = session.watch();
        assert!(session.may_sleep());
        session.clone().suspend();
        assert!(!session.may_sleep());
        assert!(matches!(happenings.try_recv(), Ok(Happening::Suspending(_))));
        assert!(session.may_sleep());
    }

    #[test]
    fn what_happened_before_anybody_watched_is_told_first() {
        let session = FakeWatch::new();
        session.tell(Happening::ScreenLocked);
        assert!(!session.is_watched());
        let mut happenings = session.watch();
        session.tell(Happening::ScreenUnlocked);
        assert!(session.is_watched());
        assert!(matches!(happenings.try_recv(), Ok(Happening::ScreenLocked)));
        assert!(matches!(happenings.try_recv(), Ok(Happening::ScreenUnlocked)));
    }
}
