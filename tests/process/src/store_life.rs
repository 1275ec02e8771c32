//! The life of a store, from the first commit over scrubs and closings to the last: lived by a process of its own that
//! says after every step that it is done, so that a test can end it anywhere and know what must be found.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use passcode_daemon::ports::sqlite::SqliteStores;
use passcode_daemon::ports::store::{Change, Row, Store, StoreFault, Stores, Table};

use crate::strace::Strace;

/// Names the folder to the process that lives in it.
const FOLDER: &str = "PASSCODE_TEST_FOLDER";

/// What a step is announced with when it is done, on standard output.
pub const DONE: &str = "done with step ";

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Overwrites some rows, and deletes and adds others, in one commit.
    Change,
    Scrub,
    /// Ends in good order and opens the store again.
    EndAndOpen,
    /// Closes the store without a good end, and opens it again.
    DropAndOpen,
}

const LIFE: &[Step] = &[
    Step::Change,
    Step::Change,
    Step::Scrub,
    Step::Change,
    Step::Scrub,
    Step::Change,
    Step::EndAndOpen,
    Step::Change,
    Step::Change,
    Step::DropAndOpen,
    Step::Change,
    Step::EndAndOpen,
];

/// Rows that are there after this many steps.
pub fn rows_after(steps: usize) -> Vec<Row> {
    let changes = LIFE[..steps].iter().filter(|step| **step == Step::Change).count();
    let rows = [Table::Slot, Table::Secret]
        .into_iter()
        .flat_map(|table| ids(changes as u64).map(move |id| (table, id)));
    rows.map(|(table, id)| row(table, id, changes as u64)).collect()
}

/// Parts of rows that were overwritten or deleted before the last step of the first `steps` after which nothing of them
/// may be left.
pub fn gone_after(steps: usize) -> Vec<Vec<u8>> {
    let scrubbed = LIFE[..steps].iter().rposition(|step| *step != Step::Change).unwrap_or(0);
    let last = LIFE[..scrubbed].iter().filter(|step| **step == Step::Change).count() as u64;
    (1..last).map(|change| mark(Table::Secret, change)).collect()
}

/// How many steps there are.
pub fn steps() -> usize {
    LIFE.len()
}

/// Numbers of the rows that are there after so many changes.
fn ids(changes: u64) -> std::ops::Range<u32> {
    let first = u32::try_from(changes).expect("few changes");
    first..first + 4 * first.min(1)
}

fn row(table: Table, id: u32, change: u64) -> Row {
    let mut sealed = mark(table, change);
    sealed.resize(700, b'.');
    Row { table, id, revision: change, sealed }
}

fn mark(table: Table, change: u64) -> Vec<u8> {
    format!("<{table:?} of change {change}>").into_bytes()
}

fn changes(change: u64) -> Vec<Change> {
    let tables = [Table::Slot, Table::Secret];
    let deleted = ids(change - 1).filter(|id| !ids(change).contains(id));
    let deleted = deleted.flat_map(|id| tables.map(|table| Change::Delete { table, id }));
    let put =
        tables.into_iter().flat_map(|table| ids(change).map(move |id| row(table, id, change)));
    deleted.chain(put.map(Change::Put)).collect()
}

/// Lives the life, when this process was started for it by [`live`]; else returns at once.
///
/// # Panics
/// When a step fails.
pub fn live_if_asked() {
    if let Some(folder) = env::var_os(FOLDER) {
        live_in(Path::new(&folder)).expect("every step");
        std::process::exit(0);
    }
}

/// Removes the store, when this process was started for it by [`live`]; else returns at once.
///
/// # Panics
/// When it cannot be removed.
pub fn remove_if_asked() {
    if let Some(folder) = env::var_os(FOLDER) {
        SqliteStores::new(folder).remove().expect("a store that can be removed");
        std::process::exit(0);
    }
}

fn live_in(folder: &Path) -> Result<(), StoreFault> {
    let stores = SqliteStores::new(folder);
    let mut store = open(&stores)?;
    let mut change = 0;
    for (number, step) in LIFE.iter().enumerate() {
        match step {
            Step::Change => {
                change += 1;
                store.commit(&changes(change))?;
            }
            Step::Scrub => store.scrub()?,
            Step::EndAndOpen => {
                store.end_use()?;
                drop(store);
                store = open(&stores)?;
            }
            Step::DropAndOpen => {
                drop(store);
                store = open(&stores)?;
            }
        }
        say_done(number + 1);
    }
    Ok(())
}

fn open(stores: &SqliteStores) -> Result<Box<dyn Store>, StoreFault> {
    let mut store = stores.open()?;
    store.begin_use()?;
    Ok(store)
}

/// One call of the system, which the test sees in its place among the others.
fn say_done(number: usize) {
    let line = format!("\n{DONE}{number}\n");
    std::io::stdout()
        .write_all(line.as_bytes())
        .and_then(|()| std::io::stdout().flush())
        .expect("a pipe");
}

/// How a life went that [`live`] has seen.
#[derive(Debug)]
pub struct Lived {
    /// The process that lived it.
    pub process: u32,
    /// How many steps it has done.
    pub done: usize,
    /// Whether it came to its end.
    pub ended: bool,
}

/// Has another process live the life in `folder`, as `strace` wants it; `test` is a test that begins with
/// [`live_if_asked`], or with [`remove_if_asked`] for its end.
///
/// # Panics
/// When it cannot be started.
pub fn live(test: &str, folder: &Path, strace: &Strace) -> Lived {
    let own = env::current_exe().expect("the path of this program");
    let mut command = strace.command(&own);
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().expect("strace can be run");
    let process = child.id();
    let output = child.wait_with_output().expect("its output");
    let said = String::from_utf8_lossy(&output.stdout);
    let done = said.lines().filter_map(|line| line.strip_prefix(DONE)?.parse().ok()).max();
    Lived { process, done: done.unwrap_or(0), ended: output.status.success() }
}

/// The rows that an agent finds in the folder.
///
/// # Errors
/// When it cannot open the store.
pub fn rows_in(folder: &Path) -> Result<Vec<Row>, StoreFault> {
    SqliteStores::new(folder).open()?.rows()
}
