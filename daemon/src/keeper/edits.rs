//! Changes to what is paired, one at a time: an edit is checked against a state in which no other is under way, and
//! whoever comes meanwhile waits for its turn. Codes of other profiles are served all the while.

use std::collections::VecDeque;

use passcode_proto::event::Event;
use passcode_proto::profile::ProfileId;
use passcode_proto::{Answer, Fault};

use super::errands::Brought;
use super::pending::Job;
use super::state::{Agent, Open, State};
use super::{Asked, Outcome, ReplyTo};
use crate::errand::container::ContainerKey;
use crate::vault::edit::Edit;
use crate::vault::rows::DeviceId;

/// The edits of an open vault.
#[derive(Default)]
pub(super) struct Edits {
    under_way: Option<Subject>,
    waiting: VecDeque<Turn>,
}

/// What an edit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// One profile.
    Profile(ProfileId),
    /// All of the vault: its keys are made anew, or several profiles change together.
    Everything,
    /// What no code comes from.
    Devices,
}

/// Who waits for an edit to be over.
pub(super) enum Turn {
    /// A request.
    Asked(Asked),
    /// What an errand brought back.
    Brought(Box<Brought>),
}

/// An edit on its way to the disk.
pub(super) struct Waiting {
    edit: Edit,
    then: Then,
}

/// What follows when an edit is stored, or is not.
pub(super) enum Then {
    /// The answer that it earns.
    Answer(Box<Answer>, ReplyTo),
    /// A refusal, whatever becomes of the edit.
    Refuse(Fault, ReplyTo),
    /// Those who asked for the policies are told.
    Refreshed(Vec<Asked>),
    /// This computer is registered as a container with the keys that were stored.
    Register(Asked, DeviceId, ContainerKey),
    /// A pairing key is exchanged with the keys of the device that was stored.
    Exchange(Asked, DeviceId),
}

impl Edits {
    /// Whether an edit is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether the edit that is under way is about `profile`.
    pub(super) fn concerns(&self, profile: ProfileId) -> bool {
        match self.under_way {
            Some(Subject::Profile(subject)) => subject == profile,
            Some(Subject::Everything) => true,
            Some(Subject::Devices) | None => false,
        }
    }

    /// An edit begins.
    pub(super) fn begin(&mut self, subject: Subject) {
        self.under_way = Some(subject);
    }

    /// The edit that was under way is over.
    pub(super) fn end(&mut self) {
        self.under_way = None;
    }

    /// Lets a request wait until the edit is over.
    pub(super) fn postpone(&mut self, asked: Asked) {
        self.waiting.push_back(Turn::Asked(asked));
    }

    /// Lets what an errand brought wait until the edit is over.
    pub(super) fn postpone_brought(&mut self, brought: Brought) {
        self.waiting.push_back(Turn::Brought(Box::new(brought)));
    }

    /// The requests that still wait.
    pub(super) fn into_waiting(self) -> Vec<Asked> {
        let asked = |turn| match turn {
            Turn::Asked(asked) => Some(asked),
            Turn::Brought(brought) => brought.into_asked(),
        };
        self.waiting.into_iter().filter_map(asked).collect()
    }
}

impl Agent {
    /// Sends an edit to the disk; what follows comes when it is there.
    pub(super) fn begin_edit(&mut self, mut edit: Edit, subject: Subject, then: Then) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        open.edits.begin(subject);
        let changes = std::mem::take(&mut edit.changes);
        let ticket = self.pending.add(Job::Edit(Box::new(Waiting { edit, then })));
        open.writer.submit(ticket, changes);
    }

    /// Makes a stored edit in memory, tells subscribers and caller, and lets the next one have its turn.
    pub(super) fn end_edit(&mut self, waiting: Waiting, result: Result<(), Fault>) {
        let Waiting { edit, then } = waiting;
        let due = self.pin_due();
        // Locked in the meantime: on disk it is done or not, as `result` says.
        if let State::Open(open) = &mut self.state {
            open.edits.end();
            if result.is_ok() {
                let events = open.vault.make(edit);
                events.into_iter().for_each(|event| self.subscribers.announce(|| event));
            }
        }
        if self.pin_due() != due {
            self.subscribers.announce(|| Event::ProtectionChanged);
        }
        self.go_on(then, result);
        self.next_edit();
        self.prove_waiting();
    }

    fn go_on(&mut self, then: Then, result: Result<(), Fault>) {
        match then {
            Then::Answer(answer, reply) => {
                let _ = reply.send(Outcome::Answered(result.map(|()| *answer)));
            }
            Then::Refuse(fault, reply) => {
                let _ = reply.send(Outcome::Answered(Err(fault)));
            }
            Then::Refreshed(asked) => match result {
                Ok(()) => self.refreshed(asked),
                Err(fault) => asked.into_iter().for_each(|asked| asked.answer(fault.clone())),
            },
            Then::Register(asked, device, key) => match result {
                Ok(()) => self.register(asked, device, key, false),
                Err(fault) => asked.answer(fault),
            },
            Then::Exchange(asked, device) => match result {
                Ok(()) => self.exchange(asked, device),
                Err(fault) => asked.answer(fault),
            },
        }
    }

    /// Lets the next one have its turn.
    pub(super) fn next_edit(&mut self) {
        while let Some(turn) = self.idle_edits().and_then(|open| open.edits.waiting.pop_front()) {
            match turn {
                Turn::Asked(asked) => self.answer(asked),
                Turn::Brought(brought) => self.take(*brought),
            }
        }
    }

    fn idle_edits(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) if !open.edits.is_under_way() => Some(open),
            _ => None,
        }
    }
}
