//! The one owner of the agent's state: one task, one mailbox, replies by one-shot channels.
//!
//! Handling a message never waits: not for the disk (a write is handed to the vault's writer, and the reply is kept
//! until it is stored), not for the key store or a PIN's key (they run on threads of their own), not for the user (a
//! prompt is a task that reports), not for time (the session waits and asks again). What the state is stands in
//! [`state`]; the verbs are answered in [`answer`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use passcode_proto::event::{Event, Numbered};
use passcode_proto::{Answer, Fault, FaultCode, Request};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::memory::stack;
use crate::peer::Peer;
use crate::ports::Ports;
use crate::ports::prompter::Prompted;
use crate::ports::store::StoreFault;
use crate::ports::watch::Happening;
use crate::rules::Rules;
use crate::vault::opening::{Opened, Unopened};
use crate::vault::rekey::NewKeys;
use crate::vault::writer::Ticket;

mod answer;
mod codes;
mod containers;
mod doctor;
mod edits;
mod enrolling;
mod errands;
mod explaining;
mod leaving;
mod lock_times;
mod pair;
mod passwords;
mod pending;
mod prompt;
mod prompter;
mod proof;
mod rekey;
mod report;
mod reset;
mod services;
mod state;
mod subscribers;
mod timing;
mod unlocking;
mod wish;

use state::Agent;
pub use subscribers::Subscription;
pub use wish::Wish;

/// What a request cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It is answered in every state.
    Nothing,
    /// It is refused while the vault is locked, and waits while it is being opened.
    OpenVault,
    /// It needs the open vault, and that no PIN has to be made first.
    Codes,
}

/// What holds for a request; the table stands in `policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What it cannot do without.
    pub needs: Needs,
    /// Whether it counts as use of the vault when it is done, so that the vault does not lock for being idle.
    pub counts_as_use: bool,
    /// Whether it takes the PIN once more, when one is set.
    pub fresh_pin: bool,
}

impl Terms {
    /// Terms of a request that asks for nothing special.
    pub const fn of(needs: Needs) -> Self {
        Self { needs, counts_as_use: false, fresh_pin: false }
    }
}

/// What becomes of a request.
pub enum Outcome {
    /// It is answered.
    Answered(Result<Answer, Fault>),
    /// The code that was asked for begins to be good at this second since 1970; ask again then.
    NotBefore(u64),
    /// The connection is a subscription from now on.
    Subscribed(Subscription),
    /// The connection asks the user from now on.
    Prompts(Prompting),
    /// The user is asked; the outcome comes later.
    Waits(Box<Waiting>),
}

/// A wait for the user.
pub struct Waiting {
    /// What will become of the request.
    pub outcome: oneshot::Receiver<Outcome>,
    /// Held for as long as somebody wants to know.
    _leash: oneshot::Sender<()>,
}

/// The part of a connection that asks the user.
pub struct Prompting {
    /// What to ask, and that it is over.
    pub events: mpsc::UnboundedReceiver<Event>,
    /// Held for as long as the connection lasts.
    _leash: oneshot::Sender<()>,
}

impl From<Fault> for Outcome {
    fn from(fault: Fault) -> Self {
        Self::Answered(Err(fault))
    }
}

impl From<FaultCode> for Outcome {
    fn from(code: FaultCode) -> Self {
        Fault::from(code).into()
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self::Answered(Ok(answer))
    }
}

/// Where an outcome goes. The caller may have gone; then nobody misses it.
type ReplyTo = oneshot::Sender<Outcome>;

/// A request with its caller.
struct Asked {
    request: Request,
    terms: Terms,
    peer: Arc<Peer>,
    reply: ReplyTo,
}

impl Asked {
    fn answer(self, outcome: impl Into<Outcome>) {
        let _ = self.reply.send(outcome.into());
    }
}

enum Message {
    Asked(Asked),
    /// The opening that was under way came to its end.
    Opened(Result<Box<Opened>, Unopened>),
    /// The vault was looked at, to learn what it asks for.
    Looked(unlocking::Looked),
    Stored(Vec<Ticket>, Result<(), StoreFault>),
    /// A PIN was looked at once more for a request.
    Proved(Asked, Result<bool, Fault>),
    /// New keys were made, or not.
    KeysMade(Result<Box<NewKeys>, Fault>),
    /// The former keys are gone.
    CleanedUp,
    /// An errand is back; its number, what became of it, and what it learnt of the service's clock.
    Returned(u64, errands::News, Option<i64>),
    /// The vault was wiped.
    Wiped(Asked, Result<Answer, Fault>),
    /// The user was asked for the PIN.
    Prompted(Prompted),
    /// Somebody who waited for the user has gone.
    WaiterGone,
    /// The program that asked the user has gone.
    PrompterGone,
    /// The lock times that a request brought were kept, with the rules that hold then, or not.
    TimesKept(Asked, Result<Arc<Rules>, String>),
}

/// What the keeper says of itself and is told about its surroundings.
pub struct About {
    /// Where the agent listens, for `status`.
    pub socket: String,
    /// The user's configuration, for advice.
    pub config: String,
    /// What this computer is called, for the pages of services.
    pub computer: Option<String>,
    /// What the system refused when the process was to be protected, as sentences for `status`.
    pub unprotected: Vec<String>,
    /// Connections that are open now.
    pub connections: Arc<AtomicU32>,
}

impl About {
    fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// The way to the keeper; clones lead to the same one.
#[derive(Clone)]
pub struct Keeper {
    mailbox: mpsc::UnboundedSender<Message>,
    stop: watch::Receiver<bool>,
}

impl Keeper {
    /// Starts the keeper's task. The vault is opened at once when there is one that opens by itself.
    ///
    /// The task ends when every clone of the returned handle is gone, and then closes the vault in good order.
    pub fn start(ports: Ports, about: About) -> (Self, JoinHandle<()>) {
        let (mailbox, messages) = mpsc::unbounded_channel();
        let (stopper, stop) = watch::channel(false);
        let happenings = ports.watch.watch();
        let agent = Agent::new(ports, about, mailbox.downgrade(), stopper);
        (Self { mailbox, stop }, tokio::spawn(serve(agent, messages, happenings)))
    }

    /// Asks one thing and waits for what becomes of it.
    pub async fn ask(&self, request: Request, terms: Terms, peer: &Arc<Peer>) -> Outcome {
        let (reply, answered) = oneshot::channel();
        let asked = Asked { request, terms, peer: Arc::clone(peer), reply };
        if self.mailbox.send(Message::Asked(asked)).is_err() {
            return FaultCode::Stopping.into();
        }
        answered.await.unwrap_or_else(|_| FaultCode::Stopping.into())
    }

    /// Becomes true when the agent has been told to end.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.clone()
    }
}

async fn serve(
    mut agent: Agent,
    mut messages: mpsc::UnboundedReceiver<Message>,
    mut happenings: mpsc::UnboundedReceiver<Happening>,
) {
    agent.look_at_start();
    loop {
        tokio::select! {
            biased;
            Some(happening) = happenings.recv() => agent.happened(happening),
            message = messages.recv() => match message {
                Some(message) => agent.receive(message),
                None => break,
            },
            () = agent.alarm() => agent.time_is_up(),
        }
    }
    agent.end().await;
}

impl Agent {
    fn receive(&mut self, message: Message) {
        self.lock_when_due();
        match message {
            Message::Asked(asked) => self.answer(asked),
            Message::Opened(opened) => self.opened(opened),
            Message::Looked(looked) => self.looked(looked),
            Message::Stored(tickets, stored) => self.stored(tickets, stored),
            Message::Proved(asked, right) => self.proved(asked, right),
            Message::KeysMade(keys) => self.keys_made(keys),
            Message::CleanedUp => self.cleaned_up(),
            Message::Returned(number, news, skew) => self.returned(number, news, skew),
            Message::Wiped(asked, wiped) => self.wiped(asked, wiped),
            Message::Prompted(prompted) => self.prompted(prompted),
            Message::WaiterGone => self.waiter_gone(),
            Message::PrompterGone => self.prompter_gone(),
            Message::TimesKept(asked, kept) => self.times_kept(asked, kept),
        }
    }
}

/// Does blocking work on a thread of its own, which keeps nothing of it in its stack.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    spawn_blocking(move || stack::leaving_nothing::<{ stack::OPENING }, _>(work))
}

/// An event with its number, shared by all subscribers.
type Shared = Arc<Numbered>;
