//! A gate in front of the fake disk, so that a test can look at an agent that is just opening its vault.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use passcode_daemon::ports::fake::store::FakeStores;
use passcode_daemon::ports::store::{Store, StoreFault, Stores};

/// The place of a store that can be shut for a while; clones are the same place.
#[derive(Clone)]
pub struct GatedStores {
    stores: FakeStores,
    gate: Arc<(Mutex<Gate>, Condvar)>,
}

#[derive(Default)]
struct Gate {
    shut: bool,
    waiting: usize,
}

impl GatedStores {
    /// A gate that stands open.
    pub fn new(stores: FakeStores) -> Self {
        Self { stores, gate: Arc::default() }
    }

    /// Whoever opens the store waits from now on, until [`GatedStores::open`].
    pub fn shut(&self) {
        self.state().shut = true;
    }

    /// Lets everyone through.
    pub fn open(&self) {
        self.state().shut = false;
        self.gate.1.notify_all();
    }

    /// How many wait for the gate.
    pub fn waiting(&self) -> usize {
        self.state().waiting
    }

    fn pass(&self) {
        let mut state = self.state();
        state.waiting += 1;
        while state.shut {
            state = self.gate.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
    }

    fn state(&self) -> MutexGuard<'_, Gate> {
        self.gate.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for GatedStores {
    fn exists(&self) -> Result<bool, StoreFault> {
        self.stores.exists()
    }

    fn open(&self) -> Result<Box<dyn Store>, StoreFault> {
        self.pass();
        self.stores.open()
    }

    fn remove(&self) -> Result<(), StoreFault> {
        self.stores.remove()
    }
}
