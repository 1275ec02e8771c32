//! The one owner of the agent's state: one task, one mailbox, replies by one-shot channels.
//!
//! Handling a message never waits: not for the disk (a write is handed to the vault's writer, and the reply is kept
//! until it is stored), not for the key store (opening runs on a thread of its own), not for time (the session waits
//! and asks again). What the state is stands in [`state`]; the verbs are answered in [`answer`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use passcode_proto::event::Numbered;
use passcode_proto::{Answer, Fault, FaultCode, Request};
use tokio::sync::{mpsc, oneshot, watch};

use crate::peer::Peer;
use crate::ports::Ports;
use crate::ports::store::StoreFault;
use crate::vault::opening::Opened;
use crate::vault::writer::Ticket;

mod answer;
mod codes;
mod edits;
mod pair;
mod pending;
mod report;
mod state;
mod subscribers;

use state::Agent;
pub use subscribers::Subscription;

/// What a request cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It is answered in every state.
    Nothing,
    /// It is refused while the vault is locked, and waits while it is being opened.
    OpenVault,
}

/// What becomes of a request.
pub enum Outcome {
    /// It is answered.
    Answered(Result<Answer, Fault>),
    /// The code that was asked for begins to be good at this second since 1970; ask again then.
    NotBefore(u64),
    /// The connection is a subscription from now on.
    Subscribed(Subscription),
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
    needs: Needs,
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
    Opened(Result<Box<Opened>, Fault>),
    Stored(Vec<Ticket>, Result<(), StoreFault>),
}

/// What the keeper says of itself and is told about its surroundings.
pub struct About {
    /// Where the agent listens, for `status`.
    pub socket: String,
    /// The user's configuration, for advice.
    pub config: String,
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
    /// Starts the keeper's task. The vault is opened at once when there is one.
    ///
    /// The task ends when every clone of the returned handle is gone, and then closes the vault in good order.
    pub fn start(ports: Ports, about: About) -> (Self, tokio::task::JoinHandle<()>) {
        let (mailbox, messages) = mpsc::unbounded_channel();
        let (stopper, stop) = watch::channel(false);
        let agent = Agent::new(ports, about, mailbox.downgrade(), stopper);
        (Self { mailbox, stop }, tokio::spawn(serve(agent, messages)))
    }

    /// Asks one thing and waits for what becomes of it.
    pub async fn ask(&self, request: Request, needs: Needs, peer: &Arc<Peer>) -> Outcome {
        let (reply, answered) = oneshot::channel();
        let asked = Asked { request, needs, peer: Arc::clone(peer), reply };
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

async fn serve(mut agent: Agent, mut messages: mpsc::UnboundedReceiver<Message>) {
    agent.open_at_start();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Asked(asked) => agent.answer(asked),
            Message::Opened(opened) => agent.opened(opened),
            Message::Stored(tickets, stored) => agent.stored(tickets, stored),
        }
    }
    agent.end().await;
}

/// An event with its number, shared by all subscribers.
type Shared = Arc<Numbered>;
