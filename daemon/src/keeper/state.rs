//! The state itself and its transitions: empty, locked, opening, open, broken. Leaving `Open` destroys the keys.
//!
//! How a vault is opened is told in [`unlocking`](super::unlocking), when it locks by itself in
//! [`timing`](super::timing) and [`leaving`](super::leaving).

use std::mem;
use std::time::Duration;

use passcode_proto::event::Event;
use passcode_proto::reply::{Done, LockState};
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, FaultCode};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::edits::Edits;
use super::errands::Errands;
use super::pending::Pending;
use super::prompt::Prompt;
use super::prompter::Registered;
use super::proof::Proofs;
use super::rekey::Rekeying;
use super::subscribers::Subscribers;
use super::timing::Alarm;
use super::{About, Asked, Message, aside};
use crate::ports::Ports;
use crate::ports::keystore::{Access, Anchor};
use crate::ports::store::StoreFault;
use crate::prompts::Again;
use crate::vault::OpenVault;
use crate::vault::opening::Credentials;
use crate::vault::slot::Guard;
use crate::vault::writer::Writer;

/// Everything the keeper owns.
pub(super) struct Agent {
    pub(super) ports: Ports,
    pub(super) about: About,
    pub(super) state: State,
    pub(super) pending: Pending,
    pub(super) subscribers: Subscribers,
    /// What went wrong with a write that nobody waited for; shown by `status` until a write succeeds.
    pub(super) write_trouble: Option<Fault>,
    /// Why the key store could not be used; shown by `status` until it can.
    pub(super) store_trouble: Option<Fault>,
    /// Boot time until which no PIN is taken, as far as it is known.
    pub(super) blocked_until: Option<Duration>,
    /// The question that the user is being asked.
    pub(super) prompt: Option<Prompt>,
    /// The program that has registered to ask it.
    pub(super) registered: Option<Registered>,
    /// The prompts that programs have shown of late.
    pub(super) again: Again,
    /// Seconds by which the clock of the service that was asked last is ahead.
    pub(super) skew: Option<i64>,
    /// Boot time when services are to be asked again.
    pub(super) next_refresh: Option<Duration>,
    /// Sources of locking that are missing, as sentences for `status`.
    pub(super) unwatched: Vec<String>,
    pub(super) alarm: Alarm,
    pub(super) stopper: watch::Sender<bool>,
    pub(super) mailbox: mpsc::WeakUnboundedSender<Message>,
    /// Whether the store is being opened, also when nobody waits for it any more.
    pub(super) opening: bool,
    /// What is under way with the store: it has to be closed before it can be opened again.
    pub(super) closing: Option<JoinHandle<()>>,
}

/// Whether the secrets can be used.
pub(super) enum State {
    /// There is no vault yet.
    Empty,
    /// No key is in memory.
    Locked(Locked),
    /// The vault is being opened, or looked at; requests that need it wait here.
    Opening(Box<Opening>),
    /// Codes are served.
    Open(Box<Open>),
    /// The vault on disk cannot be used.
    Broken(Fault),
}

/// A locked vault.
#[derive(Default)]
pub(super) struct Locked {
    /// What it asks for, once it was looked at.
    pub(super) guard: Option<Guard>,
    /// What has to happen before it opens by itself, if it asks for nothing.
    pub(super) until: Until,
}

/// How long a vault that asks for nothing stays locked; the later of two counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Until {
    /// Until somebody needs it: its key store was away, or its time was over.
    #[default]
    Needed,
    /// Until the user is back.
    UserIsBack,
    /// Until the user unlocks it.
    Unlocked,
}

/// A vault that is being opened.
#[derive(Default)]
pub(super) struct Opening {
    /// What was known when it was locked.
    pub(super) guard: Option<Guard>,
    /// The request whose PIN or passphrase is tried.
    pub(super) trying: Option<Asked>,
    /// Those who wait for the vault.
    pub(super) waiters: Vec<Asked>,
    /// What is to be tried as soon as an earlier try has come to its end.
    pub(super) next: Option<Credentials>,
}

/// An open vault, its writer, and what waits for its turn.
pub(super) struct Open {
    pub(super) vault: OpenVault,
    pub(super) writer: Writer,
    pub(super) edits: Edits,
    pub(super) proofs: Proofs,
    pub(super) errands: Errands,
    pub(super) rekeying: Option<Rekeying>,
    /// Boot time when it was opened, and when a code was given last.
    pub(super) since: Duration,
    pub(super) last_use: Duration,
    /// How long the machine had slept by then.
    pub(super) slept: Duration,
}

impl Agent {
    pub(super) fn new(
        ports: Ports,
        about: About,
        mailbox: mpsc::WeakUnboundedSender<Message>,
        stopper: watch::Sender<bool>,
    ) -> Self {
        Self {
            ports,
            about,
            state: State::Empty,
            pending: Pending::default(),
            subscribers: Subscribers::default(),
            write_trouble: None,
            store_trouble: None,
            blocked_until: None,
            prompt: None,
            registered: None,
            again: Again::default(),
            skew: None,
            next_refresh: None,
            unwatched: Vec::new(),
            alarm: Alarm::default(),
            stopper,
            mailbox,
            opening: false,
            closing: None,
        }
    }

    pub(super) fn lock_state(&self) -> LockState {
        match self.state {
            State::Empty => LockState::Empty,
            State::Locked(_) => LockState::Locked,
            State::Opening(_) => LockState::Opening,
            State::Open(_) => LockState::Open,
            State::Broken(_) => LockState::Broken,
        }
    }

    /// What the vault asks for, as far as it is known.
    pub(super) fn guard(&self) -> Option<&Guard> {
        match &self.state {
            State::Open(open) => Some(&open.vault.lock.guard),
            State::Locked(locked) => locked.guard.as_ref(),
            State::Opening(opening) => opening.guard.as_ref(),
            State::Empty | State::Broken(_) => None,
        }
    }

    /// Enters a state and tells the subscribers. Whatever the former state held is destroyed, and who waited in it is
    /// returned.
    pub(super) fn change_state(&mut self, next: State) -> Vec<Asked> {
        let before = self.lock_state();
        let former = mem::replace(&mut self.state, next);
        let now = self.lock_state();
        if before != now {
            self.subscribers.announce(|| Event::State(now));
        }
        match former {
            State::Open(open) => self.leave(*open),
            State::Opening(opening) => {
                let Opening { trying, waiters, .. } = *opening;
                return trying.into_iter().chain(waiters).collect();
            }
            State::Empty | State::Locked(_) | State::Broken(_) => {}
        }
        Vec::new()
    }

    fn leave(&mut self, open: Open) {
        let Open { vault, writer, edits, proofs, errands, rekeying, .. } = open;
        let in_doubt = vault.is_in_doubt(self.ports.clock.wall().as_secs());
        let keystore = self.ports.keystores.of(vault.lock.guard.store);
        let anchored = vault.lock.tries.anchored(0);
        drop(vault);
        refuse(edits.into_waiting(), FaultCode::Locked);
        refuse(proofs.into_waiting(), FaultCode::Locked);
        refuse(errands.into_waiting(), FaultCode::Locked);
        refuse(rekeying.map(Rekeying::into_asked).into_iter().collect(), FaultCode::Locked);
        self.in_turn(move || {
            // Not marked as ended in good order when in doubt, so that the next opening is in doubt too.
            let closed = if in_doubt { Ok(writer.leave()) } else { writer.close() };
            let generation = closed?;
            note(keystore.as_ref(), Anchor { generation, ..anchored });
            keystore.forget();
            Ok(())
        });
    }

    /// Does this with the store and what is noted of it, once what was begun with them before is over: two notes at once
    /// would lose one.
    pub(super) fn in_turn(
        &mut self,
        close: impl FnOnce() -> Result<(), StoreFault> + Send + 'static,
    ) {
        let former = self.closing.take();
        self.closing = Some(tokio::spawn(async move {
            if let Some(former) = former {
                let _ = former.await;
            }
            match aside(close).await {
                Ok(Ok(())) => {}
                _ => tracing::warn!("the vault was not closed in good order"),
            }
        }));
    }

    /// Destroys the keys.
    pub(super) fn lock(&mut self, until: Until) {
        match &mut self.state {
            State::Locked(locked) => locked.until = locked.until.max(until),
            State::Open(_) | State::Opening(_) => {
                let guard = self.guard().cloned();
                let locked = State::Locked(Locked { guard, until });
                refuse(self.change_state(locked), FaultCode::Locked);
                self.alarm.stop();
            }
            State::Empty | State::Broken(_) => {}
        }
    }

    /// Answers `lock`.
    pub(super) fn lock_for(&mut self, asked: Asked) {
        self.dismiss_prompt();
        self.lock(Until::Unlocked);
        asked.answer(Answer::Lock(Done {}));
    }

    /// What a new subscriber is shown.
    pub(super) fn view(&self) -> View {
        match &self.state {
            State::Open(open) => open.vault.view(self.subscribers.seq()),
            _ => View { seq: self.subscribers.seq(), ..View::new(self.lock_state()) },
        }
    }

    /// A way for threads and tasks to report.
    pub(super) fn report_to(&self) -> impl Fn(Message) + Send + 'static {
        let mailbox = self.mailbox.clone();
        move |message| {
            // The agent has ended when nobody is there any more.
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(message);
            }
        }
    }

    /// Closes everything, the disk last.
    pub(super) async fn end(mut self) {
        self.dismiss_prompt();
        self.lock(Until::Needed);
        self.subscribers.end();
        if let Some(closing) = self.closing.take() {
            let _ = closing.await;
        }
    }
}

/// Notes the anchor, on what the key store has noted before. That it cannot be noted now is told by the log alone: the
/// next opening notes it.
pub(super) fn note(keystore: &dyn crate::ports::keystore::KeyStore, anchor: Anchor) {
    let noted = keystore.load(Access::default()).map(|kept| kept.anchor.unwrap_or_default());
    let result = noted.and_then(|noted| keystore.note(noted.merged(anchor)));
    if let Err(fault) = result {
        tracing::warn!("the key store does not note where the vault stands: {fault}");
    }
}

pub(super) fn refuse(waiters: Vec<Asked>, code: FaultCode) {
    waiters.into_iter().for_each(|asked| asked.answer(code));
}
