//! Answers that wait for the disk: each leaves only when what it rests on is stored.

use std::collections::HashMap;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Answer, Fault, FaultCode, SecretText};

use super::edits::Waiting;
use super::state::{Agent, State};
use super::wish::Receiver;
use super::{Asked, Outcome, ReplyTo};
use crate::ports::store::StoreFault;
use crate::vault::opening::faults::sentence;
use crate::vault::rekey::NewKeys;
use crate::vault::writer::Ticket;

/// What is under way to the disk.
#[derive(Default)]
pub(super) struct Pending {
    last: u64,
    jobs: HashMap<u64, Job>,
}

/// Something that is being written.
pub(super) enum Job {
    /// A counter that is moved to `to`; when codes are in `answer`, they are for `receiver`.
    Counter {
        profile: ProfileId,
        to: u64,
        answer: Answer,
        reply: ReplyTo,
        receiver: Option<Receiver>,
    },
    /// The same for codes that are sent to the profile's service.
    Resync { profile: ProfileId, to: u64, codes: Vec<SecretText>, asked: Asked },
    /// A time step that nobody was given before; its code is in `answer`.
    FreshStep { profile: ProfileId, answer: Answer, reply: ReplyTo, receiver: Receiver },
    /// What nobody waits for: a time step that was given already, a count that was forgiven.
    Noted,
    /// A change to what is paired.
    Edit(Box<Waiting>),
    /// A try of a PIN, before the PIN is looked at.
    Try(Asked),
    /// What is written before keys are made anew.
    BeforeKeys,
    /// All rows under new keys.
    Keys(Box<NewKeys>),
}

impl Pending {
    /// Notes a job and gives the ticket to write it under.
    pub(super) fn add(&mut self, job: Job) -> Ticket {
        self.last += 1;
        self.jobs.insert(self.last, job);
        Ticket(self.last)
    }
}

impl Agent {
    /// Ends the jobs of one commit.
    pub(super) fn stored(&mut self, tickets: Vec<Ticket>, stored: Result<(), StoreFault>) {
        let result = stored.map_err(not_stored);
        self.note_trouble(&result);
        for Ticket(number) in tickets {
            if let Some(job) = self.pending.jobs.remove(&number) {
                self.end_job(job, result.clone());
            }
        }
    }

    fn note_trouble(&mut self, result: &Result<(), Fault>) {
        if let Err(fault) = result {
            tracing::error!("the vault cannot be written: {fault}");
        }
        self.write_trouble = result.clone().err();
    }

    fn end_job(&mut self, job: Job, result: Result<(), Fault>) {
        match job {
            Job::Counter { profile, to, answer, reply, receiver } => {
                self.settle(profile, to, result.is_ok());
                if let Some(receiver) = receiver.filter(|_| result.is_ok()) {
                    self.announce_given(&receiver, profile);
                }
                let _ = reply.send(Outcome::Answered(result.map(|()| answer)));
            }
            Job::Resync { profile, to, codes, asked } => {
                self.settle(profile, to, result.is_ok());
                match result {
                    Ok(()) => self.send_resync(asked, profile, codes),
                    Err(fault) => asked.answer(fault),
                }
            }
            Job::FreshStep { profile, answer, reply, receiver } => {
                if result.is_ok() {
                    self.announce_given(&receiver, profile);
                }
                let _ = reply.send(Outcome::Answered(result.map(|()| answer)));
            }
            Job::Noted => {}
            Job::Edit(waiting) => self.end_edit(*waiting, result),
            Job::Try(asked) => self.try_written(asked, result),
            Job::BeforeKeys => self.before_keys(result),
            Job::Keys(keys) => self.keys_written(*keys, result),
        }
    }

    fn settle(&mut self, profile: ProfileId, to: u64, stored: bool) {
        // The vault may have been locked in the meantime; its next opening reads the counter from the disk.
        if let State::Open(open) = &mut self.state
            && let Some(entry) = open.vault.entry_mut(profile)
        {
            entry.usage.settle(to, stored);
        }
    }
}

fn not_stored(fault: StoreFault) -> Fault {
    Fault::because(
        FaultCode::StoreFailed,
        format!("{} Nothing was changed, and no code was given.", sentence(&fault)),
    )
    .advise(fault.hint())
}
