//! A store whose process is killed before any of its calls that change the disk is whole, holds all that was answered
//! for, and is rid of what a scrub had removed before. One that is being removed is the last one, a damaged one or none.

use std::path::Path;

use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::ports::store::{Change, Row, StoreFault, Stores, Table};
use passcode_process_tests::files::{self, Files, contains};
use passcode_process_tests::store_life::{self, gone_after, rows_after, rows_in};
use passcode_process_tests::strace::{Blow, Strace};
use passcode_process_tests::{site, watchdog};

/// Every kind of call by which a store changes the disk.
const CALLS: [&str; 8] =
    ["pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "linkat", "rename"];

#[test]
fn a_store_that_is_killed_before_any_call_is_whole_and_keeps_what_was_answered() {
    store_life::live_if_asked();
    let _watchdog = watchdog::watch();
    let test =
        "kill_points::a_store_that_is_killed_before_any_call_is_whole_and_keeps_what_was_answered";
    let kills: usize = CALLS.iter().map(|call| kill_at_each(call, test)).sum();
    assert!(kills > 100, "{kills} kills");
}

/// Kills a store before each of its calls of one kind; gives how many there were.
fn kill_at_each(call: &str, test: &str) -> usize {
    for number in 1.. {
        let (folder, log) = (files::quick_folder(), site::folder());
        let strace = Strace::strike(Blow::Kill, call, number, &log.path().join("log"));
        let life = store_life::live(test, folder.path(), &strace);
        if life.ended {
            return number - 1;
        }
        judge(folder.path(), life.done, &format!("{call} {number}, step {}", life.done));
    }
    unreachable!("there are not that many calls")
}

/// What is there after a kill that came after `done` steps.
fn judge(folder: &Path, done: usize, case: &str) {
    let left = files::read(folder);
    for gone in gone_after(done) {
        let anywhere = left.values().any(|bytes| contains(bytes, &gone));
        assert!(!anywhere, "{case}: {} is still there", String::from_utf8_lossy(&gone));
    }
    let found = rows_in(folder).unwrap_or_else(|fault| panic!("{case}: {fault}"));
    let next = rows_after((done + 1).min(store_life::steps()));
    assert!(found == rows_after(done) || found == next, "{case}: {found:?}");
    let mut store = SqliteStores::new(folder).open().expect("a whole store");
    store.begin_use().and_then(|_| store.scrub()).expect("the next agent scrubs it");
    let left = files::read(folder);
    for gone in gone_after(store_life::steps()).iter().filter(|gone| !present(&found, gone)) {
        assert!(!left.values().any(|bytes| contains(bytes, gone)), "{case}: it is left behind");
    }
}

fn present(rows: &[Row], mark: &[u8]) -> bool {
    rows.iter().any(|row| contains(&row.sealed, mark))
}

/// What a killed agent left, and the rows in it.
fn killed() -> (Files, Vec<Row>) {
    let folder = files::quick_folder();
    let mut store = SqliteStores::new(folder.path()).open().expect("a new store");
    let old = Row { table: Table::Slot, id: 1, revision: 1, sealed: b"earlier".to_vec() };
    let new = Row { revision: 2, sealed: b"later".to_vec(), ..old.clone() };
    store.begin_use().and_then(|_| store.commit(&[Change::Put(old)])).expect("a commit");
    store.scrub().expect("all of it is in the database");
    store.commit(&[Change::Put(new.clone())]).expect("a commit that is in the log alone");
    (files::read(folder.path()), vec![new])
}

#[test]
fn a_store_whose_removal_is_killed_is_never_an_earlier_one_and_can_be_removed_again() {
    store_life::remove_if_asked();
    let _watchdog = watchdog::watch();
    let test = "kill_points::a_store_whose_removal_is_killed_is_never_an_earlier_one_and_can_be_removed_again";
    let (left, rows) = killed();
    let mut kills = 0;
    for call in CALLS {
        for number in 1.. {
            let (folder, log) = (files::quick_folder(), site::folder());
            files::lay_out(&left, folder.path());
            let strace = Strace::strike(Blow::Kill, call, number, &log.path().join("log"));
            let ended = store_life::live(test, folder.path(), &strace).ended;
            let stores = SqliteStores::new(folder.path());
            if stores.exists().expect("a folder") {
                match rows_in(folder.path()) {
                    Ok(found) => assert_eq!(found, rows, "{call} {number}"),
                    Err(fault) => assert_eq!(fault, StoreFault::Damaged, "{call} {number}"),
                }
            }
            stores.remove().expect("it can be removed again");
            assert!(files::read(folder.path()).is_empty(), "{call} {number}");
            if ended {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills >= 10, "{kills} kills");
}
