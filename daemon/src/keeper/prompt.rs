//! Asking the user on behalf of programs that wait for a code while the vault is locked. There is one question at a time:
//! whoever needs the vault joins it. It ends with an answer, when it is dismissed, after a minute, or when nobody waits
//! any more; nothing waits on after its end.

use std::time::Duration;

use passcode_proto::event::{Event, WrongPin};
use passcode_proto::limits::PROMPT_TIME;
use passcode_proto::{Fault, FaultCode, Label, Request};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::prompter::Shown;
use super::state::{Agent, Locked, State, refuse};
use super::wish::Wish;
use super::{Asked, Message, Outcome, Waiting};
use crate::ports::keystore::StoreKind;
use crate::ports::prompter::{Prompted, Question, Wanted};
use crate::vault::opening::Credentials;
use crate::vault::opening::faults::seconds;
use crate::vault::slot::Guard;
use crate::vault::tries::Blocked;

/// The open question, and who waits for it.
pub(super) struct Prompt {
    waiters: Vec<Asked>,
    task: JoinHandle<()>,
    /// On show in the registered program, if that asks.
    _shown: Option<Shown>,
    /// Boot time at which it is withdrawn, also when it was answered wrongly meanwhile.
    deadline: Duration,
    wanted: Wanted,
    /// Whether an answer of it is being tried.
    is_tried: bool,
}

impl Agent {
    /// Whether the user can be asked for what a locked vault wants, for this request.
    pub(super) fn can_prompt(&self, asked: &Asked) -> bool {
        let Some(wish) = Wish::of(&asked.request) else { return false };
        let State::Locked(Locked { guard: Some(guard), .. }) = &self.state else { return false };
        !wish.no_prompt
            && wanted_of(guard).is_some()
            && self.block_left().is_none()
            && self.can_ask(&asked.peer)
    }

    /// Lets a request wait for the user; asks when no question is open.
    pub(super) fn wait_for_user(&mut self, asked: Asked) {
        let asked = self.on_a_leash(asked);
        if let Some(prompt) = &mut self.prompt {
            prompt.waiters.push(asked);
            return;
        }
        let Some(wanted) = self.guard().and_then(wanted_of) else {
            return asked.answer(FaultCode::Locked);
        };
        let deadline = self.ports.clock.boot() + PROMPT_TIME;
        let (task, _shown) = self.ask_user(&asked, wanted, None, PROMPT_TIME);
        let waiters = vec![asked];
        self.prompt = Some(Prompt { waiters, task, _shown, deadline, wanted, is_tried: false });
    }

    /// Tells the session that the request waits, and lets it tell us when its caller goes.
    fn on_a_leash(&self, asked: Asked) -> Asked {
        let (later, outcome) = oneshot::channel();
        let (leash, released) = oneshot::channel();
        let report = self.report_to();
        tokio::spawn(async move {
            let _ = released.await;
            report(Message::WaiterGone);
        });
        let Asked { request, terms, peer, reply } = asked;
        let _ = reply.send(Outcome::Waits(Box::new(Waiting { outcome, _leash: leash })));
        Asked { request, terms, peer, reply: later }
    }

    /// When nobody waits any more, nobody needs to be asked.
    pub(super) fn waiter_gone(&mut self) {
        if let Some(prompt) = &mut self.prompt {
            prompt.waiters.retain(|asked| !asked.reply.is_closed());
            if prompt.waiters.is_empty() {
                self.dismiss_prompt();
            }
        }
    }

    fn ask_user(
        &mut self,
        asked: &Asked,
        wanted: Wanted,
        trouble: Option<String>,
        limit: Duration,
    ) -> (JoinHandle<()>, Option<Shown>) {
        let caller = asked.peer.program().to_owned();
        let question = Question { wanted, caller, profile: named_by(&asked.request), trouble };
        let (asking, shown) = self.ask(&asked.peer, question, limit);
        let (over, report) = (self.ports.clock.sleep(limit), self.report_to());
        let task = tokio::spawn(async move {
            let prompted = tokio::select! {
                prompted = asking => prompted,
                () = over => Prompted::Dismissed,
            };
            report(Message::Prompted(prompted));
        });
        (task, shown)
    }

    /// The user has answered, or not.
    pub(super) fn prompted(&mut self, prompted: Prompted) {
        let Some(prompt) = &mut self.prompt else { return };
        match prompted {
            Prompted::Given(secret) if matches!(self.state, State::Locked(_)) => {
                prompt.is_tried = true;
                let given = match prompt.wanted {
                    Wanted::Pin(_) => Credentials { pin: Some(secret), ..Credentials::default() },
                    Wanted::Passphrase => {
                        Credentials { passphrase: Some(secret), ..Credentials::default() }
                    }
                };
                self.open_with(given, None, Vec::new());
            }
            Prompted::Given(_) | Prompted::Dismissed | Prompted::Failed => self.dismiss_prompt(),
        }
    }

    /// What the user typed was not right: the question is asked again while its time lasts.
    pub(super) fn prompt_failed(&mut self, fault: &Fault) {
        let left = self.prompt_left();
        let Some(mut prompt) = self.prompt.take_if(|prompt| prompt.is_tried) else { return };
        self.announce_wrong_answer(fault);
        let again = matches!(fault.code, FaultCode::WrongPin | FaultCode::WrongPassphrase)
            && self.block_left().is_none();
        match (prompt.waiters.first(), left.filter(|_| again)) {
            (Some(first), Some(left)) => {
                let trouble = Some(fault.message.clone());
                (prompt.task, prompt._shown) = self.ask_user(first, prompt.wanted, trouble, left);
                prompt.is_tried = false;
                self.prompt = Some(prompt);
            }
            _ => prompt.waiters.into_iter().for_each(|asked| asked.answer(fault.clone())),
        }
    }

    fn announce_wrong_answer(&mut self, fault: &Fault) {
        if fault.code == FaultCode::WrongPin {
            let blocked_for = self.block_left().map(|Blocked(left)| seconds(left));
            let caller = self.prompter().unwrap_or_else(|| "pinentry".to_owned());
            self.subscribers.announce(|| Event::WrongPin(WrongPin { blocked_for, caller }));
        }
    }

    fn prompt_left(&self) -> Option<Duration> {
        let deadline = self.prompt.as_ref()?.deadline;
        deadline.checked_sub(self.ports.clock.boot()).filter(|left| !left.is_zero())
    }

    /// The vault is open: those who waited for the user are served.
    pub(super) fn serve_prompted(&mut self) {
        if let Some(prompt) = self.prompt.take() {
            prompt.task.abort();
            prompt.waiters.into_iter().for_each(|asked| self.answer(asked));
        }
    }

    /// Withdraws the question; whoever waited for it is told that the vault is locked.
    pub(super) fn dismiss_prompt(&mut self) {
        if let Some(prompt) = self.prompt.take() {
            prompt.task.abort();
            refuse(prompt.waiters, FaultCode::Locked);
        }
    }
}

/// The profile as a program names it. What would forge a line of the prompt is left out.
fn named_by(request: &Request) -> Option<Label> {
    Wish::of(request)?.profile.and_then(|name| Label::new(name).ok())
}

/// What the user can be asked for: one thing, not two.
fn wanted_of(guard: &Guard) -> Option<Wanted> {
    match (&guard.pin, guard.store) {
        (Some(_), StoreKind::Passphrase) => None,
        (Some(pin), _) => Some(Wanted::Pin(pin.digits)),
        (None, StoreKind::Passphrase) => Some(Wanted::Passphrase),
        (None, _) => None,
    }
}
