//! One connection, from its first byte to its end: which spelling it speaks, then a request and its answer, one at a
//! time, until it closes, subscribes, fails, falls silent in the middle of a message or has to make room.

mod deadline;
pub mod hangup;
mod inbox;
mod outbox;
mod prompting;
mod subscription;
mod waiting;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use passcode_proto::codec::{Sent, Spelling, json};
use passcode_proto::{Fault, FaultCode, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};

use crate::keeper::{Keeper, Outcome};
use crate::peer::Peer;
use crate::policy;
use crate::ports::clock::Clock;
use hangup::Hangup;
use inbox::{Inbox, Message};
use outbox::Outbox;
use waiting::Caller;

/// What the door and a session tell each other.
#[derive(Debug, Default)]
pub struct Activity {
    /// Boot time of the last message, in milliseconds; [`BUSY`] while one is being answered.
    last: AtomicU64,
    /// Asks the session to make room.
    leave: Notify,
}

/// The activity of a session that is not to be disturbed.
const BUSY: u64 = u64::MAX;

impl Activity {
    /// A connection that came at `now`.
    pub fn since(now: Duration) -> Self {
        let activity = Self::default();
        activity.rest(now);
        activity
    }

    /// How long nothing has been asked; none while something is being answered.
    pub fn idle(&self, now: Duration) -> Option<Duration> {
        match self.last.load(Ordering::Relaxed) {
            BUSY => None,
            last => Some(now.saturating_sub(Duration::from_millis(last))),
        }
    }

    /// Asks the connection to end, because others need its place.
    pub fn make_room(&self) {
        self.leave.notify_one();
    }

    fn work(&self) {
        self.last.store(BUSY, Ordering::Relaxed);
    }

    fn rest(&self, now: Duration) {
        self.last.store(now.as_millis() as u64, Ordering::Relaxed);
    }
}

/// What every session is given.
#[derive(Clone)]
pub struct Surroundings {
    /// Who answers.
    pub keeper: Keeper,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Serves one connection to its end.
///
/// `hangup` tells when the caller has gone while it waits for the user; without it, its wait ends with the question.
pub async fn serve<S>(
    stream: S,
    peer: Arc<Peer>,
    around: Surroundings,
    activity: Arc<Activity>,
    hangup: Option<Hangup>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let (reader, writer) = tokio::io::split(stream);
    let leave: Leave = Box::pin(leave(around.keeper.stopping(), Arc::clone(&activity)));
    let inbox = Inbox::new(reader, Arc::clone(&around.clock));
    let outbox = Outbox::new(writer, Arc::clone(&around.clock));
    let mut session = Session { inbox, outbox, peer, around, activity, leave, hangup };
    if let Err(End::Fault(fault)) = session.run().await {
        tracing::debug!(pid = session.peer.pid(), code = fault.code.name(), "connection ended");
        // This answers no request. The other side may be gone or not reading; then it cannot be told.
        session.outbox.answer_to(no_id());
        let _ = session.outbox.send(&Sent::Fault(fault)).await;
    }
}

/// Why a session ends.
enum End {
    /// The other side closed, or cannot be written to.
    Gone,
    /// It is told why.
    Fault(Fault),
}

impl End {
    /// The end of a connection on which nothing was asked: that the agent stops is no news to it.
    fn unasked(self) -> Self {
        match self {
            Self::Fault(fault) if fault.code == FaultCode::Stopping => Self::Gone,
            other => other,
        }
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<FaultCode> for End {
    fn from(code: FaultCode) -> Self {
        Self::Fault(code.into())
    }
}

struct Session<R, W> {
    inbox: Inbox<R>,
    outbox: Outbox<W>,
    peer: Arc<Peer>,
    around: Surroundings,
    activity: Arc<Activity>,
    leave: Leave,
    hangup: Option<Hangup>,
}

/// Ends when the session has to, and says why; made once, since every message is waited for beside it.
type Leave = Pin<Box<dyn Future<Output = End> + Send>>;

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    async fn run(&mut self) -> Result<(), End> {
        if let Some(first) = self.arrival().await? {
            let spelling = Spelling::of(first).ok_or_else(not_our_language)?;
            // JSON, which every client can read, until the version is settled.
            self.inbox.open(spelling).await?;
            self.outbox.speak(spelling);
        }
        while let Some(message) = self.next().await? {
            self.activity.work();
            self.serve_message(message).await?;
            self.activity.rest(self.around.clock.boot());
        }
        Ok(())
    }

    /// The first byte of the connection; none when it closes without a word.
    async fn arrival(&mut self) -> Result<Option<u8>, End> {
        tokio::select! {
            biased;
            first = self.inbox.first_byte() => Ok(first?),
            end = &mut self.leave => Err(end.unasked()),
        }
    }

    /// The next message; none when the connection closes between two.
    async fn next(&mut self) -> Result<Option<Message>, End> {
        tokio::select! {
            biased;
            message = self.inbox.next() => Ok(message?),
            end = &mut self.leave => Err(end.unasked()),
        }
    }

    async fn serve_message(&mut self, message: Message) -> Result<(), End> {
        let (id, read) = message;
        self.outbox.answer_to(id);
        match self.outcome(read).await {
            Outcome::Answered(Ok(answer)) => self.outbox.send(&Sent::Answer(answer)).await,
            Outcome::Answered(Err(fault)) => self.outbox.send(&Sent::Fault(fault)).await,
            Outcome::NotBefore(_) | Outcome::Waits(_) => Err(FaultCode::Internal.into()),
            Outcome::Subscribed(subscription) => self.follow(subscription).await,
            Outcome::Prompts(prompting) => self.prompt(prompting).await,
        }
    }

    async fn outcome(&mut self, read: Result<Request, Fault>) -> Outcome {
        let (request, rule) = match read.and_then(|request| {
            let rule = policy::check(&request, self.peer.rights())?;
            Ok((request, rule))
        }) {
            Ok(checked) => checked,
            Err(fault) => return fault.into(),
        };
        let verb = request.verb();
        let hangup = self.hangup.as_ref();
        let caller = Caller { peer: &self.peer, terms: rule.terms, hangup };
        let outcome = waiting::ask(&self.around, &caller, request).await;
        let result = match &outcome {
            Outcome::Answered(Err(fault)) => fault.code.name(),
            _ => "done",
        };
        match rule.logged {
            true => tracing::info!(pid = self.peer.pid(), verb, result),
            false => tracing::debug!(pid = self.peer.pid(), verb, result),
        }
        outcome
    }
}

/// Waits until the agent ends or this connection has to make room.
async fn leave(mut stop: watch::Receiver<bool>, activity: Arc<Activity>) -> End {
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => End::Fault(FaultCode::Stopping.into()),
        () = activity.leave.notified() => End::Fault(FaultCode::Busy.into()),
    }
}

fn not_our_language() -> Fault {
    Fault::because(
        FaultCode::BadRequest,
        "This is the passcode agent; the message is in neither of its spellings.",
    )
    .advise("Begin with { for JSON-RPC, one object a line; see docs/protocol.md.")
}

/// The id under which a connection is refused whose request was not read.
fn no_id() -> json::Id {
    json::Id::unknown()
}
