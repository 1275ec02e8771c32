//! The one writer of the vault: a thread that takes everything that waits and commits it as one group, so that many
//! codes cost one sync of the disk. What is written, and what an answer means, is the keeper's affair.

use std::collections::HashSet;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::manifest::{Manifest, Mismatch, Staged};
use super::seal::VaultKey;
use crate::ports::store::{Change, Row, Store, StoreFault};

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
    /// The key of all rows from this job on, which holds every one of them.
    new_key: Option<VaultKey>,
}

impl Writer {
    /// Starts the thread, which reports each commit to `done`.
    ///
    /// All jobs of one commit have one outcome: when it fails, all of them fail, whichever was to blame. The manifest
    /// of the rows goes with every commit.
    ///
    /// # Errors
    /// When the system does not let us start a thread.
    pub fn start(
        store: Box<dyn Store>,
        manifest: Manifest,
        done: Done,
    ) -> Result<Self, StoreFault> {
        let (jobs, inbox) = mpsc::channel();
        let desk = Desk { store, manifest, is_unsure: false, done, fault: None };
        let thread = thread::Builder::new()
            .name("vault-writer".to_owned())
            .spawn(move || desk.serve(&inbox))
            .map_err(|error| StoreFault::Io(error.kind(), "starting the writer thread"))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands in one job: its changes are committed together, after those of every earlier job or with them.
    pub fn submit(&self, ticket: Ticket, changes: Vec<Change>) {
        self.send(Job { ticket, changes, new_key: None });
    }

    /// Hands in all rows anew, sealed under another key; a commit of its own, after which nothing of the rows before is
    /// left on the disk.
    pub fn rekey(&self, ticket: Ticket, changes: Vec<Change>, key: VaultKey) {
        self.send(Job { ticket, changes, new_key: Some(key) });
    }

    /// The thread takes jobs as long as this handle lives: sending fails only after it has panicked.
    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs
            && jobs.send(job).is_err()
        {
            tracing::error!("the writer thread is gone; the vault cannot be written");
        }
    }

    /// Writes all that was submitted and marks the store as cleanly ended; gives the number of the last commit.
    ///
    /// # Errors
    /// The fault of the first commit that failed, if one has: the store then stays marked as in use, since what the
    /// agent knew may not all be on the disk. Else the fault of the marking.
    pub fn close(mut self) -> Result<u64, StoreFault> {
        let Some(mut desk) = self.finish() else {
            return Err(StoreFault::Io(io::ErrorKind::BrokenPipe, "ending the writer thread"));
        };
        match desk.fault {
            Some(fault) => Err(fault),
            None => desk.store.end_use().map(|()| desk.manifest.generation()),
        }
    }

    /// Writes all that was submitted and leaves the store marked as in use; gives the number of the last commit, or 0
    /// when that is not known.
    pub fn leave(mut self) -> u64 {
        self.finish().map_or(0, |desk| desk.manifest.generation())
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
    manifest: Manifest,
    /// Whether the last commit failed, so that it is not known whether it came about.
    is_unsure: bool,
    done: Done,
    fault: Option<StoreFault>,
}

impl Desk {
    fn serve(mut self, inbox: &Receiver<Job>) -> Self {
        let mut ahead = None;
        while let Some(job) = ahead.take().or_else(|| inbox.recv().ok()) {
            match job.new_key {
                Some(key) => self.rekey(job.ticket, job.changes, &key),
                None => ahead = self.write(job, inbox),
            }
        }
        self
    }

    /// Commits a job and all that wait behind it. Gives back a job that has to have a commit of its own.
    fn write(&mut self, first: Job, inbox: &Receiver<Job>) -> Option<Job> {
        let (mut tickets, mut changes) = (vec![first.ticket], first.changes);
        let mut next = None;
        while tickets.len() < GROUP_JOBS && next.is_none() {
            match inbox.try_recv() {
                Ok(job) if job.new_key.is_some() => next = Some(job),
                Ok(job) => {
                    tickets.push(job.ticket);
                    changes.extend(job.changes);
                }
                Err(_) => break,
            }
        }
        let outcome = self.commit(last_of_each_row(changes));
        self.report(tickets, outcome);
        next
    }

    fn commit(&mut self, mut changes: Vec<Change>) -> Result<(), StoreFault> {
        self.make_sure()?;
        let staged = self.manifest.stage(&changes);
        changes.push(Change::Put(staged.row.clone()));
        self.is_unsure = true;
        self.store.commit(&changes)?;
        self.is_unsure = false;
        self.manifest.accept(staged);
        Ok(())
    }

    /// After a commit that failed, the rows on the disk are read again: whichever they are, the next commit has to go
    /// with them.
    fn make_sure(&mut self) -> Result<(), StoreFault> {
        if !self.is_unsure {
            return Ok(());
        }
        let rows = self.store.rows()?;
        self.manifest = self.manifest.reread(&rows).map_err(|Mismatch| StoreFault::Damaged)?;
        self.is_unsure = false;
        Ok(())
    }

    fn rekey(&mut self, ticket: Ticket, changes: Vec<Change>, key: &VaultKey) {
        let outcome = self.commit_rekeyed(changes, key).and_then(|()| self.store.scrub());
        self.report(vec![ticket], outcome);
    }

    fn commit_rekeyed(
        &mut self,
        mut changes: Vec<Change>,
        key: &VaultKey,
    ) -> Result<(), StoreFault> {
        self.make_sure()?;
        let puts = changes.iter().filter_map(|change| match change {
            Change::Put(row) => Some(row.clone()),
            Change::Delete { .. } => None,
        });
        let rows: Vec<Row> = puts.collect();
        let mut manifest = Manifest::of(key, &rows, self.manifest.generation());
        let staged: Staged = manifest.stage(&[]);
        changes.push(Change::Put(staged.row.clone()));
        self.is_unsure = true;
        self.store.commit(&changes)?;
        self.is_unsure = false;
        manifest.accept(staged);
        self.manifest = manifest;
        Ok(())
    }

    fn report(&mut self, tickets: Vec<Ticket>, outcome: Result<(), StoreFault>) {
        if let Err(fault) = &outcome {
            self.fault.get_or_insert_with(|| fault.clone());
        }
        (self.done)(tickets, outcome);
    }
}

/// A later change of a row settles all earlier ones, so only the last is written.
pub fn last_of_each_row(changes: Vec<Change>) -> Vec<Change> {
    let mut settled = HashSet::new();
    let mut last: Vec<Change> =
        changes.into_iter().rev().filter(|change| settled.insert(change.place())).collect();
    last.reverse();
    last
}

#[cfg(test)]
mod tests;
