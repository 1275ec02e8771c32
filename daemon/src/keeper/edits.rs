//! Changes to what is paired, one at a time: an edit is checked against a state in which no other is under way, and
//! whoever comes meanwhile waits for its turn. Codes of other profiles are served all the while.

use std::collections::VecDeque;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Answer, Fault};

use super::pending::Job;
use super::state::{Agent, Open, State};
use super::{Asked, Outcome, ReplyTo};
use crate::vault::edit::Edit;

/// The edits of an open vault.
#[derive(Default)]
pub(super) struct Edits {
    under_way: Option<Subject>,
    waiting: VecDeque<Asked>,
}

/// What an edit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// One profile.
    Profile(ProfileId),
    /// All of the vault, whose keys are made anew.
    Everything,
}

/// An edit on its way to the disk, with the answer that it earns.
pub(super) struct Waiting {
    edit: Edit,
    answer: Answer,
    reply: ReplyTo,
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
            None => false,
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
        self.waiting.push_back(asked);
    }

    /// Those who still wait.
    pub(super) fn into_waiting(self) -> Vec<Asked> {
        self.waiting.into()
    }
}

impl Agent {
    /// Sends an edit to the disk; `answer` is given when it is there.
    pub(super) fn begin_edit(&mut self, mut edit: Edit, answer: Answer, reply: ReplyTo) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        open.edits.begin(Subject::Profile(edit.subject));
        let changes = std::mem::take(&mut edit.changes);
        let ticket = self.pending.add(Job::Edit(Box::new(Waiting { edit, answer, reply })));
        open.writer.submit(ticket, changes);
    }

    /// Makes a stored edit in memory, tells subscribers and caller, and lets the next one have its turn.
    pub(super) fn end_edit(&mut self, waiting: Waiting, result: Result<(), Fault>) {
        let Waiting { edit, answer, reply } = waiting;
        let State::Open(open) = &mut self.state else {
            // Locked in the meantime: on disk it is done or not, as `result` says.
            let _ = reply.send(Outcome::Answered(result.map(|()| answer)));
            return;
        };
        open.edits.end();
        if result.is_ok() {
            let events = open.vault.make(edit);
            events.into_iter().for_each(|event| self.subscribers.announce(|| event));
        }
        let _ = reply.send(Outcome::Answered(result.map(|()| answer)));
        self.next_edit();
        self.prove_waiting();
    }

    /// Lets the next one have its turn.
    pub(super) fn next_edit(&mut self) {
        while let Some(asked) = self.idle_edits().and_then(|open| open.edits.waiting.pop_front()) {
            self.answer(asked);
        }
    }

    fn idle_edits(&mut self) -> Option<&mut Open> {
        match &mut self.state {
            State::Open(open) if !open.edits.is_under_way() => Some(open),
            _ => None,
        }
    }
}
