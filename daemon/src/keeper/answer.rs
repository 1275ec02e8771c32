//! The verbs, one line each: which of the keeper's parts answers. Whether the vault has to be open for it is
//! told with the request; the table stands in `policy`.

use passcode_proto::limits::PAGE;
use passcode_proto::reply::{Done, HelpTable, ProfilePage, Welcome};
use passcode_proto::request::List;
use passcode_proto::{Answer, Fault, FaultCode, Request, codec, verb};

use super::state::{Agent, Locked, State, Until};
use super::timing::protects;
use super::{Asked, Needs, Outcome};
use crate::vault::opening::{Credentials, faults};

/// What this agent can do beyond the first release of the protocol's version 1.
const FEATURES: &[&str] = &["pin", "keystore", "reset", "doctor"];

impl Agent {
    /// Answers a request, now or when what it needs is there.
    pub(super) fn answer(&mut self, asked: Asked) {
        match self.blocked(&asked) {
            Some(Blocked::Refused(fault)) => asked.answer(fault),
            Some(Blocked::Waits) => self.wait_for_vault(asked),
            Some(Blocked::Prompts) => self.wait_for_user(asked),
            None if self.needs_proof(&asked) => self.prove(asked),
            None => self.dispatch(asked),
        }
    }

    fn blocked(&self, asked: &Asked) -> Option<Blocked> {
        if asked.terms.needs == Needs::Nothing {
            return None;
        }
        match (&self.state, &asked.request) {
            (State::Open(_), _) if asked.terms.needs == Needs::Codes => {
                self.pin_due().map(|digits| Blocked::Refused(self.pin_is_due(digits)))
            }
            (State::Open(_), _) => None,
            (State::Opening(_), _) | (State::Empty, Request::Pair(_)) => Some(Blocked::Waits),
            (State::Empty, Request::List(_)) => None,
            (State::Empty, _) => Some(Blocked::Refused(FaultCode::NothingPaired.into())),
            (State::Locked(locked), _) => Some(self.blocked_by_lock(locked, asked)),
            // What was in the way may have been mended.
            (State::Broken(_), _) => Some(Blocked::Waits),
        }
    }

    /// A vault that asks for nothing and was locked by nobody is tried again: its key store may be there now.
    fn blocked_by_lock(&self, locked: &Locked, asked: &Asked) -> Blocked {
        let asks_nothing = locked.guard.as_ref().is_none_or(|guard| !protects(guard));
        if asks_nothing && locked.until == Until::Needed {
            return Blocked::Waits;
        }
        match (self.can_prompt(asked), self.block_left()) {
            (true, _) => Blocked::Prompts,
            (false, Some(left)) => Blocked::Refused(faults::blocked(left)),
            (false, None) => Blocked::Refused(FaultCode::Locked.into()),
        }
    }

    fn pin_is_due(&self, digits: u8) -> Fault {
        let is_set = self.guard().is_some_and(|guard| guard.pin.is_some());
        let how = if is_set && !self.is_recovering() { "pin change" } else { "pin set" };
        let what = format!("A PIN of {digits} digits has to be made before codes are given.");
        Fault::because(FaultCode::PinDue, what).advise(format!("Make one with: passcode {how}"))
    }

    /// The first pairing makes the vault, and a broken one is tried again; else an opening is under way.
    fn wait_for_vault(&mut self, asked: Asked) {
        match &mut self.state {
            State::Opening(opening) => opening.waiters.push(asked),
            _ => self.open_with(Credentials::default(), None, vec![asked]),
        }
    }

    fn dispatch(&mut self, asked: Asked) {
        match &asked.request {
            Request::Hello(_) => asked.answer(welcome()),
            Request::Help(_) => asked.answer(Answer::Help(HelpTable { verbs: verb::table() })),
            Request::Status(_) => asked.answer(Answer::Status(self.report())),
            Request::Subscribe(_) => {
                let view = self.view();
                let subscription = self.subscribers.add(&view);
                asked.answer(Outcome::Subscribed(subscription));
            }
            Request::List(list) => {
                let page = self.page(list).map(Answer::List);
                asked.answer(Outcome::Answered(page));
            }
            Request::GetCode(_) => self.code(asked),
            Request::HotpShow(_) | Request::HotpSet(_) | Request::HotpResync(_) => {
                self.counter(asked)
            }
            Request::Pair(_) | Request::Rename(_) | Request::SetDefault(_) | Request::Unpair(_) => {
                self.edit(asked);
            }
            Request::PinSet(_)
            | Request::PinChange(_)
            | Request::PinRemove(_)
            | Request::KeystoreSet(_) => self.rekey(asked),
            Request::Lock(_) => self.lock_for(asked),
            Request::Unlock(_) => self.unlock(asked),
            Request::Reset(_) => self.reset(asked),
            Request::Doctor(_) => asked.answer(Answer::Doctor(self.findings())),
            Request::Quit(_) => {
                asked.answer(Answer::Quit(Done {}));
                self.stopper.send_replace(true);
            }
        }
    }

    /// One edit at a time: the others wait.
    fn edit(&mut self, asked: Asked) {
        let required = self.pin_required();
        let State::Open(open) = &mut self.state else {
            return;
        };
        if open.edits.is_under_way() {
            return open.edits.postpone(asked);
        }
        let prepared = match &asked.request {
            Request::Pair(pair) => {
                super::pair::prepare(&open.vault, pair, required, self.ports.clock.as_ref())
            }
            Request::Rename(rename) => open
                .vault
                .find(Some(&rename.profile))
                .and_then(|id| open.vault.rename(id, &rename.name))
                .map(|edit| (edit, Answer::Rename(Done {}))),
            Request::SetDefault(default) => open
                .vault
                .find(Some(&default.profile))
                .and_then(|id| open.vault.set_default(id))
                .map(|edit| (edit, Answer::SetDefault(Done {}))),
            Request::Unpair(unpair) => open
                .vault
                .find_exactly(&unpair.profile)
                .and_then(|id| open.vault.remove(id))
                .map(|edit| (edit, Answer::Unpair(Done {}))),
            _ => Err(FaultCode::Internal.into()),
        };
        match prepared {
            Ok((edit, answer)) => {
                if asked.terms.counts_as_use {
                    self.note_use();
                }
                self.begin_edit(edit, answer, asked.reply);
            }
            Err(fault) => asked.answer(fault),
        }
    }

    fn page(&self, list: &List) -> Result<ProfilePage, Fault> {
        let limit = match list.limit.unwrap_or(PAGE) {
            limit @ 1..=PAGE => limit as usize,
            _ => {
                return Err(Fault::because(
                    FaultCode::BadRequest,
                    format!("\"limit\" is from 1 to {PAGE}."),
                ));
            }
        };
        let State::Open(open) = &self.state else {
            return Ok(ProfilePage { profiles: Vec::new(), default: None, next: None });
        };
        let mut rest = open.vault.profiles_after(list.after);
        let profiles: Vec<_> = rest.by_ref().take(limit).cloned().collect();
        let next = profiles.last().map(|last| last.id).filter(|_| rest.next().is_some());
        Ok(ProfilePage { profiles, default: open.vault.default_profile(), next })
    }
}

enum Blocked {
    Refused(Fault),
    Waits,
    Prompts,
}

fn welcome() -> Answer {
    Answer::Hello(Welcome {
        protocol: codec::VERSION,
        oldest: codec::OLDEST,
        agent: env!("CARGO_PKG_VERSION").to_owned(),
        features: FEATURES.iter().map(|feature| (*feature).to_owned()).collect(),
    })
}
