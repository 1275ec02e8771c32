//! What happens to the user's session while the agent runs: the screen is locked, the machine goes to sleep, somebody
//! else takes the seat. Who listens for it is [`crate::ports::session_watch`]; what follows from it is the keeper's.

use std::fmt;

use tokio::sync::mpsc::UnboundedReceiver;

/// Watches the session of the user. It goes on until the receiver is dropped.
pub trait SessionWatch: Send + Sync {
    /// What happens from now on. The same fact can come twice, from two sources; within a runtime only.
    fn watch(&self) -> UnboundedReceiver<Happening>;
}

/// Something that happened to the session.
#[derive(Debug)]
pub enum Happening {
    /// The screen is locked, or is to be locked.
    ScreenLocked,
    /// The screen is no longer locked.
    ScreenUnlocked,
    /// The machine is about to sleep, and waits a little (logind: 5 s by default) for the token to be dropped.
    Suspending(Sleepless),
    /// The machine is awake again.
    Resumed,
    /// The seat shows another session.
    SwitchedAway,
    /// The seat shows this session again, or the user has a new one.
    SwitchedBack,
    /// The session has ended, or the machine is going down.
    LoggedOut,
    /// What cannot be listened for, a full sentence each, in place of all that was said before. The first one comes
    /// when this is known, also when nothing is missing.
    Missing(Vec<String>),
}

/// While it lives, the machine is asked not to sleep yet; dropping it lets it.
pub struct Sleepless(Option<Box<dyn FnOnce() + Send>>);

impl Sleepless {
    /// A token that calls `let_sleep` when it is dropped.
    pub fn new(let_sleep: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(let_sleep)))
    }
}

impl Drop for Sleepless {
    fn drop(&mut self) {
        if let Some(let_sleep) = self.0.take() {
            let_sleep();
        }
    }
}

impl fmt::Debug for Sleepless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sleepless")
    }
}
