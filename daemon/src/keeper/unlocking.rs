//! Coming to an open vault: looked at once at the start, opened by itself when it asks for nothing, else with what a
//! request brings. One opening is under way at a time; whoever needs the vault meanwhile waits for it.

use std::mem;

use passcode_proto::event::{Event, WrongPin};
use passcode_proto::reply::Done;
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText};

use super::edits::Edits;
use super::errands::Errands;
use super::proof::Proofs;
use super::state::{Agent, Locked, Open, Opening, State, note};
use super::{Asked, Message, Needs, aside};
use crate::ports::keystore::StoreKind;
use crate::secret::Secret;
use crate::vault::opening::faults::{seconds, store_fault};
use crate::vault::opening::{self, Credentials, Opened, Unopened};
use crate::vault::slot::Guard;
use crate::vault::tries::Blocked;
use crate::vault::writer::Writer;

/// What was seen of a vault without opening it.
pub(super) type Looked = Result<Option<(Guard, Option<Blocked>)>, Unopened>;

impl Agent {
    /// Learns at the start what the vault asks for; one that asks for nothing opens itself.
    pub(super) fn look_at_start(&mut self) {
        match self.ports.stores.exists() {
            Ok(false) => {}
            Ok(true) => {
                self.change_state(State::Opening(Box::default()));
                let (ports, report) = (self.ports.clone(), self.report_to());
                self.opening = true;
                aside(move || report(Message::Looked(opening::look(&ports))));
            }
            Err(fault) => self.state = State::Broken(store_fault(fault)),
        }
    }

    /// Goes on from what was seen.
    pub(super) fn looked(&mut self, looked: Looked) {
        self.opening = false;
        if let Some(given) = self.next_try() {
            return self.begin_opening(given);
        }
        let State::Opening(opening) = &mut self.state else { return };
        match looked {
            Ok(Some((guard, block)))
                if guard.pin.is_some() || guard.store == StoreKind::Passphrase =>
            {
                self.note_block(block);
                let locked = Locked { guard: Some(guard), ..Locked::default() };
                let waiters = self.change_state(State::Locked(locked));
                self.answer_again(waiters);
            }
            Ok(Some((guard, _))) => {
                opening.guard = Some(guard);
                let waiters = mem::take(&mut opening.waiters);
                self.open_with(Credentials::default(), None, waiters);
            }
            // A crash has left a vault in which nothing is.
            Ok(None) => {
                let waiters = self.change_state(State::Empty);
                self.answer_again(waiters);
            }
            Err(unopened) => self.unopened(unopened),
        }
    }

    /// Begins to open the vault. `trying` is the request that brings the credentials.
    pub(super) fn open_with(
        &mut self,
        given: Credentials,
        trying: Option<Asked>,
        waiters: Vec<Asked>,
    ) {
        let guard = self.guard().cloned();
        // It may have been locked and unlocked while it was being opened: that has to come to its end first.
        let (given, next) = match self.opening {
            true => (None, Some(given)),
            false => (Some(given), None),
        };
        self.change_state(State::Opening(Box::new(Opening { guard, trying, waiters, next })));
        if let Some(given) = given {
            self.begin_opening(given);
        }
    }

    fn begin_opening(&mut self, given: Credentials) {
        self.opening = true;
        let (ports, report) = (self.ports.clone(), self.report_to());
        let closing = self.closing.take();
        tokio::spawn(async move {
            if let Some(closing) = closing {
                let _ = closing.await;
            }
            let opened = aside(move || opening::open(&ports, &given).map(Box::new)).await;
            let failed = |_| Err(Unopened::Broken(FaultCode::Internal.into()));
            report(Message::Opened(opened.unwrap_or_else(failed)));
        });
    }

    /// What is to be tried next, when what has come to its end was begun before the vault was locked.
    fn next_try(&mut self) -> Option<Credentials> {
        match &mut self.state {
            State::Opening(opening) => opening.next.take(),
            _ => None,
        }
    }

    /// Takes over an opened vault and answers who waited for it.
    pub(super) fn opened(&mut self, opened: Result<Box<Opened>, Unopened>) {
        self.opening = false;
        let next = self.next_try();
        let is_wanted = matches!(self.state, State::Opening(_)) && next.is_none();
        match opened {
            Ok(opened) if !is_wanted => {
                let now = self.ports.clock.wall().as_secs();
                self.in_turn(move || opened.store_end(now));
            }
            Err(_) if !is_wanted => {}
            Ok(opened) => self
                .serve_from(*opened)
                .unwrap_or_else(|fault| self.unopened(Unopened::Broken(fault))),
            Err(unopened) => self.unopened(unopened),
        }
        if let Some(given) = next {
            self.begin_opening(given);
        }
    }

    fn serve_from(&mut self, opened: Opened) -> Result<(), Fault> {
        let report = self.report_to();
        let stored = move |tickets, result| report(Message::Stored(tickets, result));
        let Opened { vault, store, manifest } = opened;
        let keystore = self.ports.keystores.of(vault.lock.guard.store);
        let anchor = vault.lock.tries.anchored(manifest.generation());
        let writer = Writer::start(store, manifest, Box::new(stored)).map_err(store_fault)?;
        let now = self.ports.clock.boot();
        let open = Open {
            vault,
            writer,
            edits: Edits::default(),
            proofs: Proofs::default(),
            errands: Errands::default(),
            rekeying: None,
            since: now,
            last_use: now,
            slept: self.ports.clock.slept(),
        };
        self.blocked_until = None;
        self.store_trouble = None;
        let waiters = self.change_silently(State::Open(Box::new(open)));
        self.refresh(None);
        self.set_alarm();
        tracing::info!(waiting = waiters.len(), "the vault is open");
        let view = self.view();
        self.subscribers.announce_view(&view);
        self.in_turn(move || {
            note(keystore.as_ref(), anchor);
            Ok(())
        });
        self.answer_again(waiters);
        self.serve_prompted();
        Ok(())
    }

    /// Enters a state of which the subscribers are told by a view.
    fn change_silently(&mut self, next: State) -> Vec<Asked> {
        match mem::replace(&mut self.state, next) {
            State::Opening(opening) => {
                let Opening { trying, waiters, .. } = *opening;
                trying.into_iter().chain(waiters).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Tells those who waited why the vault is not open, or lets the next one try.
    fn unopened(&mut self, unopened: Unopened) {
        let guard = self.guard().cloned();
        let trying = match &mut self.state {
            State::Opening(opening) => opening.trying.take(),
            _ => None,
        };
        self.store_trouble = None;
        let (next, fault) = self.after(unopened, guard);
        let is_locked = matches!(next, State::Locked(_));
        let waiters = self.change_state(next);
        // Who only waited for the opening to be over, to destroy the vault, does not need it open.
        let (free, waiters): (Vec<_>, Vec<_>) = waiters.into_iter().partition(|asked| {
            asked.terms.needs == Needs::Nothing && !matches!(asked.request, Request::Unlock(_))
        });
        if let Some(asked) = trying {
            self.announce_wrong_pin(&asked, &fault);
            asked.answer(fault.clone());
        }
        match is_locked {
            true => self.answer_waiters_of_locked(waiters, &fault),
            false => waiters.into_iter().for_each(|asked| asked.answer(fault.clone())),
        }
        self.prompt_failed(&fault);
        self.answer_again(free);
    }

    /// The state after a vault was not opened, and what to say.
    fn after(&mut self, unopened: Unopened, guard: Option<Guard>) -> (State, Fault) {
        let locked = |guard| State::Locked(Locked { guard, ..Locked::default() });
        match unopened {
            Unopened::Asks(asks, missing) => (self.empty_or(locked(Some(asks))), missing.into()),
            Unopened::Refused(fault) => (self.empty_or(locked(guard)), fault),
            Unopened::Blocked(fault, block) => {
                self.note_block(Some(block));
                (self.empty_or(locked(guard)), fault)
            }
            Unopened::Away(fault) => {
                let fault = self.with_place(fault);
                tracing::warn!(code = fault.code.name(), "the key store is away: {fault}");
                self.store_trouble = Some(fault.clone());
                (self.empty_or(locked(guard)), fault)
            }
            Unopened::Broken(fault) => {
                tracing::error!(code = fault.code.name(), "the vault cannot be opened: {fault}");
                (self.empty_or(State::Broken(fault.clone())), fault)
            }
        }
    }

    /// Nothing is locked or broken where nothing was made.
    fn empty_or(&self, state: State) -> State {
        match self.ports.stores.exists() {
            Ok(false) => State::Empty,
            _ => state,
        }
    }

    /// Names the user's own configuration in advice.
    fn with_place(&self, mut fault: Fault) -> Fault {
        fault.hint = fault.hint.replace("config.toml", &self.about.config);
        fault
    }

    /// Those who bring something to open the vault with come first; the others are refused or wait for the user.
    pub(super) fn answer_again(&mut self, waiters: Vec<Asked>) {
        let (unlocking, others): (Vec<_>, Vec<_>) =
            waiters.into_iter().partition(|asked| matches!(asked.request, Request::Unlock(_)));
        unlocking.into_iter().chain(others).for_each(|asked| self.answer(asked));
    }

    /// Whoever did not try is told what is the matter with the key store, rather than that the vault is locked.
    fn answer_waiters_of_locked(&mut self, waiters: Vec<Asked>, fault: &Fault) {
        let away = self.store_trouble.is_some();
        let (unlocking, others): (Vec<_>, Vec<_>) =
            waiters.into_iter().partition(|asked| matches!(asked.request, Request::Unlock(_)));
        match away {
            true => others.into_iter().for_each(|asked| asked.answer(fault.clone())),
            false => self.answer_again(others),
        }
        self.answer_again(unlocking);
    }

    /// Answers `unlock`: opens a locked or broken vault with what the request brings; the answer comes when it is open.
    pub(super) fn unlock(&mut self, asked: Asked) {
        let Request::Unlock(unlock) = &asked.request else { return };
        let brings_proof = unlock.pin.is_some() || unlock.recovery.is_some();
        let makes_vault = unlock.passphrase.is_some() && self.takes_passphrase();
        let block = self.block_left().filter(|_| unlock.pin.is_some());
        let asks_pin = self.guard().is_some_and(|guard| guard.pin.is_some());
        match &mut self.state {
            State::Open(_) => asked.answer(Answer::Unlock(Done {})),
            State::Opening(opening) => opening.waiters.push(asked),
            State::Empty if !makes_vault => asked.answer(FaultCode::NothingPaired),
            State::Locked(_) if asks_pin && !brings_proof => asked.answer(FaultCode::PinNeeded),
            State::Empty | State::Locked(_) | State::Broken(_) => match block {
                Some(left) => asked.answer(opening::faults::blocked(left)),
                None => {
                    let given = credentials(unlock);
                    self.open_with(given, Some(asked), Vec::new());
                }
            },
        }
    }

    /// Whether a vault to be made takes a passphrase.
    pub(super) fn takes_passphrase(&self) -> bool {
        self.ports.rules.keystore == StoreKind::Passphrase
    }

    /// How long no PIN is taken, as far as it is known.
    pub(super) fn block_left(&self) -> Option<Blocked> {
        let left = self.blocked_until?.checked_sub(self.ports.clock.boot())?;
        (!left.is_zero()).then_some(Blocked(left))
    }

    pub(super) fn note_block(&mut self, block: Option<Blocked>) {
        self.blocked_until = block.map(|Blocked(left)| self.ports.clock.boot() + left);
    }

    pub(super) fn announce_wrong_pin(&mut self, asked: &Asked, fault: &Fault) {
        if fault.code == FaultCode::WrongPin {
            let blocked_for = self.block_left().map(|Blocked(left)| seconds(left));
            let caller = asked.peer.program().to_owned();
            self.subscribers.announce(|| Event::WrongPin(WrongPin { blocked_for, caller }));
        }
    }
}

/// What a request brings.
fn credentials(unlock: &passcode_proto::request::Unlock) -> Credentials {
    let secret = |text: &Option<SecretText>| text.as_ref().map(|text| Secret::of(text.expose()));
    Credentials {
        pin: secret(&unlock.pin),
        passphrase: secret(&unlock.passphrase),
        recovery: secret(&unlock.recovery),
        may_ask: true,
    }
}
