//! Destroying the vault and its keys for good. It takes no PIN, as deleting the files would take none; everyone is told.

use std::mem;

use passcode_proto::event::Event;
use passcode_proto::reply::Wiped;
use passcode_proto::{Answer, Fault};

use super::state::{Agent, Opening, State, Until};
use super::{Asked, Message, aside};
use crate::ports::Ports;
use crate::ports::keystore::StoreKind;
use crate::vault::opening::faults::{sentence, store_fault};

impl Agent {
    /// Answers `reset`: locks, waits until the files are closed, and wipes them.
    pub(super) fn reset(&mut self, asked: Asked) {
        // What is being opened has to come to its end first.
        if let State::Opening(opening) = &mut self.state {
            return opening.waiters.push(asked);
        }
        if self.opening {
            let waiters = vec![asked];
            self.change_state(State::Opening(Box::new(Opening { waiters, ..Opening::default() })));
            return;
        }
        let store = self.guard().map_or(self.ports.rules.keystore, |guard| guard.store);
        self.dismiss_prompt();
        self.lock(Until::Unlocked);
        self.change_state(State::Opening(Box::default()));
        self.opening = true;
        let (ports, report) = (self.ports.clone(), self.report_to());
        let closing = self.closing.take();
        tokio::spawn(async move {
            if let Some(closing) = closing {
                let _ = closing.await;
            }
            let wiped = aside(move || wipe(&ports, store)).await;
            let failed = |_| Err(passcode_proto::FaultCode::Internal.into());
            report(Message::Wiped(asked, wiped.unwrap_or_else(failed)));
        });
    }

    /// The vault is gone, or not.
    pub(super) fn wiped(&mut self, asked: Asked, wiped: Result<Answer, Fault>) {
        self.opening = false;
        let next = match &wiped {
            Ok(_) => State::Empty,
            Err(fault) => State::Broken(fault.clone()),
        };
        if wiped.is_ok() {
            self.blocked_until = None;
            self.write_trouble = None;
            self.subscribers.announce(|| Event::Reset);
            tracing::warn!("the vault and its keys were destroyed");
        }
        let former = mem::replace(&mut self.state, next);
        let state = self.lock_state();
        self.subscribers.announce(|| Event::State(state));
        match wiped {
            Ok(answer) => asked.answer(answer),
            Err(fault) => asked.answer(fault),
        }
        if let State::Opening(opening) = former {
            self.answer_again(opening.waiters);
        }
    }
}

/// The device secret first: without it the rest is worth nothing.
fn wipe(ports: &Ports, store: StoreKind) -> Result<Answer, Fault> {
    let mut warnings = Vec::new();
    if let Err(fault) = ports.keystores.of(store).delete() {
        let what = sentence(&fault);
        warnings.push(format!(
            "The vault's key stays in the key store \"{}\": {what} {}",
            store.name(),
            fault.hint()
        ));
    }
    ports.stores.remove().map_err(store_fault)?;
    Ok(Answer::Reset(Wiped { warnings }))
}
