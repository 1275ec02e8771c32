//! The PIN once more, for requests that take it while the vault is open. Each try is written down before the PIN is
//! looked at, one at a time; whoever comes meanwhile waits.

use std::collections::VecDeque;

use passcode_proto::{Fault, FaultCode, Request, SecretText};

use super::pending::Job;
use super::state::{Agent, Open, State};
use super::{Asked, Message, aside};
use crate::ports::keystore::{Access, KeyStore};
use crate::ports::store::{Change, Row};
use crate::secret::Secret;
use crate::vault::opening::faults::{blocked, sentence, wrong_pin};
use crate::vault::slot::{self, PinGuard, Proof};
use crate::vault::tries::{Blocked, Tries};

/// The PINs that are looked at in an open vault.
#[derive(Default)]
pub(super) struct Proofs {
    is_under_way: bool,
    waiting: VecDeque<Asked>,
}

impl Proofs {
    /// Those who still wait.
    pub(super) fn into_waiting(self) -> Vec<Asked> {
        self.waiting.into()
    }
}

/// The PIN that a request brings.
fn pin_of(request: &Request) -> Option<&SecretText> {
    match request {
        Request::Unpair(unpair) => unpair.pin.as_ref(),
        Request::HotpSet(set) => set.pin.as_ref(),
        Request::HandOver(wanted) => wanted.pin.as_ref(),
        Request::KeystoreSet(set) => set.pin.as_ref(),
        Request::LockTimesSet(set) => set.pin.as_ref(),
        Request::PasswordSet(set) => set.pin.as_ref(),
        Request::PasswordRemove(remove) => remove.pin.as_ref(),
        Request::PinChange(change) => Some(&change.pin),
        Request::PinRemove(remove) => Some(&remove.pin),
        _ => None,
    }
}

/// What a thread needs to look at a PIN.
struct Trial {
    pin: Secret,
    guard: PinGuard,
    slots: Vec<Row>,
    tries: Tries,
}

impl Trial {
    /// Notes the try in the key store too, and then tells whether the PIN is the right one. Blocking.
    fn succeeds(self, keystore: &dyn KeyStore) -> Result<bool, Fault> {
        let noted = keystore.load(Access::default()).and_then(|kept| {
            let anchor = kept.anchor.unwrap_or_default();
            keystore.note(anchor.merged(self.tries.anchored(anchor.generation)))?;
            Ok(kept.secrets)
        });
        let secrets = noted.map_err(|fault| {
            Fault::because(FaultCode::KeyStore, sentence(&fault)).advise(fault.hint())
        })?;
        let key = self.guard.recipe.key(self.pin.expose()).map_err(|_| FaultCode::Internal)?;
        Ok(slot::open(&self.slots, &secrets, &Proof::Pin(key)).is_some())
    }
}

impl Agent {
    /// Whether a request has to show the PIN before it is answered.
    pub(super) fn needs_proof(&self, asked: &Asked) -> bool {
        let State::Open(open) = &self.state else { return false };
        asked.terms.fresh_pin && open.vault.lock.guard.pin.is_some()
    }

    /// Looks at the PIN that a request brings.
    pub(super) fn prove(&mut self, asked: Asked) {
        let now = self.ports.clock.moment();
        let State::Open(open) = &mut self.state else { return };
        if pin_of(&asked.request).is_none() {
            return asked.answer(FaultCode::PinNeeded);
        }
        if open.proofs.is_under_way || open.edits.is_under_way() {
            return open.proofs.waiting.push_back(asked);
        }
        match open.vault.lock.tries.begin(&now) {
            Err(left) => asked.answer(blocked(left)),
            Ok(tries) => {
                open.proofs.is_under_way = true;
                open.vault.lock.tries = tries;
                let changes = open.tries_change();
                self.submit(Job::Try(asked), changes);
            }
        }
    }

    /// The try is written down, or not.
    pub(super) fn try_written(&mut self, asked: Asked, result: Result<(), Fault>) {
        let State::Open(open) = &mut self.state else {
            return asked.answer(FaultCode::Locked);
        };
        let trial = pin_of(&asked.request).zip(open.vault.lock.guard.pin.clone());
        let (Some((pin, guard)), Ok(())) = (trial, &result) else {
            asked.answer(result.err().unwrap_or_else(|| FaultCode::NoPin.into()));
            return self.next_proof();
        };
        let lock = &open.vault.lock;
        let trial = Trial {
            pin: Secret::of(pin.expose()),
            guard,
            slots: lock.slots.clone(),
            tries: lock.tries.clone(),
        };
        let (keystore, report) = (self.ports.keystores.of(lock.guard.store), self.report_to());
        aside(move || {
            let right = trial.succeeds(keystore.as_ref());
            report(Message::Proved(asked, right));
        });
    }

    /// The PIN was looked at.
    pub(super) fn proved(&mut self, mut asked: Asked, right: Result<bool, Fault>) {
        let now = self.ports.clock.moment();
        let State::Open(open) = &mut self.state else {
            return asked.answer(FaultCode::Locked);
        };
        match right {
            Ok(true) => {
                open.vault.lock.tries = open.vault.lock.tries.forgiven();
                let changes = open.tries_change();
                self.blocked_until = None;
                self.submit(Job::Noted, changes);
                asked.terms.fresh_pin = false;
                self.answer(asked);
            }
            Ok(false) => {
                let (block, left) =
                    (open.vault.lock.tries.blocked(&now), open.vault.lock.tries.left());
                self.note_block(block);
                let fault = wrong_pin(block, left);
                self.announce_wrong_pin(&asked, &fault);
                asked.answer(fault);
            }
            Err(fault) => asked.answer(fault),
        }
        self.next_proof();
    }

    /// The PIN that was looked at is done with: the next ones have their turn.
    fn next_proof(&mut self) {
        if let State::Open(open) = &mut self.state {
            open.proofs.is_under_way = false;
        }
        self.prove_waiting();
    }

    /// Lets those who wait show their PINs, until one of them is looked at; the others may be refused at once.
    pub(super) fn prove_waiting(&mut self) {
        while let Some(asked) = self.idle_proofs().and_then(|proofs| proofs.waiting.pop_front()) {
            self.answer(asked);
        }
    }

    fn idle_proofs(&mut self) -> Option<&mut Proofs> {
        match &mut self.state {
            State::Open(open) if !open.proofs.is_under_way && !open.edits.is_under_way() => {
                Some(&mut open.proofs)
            }
            _ => None,
        }
    }

    /// How many wrong PINs lead to a block, and for how long none is taken.
    pub(super) fn tries(&self) -> (Option<u8>, Option<Blocked>) {
        match &self.state {
            State::Open(open) => {
                let tries = &open.vault.lock.tries;
                (Some(tries.left()), tries.blocked(&self.ports.clock.moment()))
            }
            _ => (None, self.block_left()),
        }
    }
}

impl Open {
    /// What has to be written so that the present count of wrong PINs is on disk.
    pub(super) fn tries_change(&self) -> Vec<Change> {
        let lock = &self.vault.lock;
        vec![Change::Put(lock.tries.row(&lock.count_key))]
    }
}
