//! Opening a locked vault from the window, and starting an agent that is away.

use passcode_proto::reply::LockState;
use passcode_proto::request::Unlock;
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText};

use super::App;
use super::input::{Effect, What};

impl App {
    pub(super) fn unlock(&mut self, typed: &SecretText) {
        let given = Some(typed.clone()).filter(|typed| !typed.expose().is_empty());
        let (pin, passphrase) = match self.takes_passphrase() {
            true => (None, given),
            false => (given, None),
        };
        let unlock = Unlock { pin, passphrase, recovery: None };
        self.ask_and_wait(What::Unlock, Request::Unlock(unlock));
    }

    pub(super) fn unlocked(&mut self, answer: Result<Answer, Fault>) {
        let Err(fault) = answer else { return };
        self.begin_try();
        self.note_block(&fault);
        match fault.code {
            // The field says what is needed.
            FaultCode::PinNeeded | FaultCode::PassphraseNeeded => {}
            _ => self.fail(&fault),
        }
    }

    /// After a wrong PIN the agent knows how many tries are left and for how long none is taken.
    pub(super) fn note_block(&mut self, fault: &Fault) {
        if matches!(fault.code, FaultCode::WrongPin | FaultCode::PinBlocked) {
            self.ask_status();
        }
    }

    pub(super) fn takes_passphrase(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.passphrase)
    }

    /// Digits of the PIN that is set; 0 when there is none.
    pub(super) fn pin_digits(&self) -> u8 {
        self.status.as_ref().and_then(|status| status.pin.set).unwrap_or(0)
    }

    /// Seconds for which no PIN is taken.
    pub(super) fn blocked_for(&self) -> u64 {
        self.blocked_until.map_or(0, |until| until.saturating_sub(self.now.run))
    }

    pub(super) fn is_opening(&self) -> bool {
        self.state_is(LockState::Opening)
    }

    pub(super) fn start_agent(&mut self) {
        if self.view.is_none() && !self.starting {
            self.starting = true;
            self.note = None;
            self.effects.push(Effect::StartAgent);
        }
    }

    pub(super) fn started(&mut self, started: Result<(), Fault>) {
        self.starting = false;
        if let Err(fault) = started {
            self.fail(&fault);
        }
    }
}
