//! What the keeper may rely on: order, one commit for many, an outcome for every ticket, nothing left behind.

use std::sync::mpsc::Receiver;

use super::*;
use crate::ports::fake::store::FakeStores;
use crate::ports::store::{Row, Stores, Table};

type Outcome = (Vec<Ticket>, Result<(), StoreFault>);

/// A writer on the disk, in use, and what it reports.
fn writer(disk: &FakeStores) -> (Writer, Receiver<Outcome>) {
    let (report, outcomes) = mpsc::channel();
    let mut manifest = Manifest::of(&key(), &[], 0);
    let staged = manifest.stage(&[]);
    disk.plant(staged.row.clone());
    manifest.accept(staged);
    let mut store = disk.open().unwrap();
    store.begin_use().unwrap();
    let done = move |tickets, outcome| report.send((tickets, outcome)).unwrap();
    (Writer::start(store, manifest, Box::new(done)).unwrap(), outcomes)
}

fn key() -> VaultKey {
    VaultKey::from_bytes(&[7; 32]).unwrap()
}

/// Whether the manifest on the disk, sealed under `key`, is that of the rows there.
fn holds(disk: &FakeStores, key: &VaultKey) -> bool {
    matches!(Manifest::found(key, &disk.stored()), Ok(Some(_)))
}

fn put(id: u32, revision: u64) -> Change {
    Change::Put(Row { table: Table::Usage, id, revision, sealed: vec![1] })
}

fn delete(id: u32) -> Change {
    Change::Delete { table: Table::Usage, id }
}

fn tickets(numbers: impl IntoIterator<Item = u64>) -> Vec<Ticket> {
    numbers.into_iter().map(Ticket).collect()
}

fn revisions(disk: &FakeStores) -> Vec<(u32, u64)> {
    usage(disk).iter().map(|row| (row.id, row.revision)).collect()
}

fn usage(disk: &FakeStores) -> Vec<Row> {
    disk.stored().into_iter().filter(|row| row.table == Table::Usage).collect()
}

/// Lets the writer take job 0 alone and wait in its commit, so that what comes next waits together.
fn occupy(disk: &FakeStores, writer: &Writer) {
    disk.hold_commits();
    writer.submit(Ticket(0), vec![put(0, 0)]);
    disk.await_held_commit();
}

#[test]
fn a_job_is_durable_when_it_is_reported() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    writer.submit(Ticket(7), vec![put(1, 5), put(2, 6)]);
    assert_eq!(outcomes.recv().unwrap(), (tickets([7]), Ok(())));
    assert_eq!(revisions(&disk), [(1, 5), (2, 6)]);
}

#[test]
fn jobs_that_wait_together_share_one_commit_and_one_report() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    occupy(&disk, &writer);
    for number in 1..=100 {
        writer.submit(Ticket(number), vec![put(number as u32, number)]);
    }
    disk.release_commits();
    assert_eq!(outcomes.recv().unwrap(), (tickets([0]), Ok(())));
    assert_eq!(outcomes.recv().unwrap(), (tickets(1..=100), Ok(())));
    assert_eq!(disk.commits(), 2);
    assert_eq!(usage(&disk).len(), 101);
}

#[test]
fn a_group_has_no_more_jobs_than_its_limit() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    occupy(&disk, &writer);
    let limit = GROUP_JOBS as u64;
    for number in 1..=limit + 1 {
        writer.submit(Ticket(number), vec![put(1, number)]);
    }
    disk.release_commits();
    let groups: Vec<usize> =
        (0..3).map(|_| outcomes.recv().unwrap()).map(|(tickets, _)| tickets.len()).collect();
    assert_eq!(groups, [1, GROUP_JOBS, 1]);
}

#[test]
fn the_last_change_of_a_row_wins_and_a_deletion_counts_in_its_place() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    occupy(&disk, &writer);
    writer.submit(Ticket(1), vec![put(1, 1), put(2, 1), put(3, 1)]);
    writer.submit(Ticket(2), vec![delete(1), delete(2), put(3, 2)]);
    writer.submit(Ticket(3), vec![put(1, 3)]);
    disk.release_commits();
    drop(writer);
    assert_eq!(outcomes.iter().count(), 2);
    assert_eq!(revisions(&disk), [(0, 0), (1, 3), (3, 2)]);
}

#[test]
fn only_the_last_change_of_each_row_is_written_in_order() {
    let changes = vec![put(1, 1), put(2, 1), put(1, 2), delete(3), put(2, 2), put(1, 3), put(3, 1)];
    let written: Vec<_> = last_of_each_row(changes)
        .into_iter()
        .map(|change| match change {
            Change::Put(row) => (row.id, Some(row.revision)),
            Change::Delete { id, .. } => (id, None),
        })
        .collect();
    assert_eq!(written, [(2, Some(2)), (1, Some(3)), (3, Some(1))]);
}

#[test]
fn a_failed_commit_fails_every_job_in_it_and_no_other() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    disk.fail_commit(2, StoreFault::Full);
    occupy(&disk, &writer);
    writer.submit(Ticket(1), vec![put(1, 1)]);
    writer.submit(Ticket(2), vec![put(2, 1)]);
    disk.release_commits();
    assert_eq!(outcomes.recv().unwrap(), (tickets([0]), Ok(())));
    assert_eq!(outcomes.recv().unwrap(), (tickets([1, 2]), Err(StoreFault::Full)));
    writer.submit(Ticket(3), vec![put(3, 1)]);
    assert_eq!(outcomes.recv().unwrap(), (tickets([3]), Ok(())));
    assert_eq!(revisions(&disk), [(0, 0), (3, 1)]);
}

#[test]
fn closing_writes_all_that_waits_and_ends_cleanly() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    for number in 0..50 {
        writer.submit(Ticket(number), vec![put(number as u32, 1)]);
    }
    assert!(writer.close().is_ok_and(|generation| generation > 1));
    let reported: Vec<Ticket> = outcomes.iter().flat_map(|(tickets, _)| tickets).collect();
    assert_eq!(reported, tickets(0..50));
    assert_eq!(usage(&disk).len(), 50);
    assert!(disk.ended_cleanly());
    assert!(disk.open().is_ok(), "the store is given back");
}

#[test]
fn dropping_writes_all_that_waits_but_is_no_clean_end() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    for number in 0..50 {
        writer.submit(Ticket(number), vec![put(number as u32, 1)]);
    }
    drop(writer);
    assert_eq!(outcomes.iter().map(|(tickets, _)| tickets.len()).sum::<usize>(), 50);
    assert_eq!(usage(&disk).len(), 50);
    assert!(!disk.ended_cleanly());
    assert!(disk.open().is_ok(), "the store is given back");
}

#[test]
fn after_a_failed_commit_the_end_is_not_clean() {
    let disk = FakeStores::new();
    let (writer, _outcomes) = writer(&disk);
    disk.tear_commit(1, StoreFault::Full);
    writer.submit(Ticket(1), vec![put(1, 1)]);
    assert_eq!(writer.close(), Err(StoreFault::Full));
    assert_eq!(revisions(&disk), [(1, 1)], "a torn commit is stored all the same");
    assert!(!disk.ended_cleanly());
}

#[test]
fn an_end_that_cannot_be_marked_is_reported() {
    let disk = FakeStores::new();
    let (writer, _outcomes) = writer(&disk);
    disk.fail_writes(StoreFault::ReadOnly);
    assert_eq!(writer.close(), Err(StoreFault::ReadOnly));
}

#[test]
fn what_a_killed_agent_still_writes_does_not_reach_the_disk() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    occupy(&disk, &writer);
    disk.kill();
    let mut next = disk.open().unwrap();
    assert_eq!(next.begin_use(), Ok(false));
    disk.release_commits();
    assert_eq!(outcomes.recv().unwrap(), (tickets([0]), Err(StoreFault::Gone)));
    assert_eq!(revisions(&disk), []);
}

#[test]
fn the_manifest_goes_with_every_commit_whatever_fails() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    disk.fail_commit(2, StoreFault::Full);
    disk.tear_commit(4, StoreFault::Full);
    for number in 1..=6 {
        writer.submit(Ticket(number), vec![put(number as u32, number)]);
        assert_eq!(outcomes.recv().unwrap().1.is_ok(), ![2, 4].contains(&number));
        assert!(holds(&disk, &key()), "after commit {number}");
    }
    assert_eq!(revisions(&disk), [(1, 1), (3, 3), (4, 4), (5, 5), (6, 6)]);
}

#[test]
fn rows_under_a_new_key_have_a_commit_and_a_manifest_of_their_own() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    let new = || VaultKey::from_bytes(&[8; 32]).unwrap();
    occupy(&disk, &writer);
    writer.submit(Ticket(1), vec![put(1, 1)]);
    writer.rekey(Ticket(2), vec![delete(0), put(1, 2)], new());
    writer.submit(Ticket(3), vec![put(3, 1)]);
    disk.release_commits();
    for expected in [0, 1, 2, 3] {
        assert_eq!(outcomes.recv().unwrap(), (tickets([expected]), Ok(())));
    }
    assert!(holds(&disk, &new()) && !holds(&disk, &key()));
    assert_eq!(revisions(&disk), [(1, 2), (3, 1)]);
}

#[test]
fn a_change_of_keys_that_fails_leaves_the_former_ones_in_use() {
    let disk = FakeStores::new();
    let (writer, outcomes) = writer(&disk);
    disk.fail_commit(1, StoreFault::Full);
    writer.rekey(Ticket(1), vec![put(1, 1)], VaultKey::from_bytes(&[8; 32]).unwrap());
    assert_eq!(outcomes.recv().unwrap(), (tickets([1]), Err(StoreFault::Full)));
    writer.submit(Ticket(2), vec![put(2, 1)]);
    assert_eq!(outcomes.recv().unwrap(), (tickets([2]), Ok(())));
    assert!(holds(&disk, &key()));
}
