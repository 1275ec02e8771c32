//! The verbs, one line each: which of the keeper's parts answers. Whether the vault has to be open for it is
//! told with the request; the table stands in `policy`.

use passcode_proto::limits::PAGE;
use passcode_proto::reply::{Done, HelpTable, ProfilePage, Welcome};
use passcode_proto::request::List;
use passcode_proto::{Answer, Fault, FaultCode, Request, codec, verb};

use super::state::{Agent, State};
use super::{Asked, Needs, Outcome};

/// What this agent can do beyond the first release of the protocol's version 1.
const FEATURES: &[&str] = &[];

impl Agent {
    /// Answers a request, now or when what it needs is there.
    pub(super) fn answer(&mut self, asked: Asked) {
        match self.blocked(&asked) {
            Some(Blocked::Refused(fault)) => asked.answer(fault),
            Some(Blocked::Waits) => self.wait_for_vault(asked),
            None => self.dispatch(asked),
        }
    }

    fn blocked(&self, asked: &Asked) -> Option<Blocked> {
        if asked.needs == Needs::Nothing {
            return None;
        }
        match (&self.state, &asked.request) {
            (State::Open(_), _) => None,
            (State::Opening(_), _) | (State::Empty, Request::Pair(_)) => Some(Blocked::Waits),
            (State::Empty, Request::List(_)) => None,
            (State::Empty, _) => Some(Blocked::Refused(FaultCode::NothingPaired.into())),
            (State::Locked, _) => Some(Blocked::Refused(FaultCode::Locked.into())),
            // What was in the way may have been mended.
            (State::Broken(_), _) => Some(Blocked::Waits),
        }
    }

    /// The first pairing makes the vault, and a broken one is tried again; else an opening is under way.
    fn wait_for_vault(&mut self, asked: Asked) {
        match &mut self.state {
            State::Opening(waiters) => waiters.push(asked),
            _ => self.open_for(vec![asked]),
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
            Request::Lock(_) => {
                let locked = self.lock();
                asked.answer(locked);
            }
            Request::Unlock(_) => self.unlock(asked),
            Request::Quit(_) => {
                asked.answer(Answer::Quit(Done {}));
                self.stopper.send_replace(true);
            }
        }
    }

    /// One edit at a time: the others wait.
    fn edit(&mut self, asked: Asked) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        if open.edits.is_under_way() {
            return open.edits.postpone(asked);
        }
        let prepared = match &asked.request {
            Request::Pair(pair) => {
                super::pair::prepare(&open.vault, pair, self.ports.clock.as_ref())
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
            Ok((edit, answer)) => self.begin_edit(edit, answer, asked.reply),
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
}

fn welcome() -> Answer {
    Answer::Hello(Welcome {
        protocol: codec::VERSION,
        oldest: codec::OLDEST,
        agent: env!("CARGO_PKG_VERSION").to_owned(),
        features: FEATURES.iter().map(|feature| (*feature).to_owned()).collect(),
    })
}
