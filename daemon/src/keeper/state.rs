//! The state itself and its transitions: empty, locked, opening, open, broken. Leaving `Open` destroys the keys.

use std::mem;

use passcode_proto::event::Event;
use passcode_proto::reply::{Done, LockState};
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, FaultCode};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, spawn_blocking};

use super::edits::Edits;
use super::pending::Pending;
use super::subscribers::Subscribers;
use super::{About, Asked, Message};
use crate::ports::Ports;
use crate::ports::store::StoreFault;
use crate::vault::OpenVault;
use crate::vault::opening::{self, Opened};
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
    pub(super) stopper: watch::Sender<bool>,
    mailbox: mpsc::WeakUnboundedSender<Message>,
    /// Whether the store is being opened, also when nobody waits for it any more.
    opening: bool,
    /// The store of the vault that was open before; it has to be closed before it can be opened again.
    closing: Option<JoinHandle<()>>,
}

/// Whether the secrets can be used.
pub(super) enum State {
    /// There is no vault yet.
    Empty,
    /// No key is in memory.
    Locked,
    /// The vault is being opened; requests that need it wait here.
    Opening(Vec<Asked>),
    /// Codes are served.
    Open(Box<Open>),
    /// The vault on disk cannot be used.
    Broken(Fault),
}

/// An open vault, its writer, and the edits that wait for their turn.
pub(super) struct Open {
    pub(super) vault: OpenVault,
    pub(super) writer: Writer,
    pub(super) edits: Edits,
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
            stopper,
            mailbox,
            opening: false,
            closing: None,
        }
    }

    /// A vault without PIN opens itself at start.
    pub(super) fn open_at_start(&mut self) {
        match self.ports.stores.exists() {
            Ok(true) => self.open_for(Vec::new()),
            Ok(false) => {}
            Err(fault) => self.state = State::Broken(opening::store_fault(fault)),
        }
    }

    pub(super) fn lock_state(&self) -> LockState {
        match self.state {
            State::Empty => LockState::Empty,
            State::Locked => LockState::Locked,
            State::Opening(_) => LockState::Opening,
            State::Open(_) => LockState::Open,
            State::Broken(_) => LockState::Broken,
        }
    }

    /// Begins to open the vault, for those who wait for it.
    pub(super) fn open_for(&mut self, waiters: Vec<Asked>) {
        self.change_state(State::Opening(waiters));
        // It may have been locked and unlocked while it was being opened: what is under way will do.
        if mem::replace(&mut self.opening, true) {
            return;
        }
        let (ports, mailbox) = (self.ports.clone(), self.mailbox.clone());
        let closing = self.closing.take();
        tokio::spawn(async move {
            if let Some(closing) = closing {
                let _ = closing.await;
            }
            let opened = spawn_blocking(move || opening::open(&ports).map(Box::new)).await;
            let opened = opened.unwrap_or_else(|_| Err(FaultCode::Internal.into()));
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(Message::Opened(opened));
            }
        });
    }

    /// Takes over an opened vault and answers who waited for it.
    pub(super) fn opened(&mut self, opened: Result<Box<Opened>, Fault>) {
        self.opening = false;
        let awaited = matches!(self.state, State::Opening(_));
        match opened {
            // It was locked again while it was being opened.
            Ok(opened) if !awaited => {
                let now = self.ports.clock.wall().as_secs();
                self.close(move || opened.store_end(now));
            }
            Err(_) if !awaited => {}
            Ok(opened) => self.serve_from(*opened).unwrap_or_else(|fault| self.break_with(fault)),
            Err(fault) => self.break_with(fault),
        }
    }

    fn serve_from(&mut self, opened: Opened) -> Result<(), Fault> {
        let mailbox = self.mailbox.clone();
        let stored = move |tickets, result| {
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(Message::Stored(tickets, result));
            }
        };
        let writer = Writer::start(opened.store, Box::new(stored)).map_err(opening::store_fault)?;
        let open = Open { vault: opened.vault, writer, edits: Edits::default() };
        let waiters = self.take_waiters(State::Open(Box::new(open)));
        tracing::info!(waiting = waiters.len(), "the vault is open");
        let view = self.view();
        self.subscribers.announce_view(&view);
        waiters.into_iter().for_each(|asked| self.answer(asked));
        Ok(())
    }

    fn break_with(&mut self, mut fault: Fault) {
        if fault.code == FaultCode::NoKeyStore {
            fault.hint = fault.hint.replace("config.toml", &self.about.config);
        }
        tracing::error!(code = fault.code.name(), "the vault cannot be opened: {fault}");
        let next = match self.ports.stores.exists() {
            // Nothing was made, so nothing is broken.
            Ok(false) => State::Empty,
            _ => State::Broken(fault.clone()),
        };
        let waiters = self.take_waiters(next);
        let state = self.lock_state();
        self.subscribers.announce(|| Event::State(state));
        waiters.into_iter().for_each(|asked| asked.answer(fault.clone()));
    }

    fn take_waiters(&mut self, next: State) -> Vec<Asked> {
        match mem::replace(&mut self.state, next) {
            State::Opening(waiters) => waiters,
            _ => Vec::new(),
        }
    }

    /// Enters a state and tells the subscribers. Whatever the former state held is destroyed.
    fn change_state(&mut self, next: State) {
        let before = self.lock_state();
        let former = mem::replace(&mut self.state, next);
        let now = self.lock_state();
        if before != now {
            self.subscribers.announce(|| Event::State(now));
        }
        match former {
            State::Open(open) => self.leave(*open),
            State::Opening(waiters) => refuse(waiters, FaultCode::Locked),
            State::Empty | State::Locked | State::Broken(_) => {}
        }
    }

    fn leave(&mut self, open: Open) {
        let Open { vault, writer, edits } = open;
        let in_doubt = vault.is_in_doubt(self.ports.clock.wall().as_secs());
        drop(vault);
        refuse(edits.into_waiting(), FaultCode::Locked);
        self.close(move || match in_doubt {
            // Not marked as ended in good order, so that the next opening is in doubt too.
            true => {
                drop(writer);
                Ok(())
            }
            false => writer.close(),
        });
    }

    fn close(&mut self, close: impl FnOnce() -> Result<(), StoreFault> + Send + 'static) {
        let former = self.closing.take();
        self.closing = Some(tokio::spawn(async move {
            if let Some(former) = former {
                let _ = former.await;
            }
            match spawn_blocking(close).await {
                Ok(Ok(())) => {}
                _ => tracing::warn!("the vault was not closed in good order"),
            }
        }));
    }

    /// Destroys the keys.
    pub(super) fn lock(&mut self) -> Answer {
        if matches!(self.state, State::Open(_) | State::Opening(_)) {
            self.change_state(State::Locked);
        }
        Answer::Lock(Done {})
    }

    /// Opens a locked or broken vault; the answer comes when it is open.
    pub(super) fn unlock(&mut self, asked: Asked) {
        match &mut self.state {
            State::Open(_) => asked.answer(Answer::Unlock(Done {})),
            State::Opening(waiters) => waiters.push(asked),
            State::Empty => asked.answer(FaultCode::NothingPaired),
            State::Locked | State::Broken(_) => self.open_for(vec![asked]),
        }
    }

    /// What a new subscriber is shown.
    pub(super) fn view(&self) -> View {
        match &self.state {
            State::Open(open) => open.vault.view(self.subscribers.seq()),
            _ => View { seq: self.subscribers.seq(), ..View::new(self.lock_state()) },
        }
    }

    /// Closes everything, the disk last.
    pub(super) async fn end(mut self) {
        self.lock();
        self.subscribers.end();
        if let Some(closing) = self.closing.take() {
            let _ = closing.await;
        }
    }
}

fn refuse(waiters: Vec<Asked>, code: FaultCode) {
    waiters.into_iter().for_each(|asked| asked.answer(code));
}
