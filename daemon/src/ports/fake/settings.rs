//! Settings that are kept in memory, or refused as a test says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ports::settings::{Settings, WantedTimes};

/// The fake; clones share what they keep.
#[derive(Clone, Default)]
pub struct FakeSettings(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    times: Vec<WantedTimes>,
    trouble: Option<String>,
}

impl FakeSettings {
    /// Everything that was kept, in order.
    pub fn kept(&self) -> Vec<WantedTimes> {
        self.lock().times.clone()
    }

    /// Nothing can be kept from now on.
    pub fn fail(&self, trouble: &str) {
        self.lock().trouble = Some(trouble.to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settings for FakeSettings {
    fn keep(&self, times: WantedTimes) -> Result<(), String> {
        let mut kept = self.lock();
        match &kept.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => {
                kept.times.push(times);
                Ok(())
            }
        }
    }
}
