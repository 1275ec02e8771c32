//! Making, changing and removing the PIN, and moving the key: each makes all keys anew. It is an edit of everything: no
//! other is under way meanwhile, and codes wait for the fraction of a second that it takes.

use passcode_proto::event::Event;
use passcode_proto::reply::{Done, PinMade};
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText, pin};

use super::edits::Subject;
use super::pending::Job;
use super::state::{Agent, State};
use super::{Asked, Message, aside};
use crate::ports::keystore::StoreKind;
use crate::secret::Secret;
use crate::vault::opening::check_passphrase;
use crate::vault::rekey::{self, NewKeys, Plan, Present};

/// Keys that are being made.
pub(super) struct Rekeying {
    asked: Asked,
    plan: Option<Plan>,
    present: Option<Present>,
    former_code: bool,
    code: Option<SecretText>,
}

impl Rekeying {
    /// Who asked for it.
    pub(super) fn into_asked(self) -> Asked {
        self.asked
    }
}

impl Agent {
    /// Answers `pin.set`, `pin.change`, `pin.remove` and `keystore.set`.
    pub(super) fn rekey(&mut self, asked: Asked) {
        let planned = self.plan(&asked.request);
        let State::Open(open) = &mut self.state else { return };
        if open.edits.is_under_way() {
            return open.edits.postpone(asked);
        }
        match planned {
            Err(fault) => asked.answer(fault),
            Ok(plan) => {
                open.edits.begin(Subject::Everything);
                let former_code = open.vault.lock.guard.recovery;
                let present = Some(open.vault.present());
                let plan = Some(plan);
                open.rekeying = Some(Rekeying { asked, plan, present, former_code, code: None });
                // A commit that comes about says that the one before is not in doubt: only then may the key store
                // forget a secret that a failed change of keys has left.
                let changes = open.tries_change();
                self.submit(Job::BeforeKeys, changes);
            }
        }
    }

    fn plan(&self, request: &Request) -> Result<Plan, Fault> {
        let lock = &self.open()?.vault.lock;
        let store = lock.guard.store;
        let plan = |pin: Option<&SecretText>, recovery_code| Plan {
            store,
            pin: pin.map(|pin| Secret::of(pin.expose())),
            recovery_code,
            passphrase: None,
        };
        match request {
            Request::PinSet(_) if lock.guard.pin.is_some() && !lock.recovering => {
                Err(FaultCode::PinIsSet.into())
            }
            Request::PinChange(_) | Request::PinRemove(_) if lock.guard.pin.is_none() => {
                Err(FaultCode::NoPin.into())
            }
            Request::PinRemove(_) if self.pin_required() > 0 => Err(FaultCode::PinRequired.into()),
            Request::PinSet(set) => {
                self.check_new_pin(&set.pin, set.recovery_code)?;
                Ok(plan(Some(&set.pin), set.recovery_code))
            }
            Request::PinChange(change) => {
                self.check_new_pin(&change.new, change.recovery_code)?;
                Ok(plan(Some(&change.new), change.recovery_code))
            }
            Request::PinRemove(_) => Ok(plan(None, false)),
            Request::KeystoreSet(set) => {
                let (store, passphrase) = self.new_store(&set.kind, set.passphrase.as_ref())?;
                // It was looked at before, if there is one; one that is not set must not come to be set by this.
                let pin = set.pin.as_ref().filter(|_| lock.guard.pin.is_some());
                Ok(Plan { store, passphrase, ..plan(pin, false) })
            }
            _ => Err(FaultCode::Internal.into()),
        }
    }

    fn check_new_pin(&self, new: &SecretText, recovery_code: bool) -> Result<(), Fault> {
        if recovery_code && !self.ports.rules.recovery_code {
            return Err(FaultCode::PolicyForbids.into());
        }
        let checked = pin::check(new.expose(), self.pin_required());
        checked.map(|_| ()).map_err(|weak| Fault::because(FaultCode::WeakPin, weak.to_string()))
    }

    fn new_store(
        &self,
        kind: &str,
        passphrase: Option<&SecretText>,
    ) -> Result<(StoreKind, Option<Secret>), Fault> {
        let kind = StoreKind::named(kind).ok_or_else(|| {
            let what = "The kind of a key store is keyring, passphrase, credential or file.";
            Fault::because(FaultCode::BadRequest, what)
        })?;
        if !self.ports.rules.keystores.contains(&kind) {
            return Err(FaultCode::PolicyForbids.into());
        }
        let passphrase = passphrase.map(|text| Secret::of(text.expose()));
        match (kind, &passphrase) {
            (StoreKind::Passphrase, None) => {
                Err(Fault::because(FaultCode::BadPassphrase, "The passphrase to be is missing."))
            }
            (StoreKind::Passphrase, Some(new)) => {
                check_passphrase(new).map(|()| (kind, passphrase))
            }
            (_, Some(_)) => Err(Fault::because(
                FaultCode::BadRequest,
                "Only the key store \"passphrase\" takes a passphrase.",
            )),
            (_, None) => Ok((kind, None)),
        }
    }

    /// The last commit is not in doubt: now the keys are made.
    pub(super) fn before_keys(&mut self, result: Result<(), Fault>) {
        let State::Open(open) = &mut self.state else { return };
        let Some(rekeying) = &mut open.rekeying else { return };
        let taken = rekeying.plan.take().zip(rekeying.present.take());
        match (result, taken) {
            (Ok(()), Some((plan, present))) => {
                let (ports, report) = (self.ports.clone(), self.report_to());
                aside(move || {
                    let keys = rekey::prepare(&ports, &present, &plan).map(Box::new);
                    report(Message::KeysMade(keys));
                });
            }
            (result, _) => {
                self.end_rekeying(result.and_then(|()| Err(FaultCode::Internal.into())));
            }
        }
    }

    /// The keys are made: every row is sealed anew and written.
    pub(super) fn keys_made(&mut self, keys: Result<Box<NewKeys>, Fault>) {
        let State::Open(open) = &mut self.state else { return };
        let sealed = keys.and_then(|mut keys| {
            let changes = open.vault.sealed_anew(&mut keys)?;
            Ok((keys, changes))
        });
        match sealed {
            Ok((keys, changes)) => {
                let key = keys.key();
                let ticket = self.pending.add(Job::Keys(keys));
                open.writer.rekey(ticket, changes, key);
            }
            Err(fault) => self.end_rekeying(Err(fault)),
        }
    }

    /// The rows are written: the new keys are in use, and the former device secret is forgotten.
    pub(super) fn keys_written(&mut self, mut keys: NewKeys, result: Result<(), Fault>) {
        let State::Open(open) = &mut self.state else { return };
        match (result, &mut open.rekeying) {
            (Ok(()), Some(rekeying)) => {
                rekeying.code = keys.code.take();
                let aftermath = open.vault.adopt(keys);
                open.begin_limits(self.ports.clock.as_ref());
                let (ports, report) = (self.ports.clone(), self.report_to());
                aside(move || {
                    aftermath.clean_up(&ports);
                    report(Message::CleanedUp);
                });
            }
            (result, _) => self.end_rekeying(result),
        }
    }

    /// The former keys are gone.
    pub(super) fn cleaned_up(&mut self) {
        self.set_alarm();
        self.subscribers.announce(|| Event::ProtectionChanged);
        self.end_rekeying(Ok(()));
    }

    fn end_rekeying(&mut self, result: Result<(), Fault>) {
        let State::Open(open) = &mut self.state else { return };
        open.edits.end();
        let Some(Rekeying { asked, former_code, code, .. }) = open.rekeying.take() else { return };
        let made = PinMade { recovery_code: code, former_code_void: former_code };
        let answer = match &asked.request {
            Request::PinSet(_) => Answer::PinSet(made),
            Request::PinChange(_) => Answer::PinChange(made),
            Request::PinRemove(_) => Answer::PinRemove(Done {}),
            _ => Answer::KeystoreSet(Done {}),
        };
        match result {
            Ok(()) => asked.answer(answer),
            Err(fault) => asked.answer(fault),
        }
        self.next_edit();
        self.prove_waiting();
    }

    /// Digits that a PIN has to have at the least.
    pub(super) fn pin_required(&self) -> u8 {
        let asked = self.open().map_or(0, |open| open.vault.pin_asked());
        self.ports.rules.pin.max(asked)
    }

    /// Digits of a PIN that has to be made before codes are given.
    pub(super) fn pin_due(&self) -> Option<u8> {
        let lock = &self.open().ok()?.vault.lock;
        super::pair::pin_due(lock, self.pin_required())
    }
}
