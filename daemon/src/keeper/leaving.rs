//! Locking because the user leaves: the screen is locked, the machine goes to sleep, another user comes, the session
//! ends. When the user is back, a vault that asks for nothing opens itself again.

use super::state::{Agent, Locked, State, Until};
use super::timing::protects;
use crate::ports::watch::Happening;
use crate::vault::opening::Credentials;

impl Agent {
    /// Something happened to the user's session.
    pub(super) fn happened(&mut self, happening: Happening) {
        match happening {
            Happening::Missing(sources) => self.unwatched = sources,
            Happening::ScreenUnlocked | Happening::Resumed | Happening::SwitchedBack => {
                self.reopen();
            }
            // The machine may sleep once the token is dropped, which is after the keys are.
            Happening::Suspending(sleepless) => {
                self.lock_because("the machine goes to sleep");
                drop(sleepless);
            }
            Happening::ScreenLocked => self.lock_because("the screen is locked"),
            Happening::SwitchedAway => self.lock_because("another user has come"),
            Happening::LoggedOut => self.lock_because("the session has ended"),
        }
    }

    fn lock_because(&mut self, why: &'static str) {
        if matches!(self.state, State::Open(_) | State::Opening(_)) {
            tracing::info!(why, "the vault is locked");
        }
        self.dismiss_prompt();
        self.lock(Until::UserIsBack);
    }

    /// Opens a vault that asks for nothing, unless the user wants it locked.
    fn reopen(&mut self) {
        let State::Locked(Locked { guard: Some(guard), until }) = &self.state else { return };
        if !protects(guard) && *until <= Until::UserIsBack {
            self.open_with(Credentials::default(), None, Vec::new());
        }
    }
}
