//! A loss of power, at whatever moment and whatever of the unsynced writes reached the disk, leaves a whole store that
//! holds all that was answered for.

use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::ports::store::Stores;
use passcode_process_tests::files::Files;
use passcode_process_tests::power::{Disk, Operation, operations};
use passcode_process_tests::store_life::{self, DONE, rows_after, rows_in};
use passcode_process_tests::strace::Strace;
use passcode_process_tests::{files, site, watchdog};

const CALLS: &str = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink";

#[test]
fn a_loss_of_power_leaves_a_whole_store_with_all_that_was_answered() {
    store_life::live_if_asked();
    let _watchdog = watchdog::watch();
    let (folder, aside) = (files::quick_folder(), site::folder());
    let mut store = SqliteStores::new(folder.path()).open().expect("a new store");
    store.begin_use().and_then(|_| store.end_use()).expect("an empty store");
    drop(store);
    let mut disk = Disk::new(files::read(folder.path()));
    let strace = Strace::write_down(CALLS, &aside.path().join("log"));
    let test = "power_loss::a_loss_of_power_leaves_a_whole_store_with_all_that_was_answered";
    let life = store_life::live(test, folder.path(), &strace);
    assert_eq!((life.done, life.ended), (store_life::steps(), true));
    let log = strace.log(life.process);

    let (mut done, mut losses) = (0, 0);
    for (number, operation) in operations(&log, folder.path()).iter().enumerate() {
        if let Operation::Said(text) = operation {
            let said = text.trim().strip_prefix(DONE).and_then(|number| number.parse().ok());
            done = said.unwrap_or(done);
            disk.forget();
            continue;
        }
        disk.go_on(operation);
        for left in disk.after_a_loss_of_power() {
            judge(&left, done, &format!("after {done} steps and {number} operations"));
            losses += 1;
        }
    }
    assert!(losses > 300, "{losses} losses of power");
}

fn judge(left: &Files, done: usize, case: &str) {
    let folder = files::quick_folder();
    files::lay_out(left, folder.path());
    let next = rows_after((done + 1).min(store_life::steps()));
    let found = rows_in(folder.path()).unwrap_or_else(|fault| panic!("{case}: {fault}"));
    assert!(found == rows_after(done) || found == next, "{case}: {found:?}");
}
