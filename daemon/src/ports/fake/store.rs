//! A store in memory that fails on command. Clones share one disk, so a test can kill the agent that uses it, look at
//! what is durable, and start another agent on the same rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::ports::store::{Change, Row, Store, StoreFault, Stores, Table};

/// The fake disk; clones are the same disk.
#[derive(Clone, Default)]
pub struct FakeStores(Arc<Shared>);

#[derive(Default)]
struct Shared {
    disk: Mutex<Disk>,
    turned: Condvar,
}

#[derive(Default)]
struct Disk {
    exists: bool,
    rows: BTreeMap<(Table, u32), Row>,
    residue: Vec<Row>,
    in_use: bool,
    holder: Option<u64>,
    opened: u64,
    commits: usize,
    plans: HashMap<usize, Plan>,
    failing: Option<StoreFault>,
    unreadable: Option<StoreFault>,
    held: bool,
    waiting: bool,
}

/// What is to happen to one commit.
enum Plan {
    Lose(StoreFault),
    Tear(StoreFault),
}

impl FakeStores {
    /// An empty disk on which everything works.
    pub fn new() -> Self {
        Self::default()
    }

    /// Commit `number` (the first is 1) stores nothing and fails.
    pub fn fail_commit(&self, number: usize, fault: StoreFault) {
        self.disk().plans.insert(number, Plan::Lose(fault));
    }

    /// Commit `number` (the first is 1) is stored, yet reported as failed.
    pub fn tear_commit(&self, number: usize, fault: StoreFault) {
        self.disk().plans.insert(number, Plan::Tear(fault));
    }

    /// What was planned for single commits does not happen any more.
    pub fn forget_plans(&self) {
        self.disk().plans.clear();
    }

    /// Every write fails from now on, until [`FakeStores::mend`].
    pub fn fail_writes(&self, fault: StoreFault) {
        self.disk().failing = Some(fault);
    }

    /// Opening and reading fail from now on, until [`FakeStores::mend`].
    pub fn fail_reads(&self, fault: StoreFault) {
        self.disk().unreadable = Some(fault);
    }

    /// Everything works again; planned failures of single commits stay.
    pub fn mend(&self) {
        let mut disk = self.disk();
        disk.failing = None;
        disk.unreadable = None;
    }

    /// Commits wait from now on, until [`FakeStores::release_commits`].
    pub fn hold_commits(&self) {
        self.disk().held = true;
    }

    /// Waits until a commit waits.
    pub fn await_held_commit(&self) {
        let mut disk = self.disk();
        while !disk.waiting {
            disk = self.0.turned.wait(disk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the waiting commit and all later ones go on.
    pub fn release_commits(&self) {
        self.disk().held = false;
        self.0.turned.notify_all();
    }

    /// The agent that has the store open dies: what it still writes is lost, and another may open the store.
    pub fn kill(&self) {
        self.disk().holder = None;
    }

    /// How many commits were tried so far.
    pub fn commits(&self) -> usize {
        self.disk().commits
    }

    /// What is durable, by table and id.
    pub fn stored(&self) -> Vec<Row> {
        self.disk().rows.values().cloned().collect()
    }

    /// What was overwritten or deleted and has not been scrubbed: it could still be read off a real disk.
    pub fn residue(&self) -> Vec<Row> {
        self.disk().residue.clone()
    }

    /// Puts other rows in the place of all that are stored, behind the agent's back.
    pub fn replace(&self, rows: Vec<Row>) {
        let mut disk = self.disk();
        disk.rows = rows.into_iter().map(|row| ((row.table, row.id), row)).collect();
    }

    /// Writes a row behind the agent's back.
    pub fn plant(&self, row: Row) {
        let mut disk = self.disk();
        disk.exists = true;
        disk.rows.insert((row.table, row.id), row);
    }

    /// Whether the last user is marked as cleanly ended.
    pub fn ended_cleanly(&self) -> bool {
        !self.disk().in_use
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for FakeStores {
    fn exists(&self) -> Result<bool, StoreFault> {
        Ok(self.disk().exists)
    }

    fn open(&self) -> Result<Box<dyn Store>, StoreFault> {
        let mut disk = self.disk();
        if let Some(fault) = &disk.unreadable {
            return Err(fault.clone());
        }
        if disk.holder.is_some() {
            return Err(StoreFault::InUse);
        }
        disk.opened += 1;
        disk.holder = Some(disk.opened);
        disk.exists = true;
        Ok(Box::new(FakeStore { stores: self.clone(), number: disk.opened }))
    }

    fn remove(&self) -> Result<(), StoreFault> {
        let mut disk = self.disk();
        if disk.holder.is_some() {
            return Err(StoreFault::InUse);
        }
        if let Some(fault) = &disk.failing {
            return Err(fault.clone());
        }
        disk.rows.clear();
        disk.residue.clear();
        disk.exists = false;
        disk.in_use = false;
        Ok(())
    }
}

struct FakeStore {
    stores: FakeStores,
    number: u64,
}

impl FakeStore {
    /// The disk, when writes by this agent still reach it.
    fn writable(&self) -> Result<MutexGuard<'_, Disk>, StoreFault> {
        let disk = self.stores.disk();
        if disk.holder != Some(self.number) {
            return Err(StoreFault::Gone);
        }
        match &disk.failing {
            Some(fault) => Err(fault.clone()),
            None => Ok(disk),
        }
    }

    fn wait_for_release(&self) {
        let mut disk = self.stores.disk();
        while disk.held {
            disk.waiting = true;
            self.stores.0.turned.notify_all();
            disk = self.stores.0.turned.wait(disk).unwrap_or_else(PoisonError::into_inner);
        }
        disk.waiting = false;
    }
}

impl Store for FakeStore {
    fn rows(&mut self) -> Result<Vec<Row>, StoreFault> {
        let disk = self.stores.disk();
        match &disk.unreadable {
            Some(fault) => Err(fault.clone()),
            None => Ok(disk.rows.values().cloned().collect()),
        }
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        self.stores.disk().commits += 1;
        self.wait_for_release();
        let mut disk = self.writable()?;
        let number = disk.commits;
        let plan = disk.plans.remove(&number);
        if let Some(Plan::Lose(fault)) = plan {
            return Err(fault);
        }
        disk.apply(changes);
        match plan {
            Some(Plan::Tear(fault)) => Err(fault),
            _ => Ok(()),
        }
    }

    fn begin_use(&mut self) -> Result<bool, StoreFault> {
        let mut disk = self.writable()?;
        Ok(!std::mem::replace(&mut disk.in_use, true))
    }

    fn end_use(&mut self) -> Result<(), StoreFault> {
        let mut disk = self.writable()?;
        disk.in_use = false;
        disk.residue.clear();
        Ok(())
    }

    fn scrub(&mut self) -> Result<(), StoreFault> {
        self.writable()?.residue.clear();
        Ok(())
    }
}

impl Drop for FakeStore {
    fn drop(&mut self) {
        let mut disk = self.stores.disk();
        if disk.holder == Some(self.number) {
            disk.holder = None;
            disk.residue.clear();
        }
    }
}

impl Disk {
    fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            let former = match change {
                Change::Put(row) => self.rows.insert(change.place(), row.clone()),
                Change::Delete { .. } => self.rows.remove(&change.place()),
            };
            self.residue.extend(former);
        }
    }
}
