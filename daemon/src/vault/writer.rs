//! The one writer of the vault: a thread that takes everything that waits and commits it as one group, so that many
//! codes cost one sync of the disk. What is written, and what an answer means, is the keeper's affair.

use std::collections::HashSet;
use std::io;
use std::iter;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::ports::store::{Change, Store, StoreFault};

/// Most jobs that share one commit.
pub const GROUP_JOBS: usize = 1024;

/// Names one job to whoever submitted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Hears how a group of jobs ended, in the order of their submission. Called on the writer thread: nothing is written
/// until it returns.
pub type Done = Box<dyn Fn(Vec<Ticket>, Result<(), StoreFault>) + Send>;

/// The writer thread. Dropping it writes all that was submitted, but leaves the store marked as in use.
#[derive(Debug)]
pub struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<Desk>>,
}

struct Job {
    ticket: Ticket,
    changes: Vec<Change>,
}

impl Writer {
    /// Starts the thread, which reports each commit to `done`.
    ///
    /// All jobs of one commit have one outcome: when it fails, all of them fail, whichever was to blame.
    ///
    /// # Errors
    /// When the system does not let us start a thread.
    pub fn start(store: Box<dyn Store>, done: Done) -> Result<Self, StoreFault> {
        let (jobs, inbox) = mpsc::channel();
        let desk = Desk { store, done, fault: None };
        let thread = thread::Builder::new()
            .name("vault-writer".to_owned())
            .spawn(move || desk.serve(&inbox))
            .map_err(|error| StoreFault::Io(error.kind(), "starting the writer thread"))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands in one job: its changes are committed together, after those of every earlier job or with them.
    pub fn submit(&self, ticket: Ticket, changes: Vec<Change>) {
        // The thread takes jobs as long as this handle lives: sending fails only after it has panicked.
        if let Some(jobs) = &self.jobs
            && jobs.send(Job { ticket, changes }).is_err()
        {
            tracing::error!("the writer thread is gone; the vault cannot be written");
        }
    }

    /// Writes all that was submitted and marks the store as cleanly ended.
    ///
    /// # Errors
    /// The fault of the first commit that failed, if one has: the store then stays marked as in use, since what the
    /// agent knew may not all be on the disk. Else the fault of the marking.
    pub fn close(mut self) -> Result<(), StoreFault> {
        let Some(mut desk) = self.finish() else {
            return Err(StoreFault::Io(io::ErrorKind::BrokenPipe, "ending the writer thread"));
        };
        match desk.fault {
            Some(fault) => Err(fault),
            None => desk.store.end_use(),
        }
    }

    /// Lets the thread write what waits, and end.
    fn finish(&mut self) -> Option<Desk> {
        drop(self.jobs.take());
        self.thread.take()?.join().ok()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.finish());
    }
}

/// What the thread works with.
struct Desk {
    store: Box<dyn Store>,
    done: Done,
    fault: Option<StoreFault>,
}

impl Desk {
    fn serve(mut self, inbox: &Receiver<Job>) -> Self {
        while let Ok(first) = inbox.recv() {
            let waiting = iter::from_fn(|| inbox.try_recv().ok());
            self.write(iter::once(first).chain(waiting).take(GROUP_JOBS));
        }
        self
    }

    fn write(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut tickets = Vec::new();
        let mut changes = Vec::new();
        for job in jobs {
            tickets.push(job.ticket);
            changes.extend(job.changes);
        }
        let outcome = self.store.commit(&last_of_each_row(changes));
        if let Err(fault) = &outcome {
            self.fault.get_or_insert_with(|| fault.clone());
        }
        (self.done)(tickets, outcome);
    }
}

/// A later change of a row settles all earlier ones, so only the last is written.
fn last_of_each_row(changes: Vec<Change>) -> Vec<Change> {
    let mut settled = HashSet::new();
    let mut last: Vec<Change> =
        changes.into_iter().rev().filter(|change| settled.insert(change.place())).collect();
    last.reverse();
    last
}

#[cfg(test)]
mod tests;
