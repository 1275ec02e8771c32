//! The session as the desktop announces it. D-Bus stays out of the process that holds secrets: a child of the same
//! program, `passcoded helper watch`, speaks it and writes a line for each happening. The child gets no secret.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::ports::clock::Clock;
use crate::ports::watch::{Happening, SessionWatch};

#[cfg(all(unix, not(target_os = "macos")))]
mod child;
#[cfg(all(unix, not(target_os = "macos")))]
mod lines;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod pause;
#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod wire;

/// Watches through the helper, which is started anew whenever it ends.
#[cfg(all(unix, not(target_os = "macos")))]
pub struct DesktopWatch {
    clock: Arc<dyn Clock>,
    helper: child::Program,
}

#[cfg(all(unix, not(target_os = "macos")))]
impl DesktopWatch {
    /// A watch whose pauses are measured by `clock`. Nothing is started yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, helper: child::Program::helper() }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
impl SessionWatch for DesktopWatch {
    fn watch(&self) -> UnboundedReceiver<Happening> {
        let (tell, happenings) = unbounded_channel();
        tokio::spawn(child::keep(self.helper.clone(), Arc::clone(&self.clock), tell));
        happenings
    }
}

/// Nothing is watched on this system yet, and that is said.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub struct DesktopWatch;

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl DesktopWatch {
    /// A watch that says what it lacks.
    pub fn new(_: Arc<dyn Clock>) -> Self {
        Self
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl SessionWatch for DesktopWatch {
    fn watch(&self) -> UnboundedReceiver<Happening> {
        let (tell, happenings) = unbounded_channel();
        let missing = "Screen locks, sleep, user switches and logging out are not watched on this system yet; lock by \
                       hand with: passcode lock";
        // The receiver is in our hands.
        let _ = tell.send(Happening::Missing(vec![missing.to_owned()]));
        happenings
    }
}
