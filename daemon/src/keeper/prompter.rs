//! The program that has registered to ask the user: usually the tray. It is shown the one open question and brings what was
//! typed, which is checked like anybody's; so registering takes no PIN. Its answers count only from its own connection,
//! and it is never asked on behalf of a program that it started itself.

use std::sync::Arc;
use std::time::Duration;

use passcode_proto::event::{Event, Prompt};
use passcode_proto::reply::Done;
use passcode_proto::request::PrompterAnswer;
use passcode_proto::{Answer, FaultCode, Request};
use tokio::sync::{mpsc, oneshot};

use super::state::Agent;
use super::{Asked, Message, Outcome, Prompting};
use crate::peer::Peer;
use crate::ports::prompter::{Asking, Prompted, Question};
use crate::secret::Secret;
use crate::vault::opening::faults::seconds;

/// The program that has registered.
pub(super) struct Registered {
    peer: Arc<Peer>,
    events: mpsc::UnboundedSender<Event>,
    /// Number of the last prompt.
    last: u32,
    open: Option<oneshot::Sender<Prompted>>,
}

/// A prompt that is on show; it is taken back when this is dropped.
pub(super) struct Shown {
    prompt: u32,
    events: mpsc::UnboundedSender<Event>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        // A program that has gone shows nothing.
        let _ = self.events.send(Event::PromptOver(self.prompt));
    }
}

impl Registered {
    fn ask(&mut self, question: Question, limit: Duration) -> (Asking, Shown) {
        let (open, answer) = oneshot::channel();
        self.last = self.last.wrapping_add(1);
        self.open = Some(open);
        let Question { wanted, caller, profile, trouble } = question;
        let prompt =
            Prompt { prompt: self.last, wanted, caller, profile, trouble, seconds: seconds(limit) };
        // One that has just gone is reported as gone; then the answer is that nobody can be asked.
        let _ = self.events.send(Event::Prompt(prompt));
        let asking = async move { answer.await.unwrap_or(Prompted::Failed) };
        (Box::pin(asking), Shown { prompt: self.last, events: self.events.clone() })
    }

    fn take(&mut self, answer: &PrompterAnswer) -> Result<(), FaultCode> {
        if answer.prompt != self.last {
            return Err(FaultCode::PromptOver);
        }
        let open = self.open.take().ok_or(FaultCode::PromptOver)?;
        let prompted = match &answer.typed {
            Some(typed) => Prompted::Given(Secret::of(typed.expose())),
            None => Prompted::Dismissed,
        };
        open.send(prompted).map_err(|_| FaultCode::PromptOver)
    }
}

impl Agent {
    /// Answers `prompter.register`.
    pub(super) fn register_prompter(&mut self, asked: Asked) {
        if self.registered.is_some() {
            return asked.answer(FaultCode::PrompterTaken);
        }
        let (events, heard) = mpsc::unbounded_channel();
        let (leash, released) = oneshot::channel();
        let report = self.report_to();
        tokio::spawn(async move {
            let _ = released.await;
            report(Message::PrompterGone);
        });
        let peer = Arc::clone(&asked.peer);
        let program = peer.program().to_owned();
        tracing::info!(program, "asks the user from now on");
        self.registered = Some(Registered { peer, events, last: 0, open: None });
        self.subscribers.announce(|| Event::PrompterChanged(Some(program)));
        asked.answer(Outcome::Prompts(Prompting { events: heard, _leash: leash }));
    }

    /// The program that asked the user has gone, and its prompt with it.
    pub(super) fn prompter_gone(&mut self) {
        if self.registered.take().is_some() {
            self.subscribers.announce(|| Event::PrompterChanged(None));
        }
    }

    /// Answers `prompter.answer`.
    pub(super) fn take_prompted(&mut self, asked: Asked) {
        let Request::PrompterAnswer(answer) = &asked.request else { return };
        let own = self.registered.as_mut().filter(|own| Arc::ptr_eq(&own.peer, &asked.peer));
        match own.map(|own| own.take(answer)) {
            None => asked.answer(FaultCode::Forbidden),
            Some(Err(code)) => asked.answer(code),
            Some(Ok(())) => asked.answer(Answer::PrompterAnswer(Done {})),
        }
    }

    /// Whether the registered program can be asked on behalf of this one.
    fn registered_for(&self, peer: &Peer) -> bool {
        let own = self.registered.as_ref();
        own.is_some_and(|own| !own.peer.pid().is_some_and(|pid| peer.descends_from(pid)))
    }

    /// Whether somebody can be asked on behalf of this program.
    pub(super) fn can_ask(&self, peer: &Peer) -> bool {
        self.registered_for(peer) || self.ports.prompter.is_there()
    }

    /// Asks whoever can ask the user; the registered program before any other.
    pub(super) fn ask(
        &mut self,
        peer: &Peer,
        question: Question,
        limit: Duration,
    ) -> (Asking, Option<Shown>) {
        let for_it = self.registered_for(peer);
        match self.registered.as_mut().filter(|_| for_it) {
            Some(own) => {
                let (asking, shown) = own.ask(question, limit);
                (asking, Some(shown))
            }
            None => (self.ports.prompter.ask(question), None),
        }
    }

    /// Who asks the user, for `status`.
    pub(super) fn prompter(&self) -> Option<String> {
        self.registered.as_ref().map(|own| own.peer.program().to_owned())
    }
}
