//! What is left of rows that were overwritten or deleted: nothing.

use super::*;
use crate::ports::place::rig::set_mode;

/// Sealed bytes of which every row has its own.
fn telling(id: u32, revision: u64, length: usize) -> Vec<u8> {
    let mut sealed = mark(id, revision);
    sealed.resize(length, b'.');
    sealed
}

fn mark(id: u32, revision: u64) -> Vec<u8> {
    format!("<row {id} revision {revision}>").into_bytes()
}

/// Every mark that stands in a file of the folder, and how often.
fn marks(folder: &Path) -> BTreeMap<Vec<u8>, usize> {
    let mut found = BTreeMap::new();
    for bytes in contents(folder).values() {
        for rest in bytes.split(|byte| *byte == b'<').filter(|rest| rest.starts_with(b"row ")) {
            let inside = rest.split(|byte| *byte == b'>').next().unwrap();
            *found.entry([b"<", inside, b">"].concat()).or_default() += 1;
        }
    }
    found
}

fn count(folder: &Path, mark: &[u8]) -> usize {
    marks(folder).get(mark).copied().unwrap_or_default()
}

/// Numbers that look like chance, and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Rows of a table, by number: the revision and the marks of what is gone.
#[derive(Default)]
struct History {
    present: BTreeMap<u32, u64>,
    gone: Vec<(u32, u64)>,
}

impl History {
    /// Writes, overwrites and deletes rows of many lengths, so that they move between pages.
    fn go_on(
        &mut self,
        store: &mut dyn Store,
        numbers: &mut Numbers,
        revisions: std::ops::Range<u64>,
    ) {
        let mut changes = Vec::new();
        for revision in revisions {
            let id = u32::try_from(numbers.below(100)).unwrap();
            self.gone.extend(self.present.remove(&id).map(|former| (id, former)));
            if revision % 200 > 20 && numbers.below(4) == 0 {
                changes.push(Change::Delete { table: Table::Secret, id });
            } else {
                self.present.insert(id, revision);
                let length = 40 + usize::try_from(numbers.below(1000)).unwrap();
                changes.push(put(Table::Secret, id, revision, &telling(id, revision, length)));
            }
            if numbers.below(10) == 0 {
                store.commit(&std::mem::take(&mut changes)).unwrap();
            }
        }
        store.commit(&changes).unwrap();
    }

    fn left_behind(&self, folder: &Path) -> usize {
        let marks = marks(folder);
        let gone = self.gone.iter().map(|(id, revision)| mark(*id, *revision));
        gone.filter(|mark| marks.contains_key(mark)).count()
    }

    fn assert_only_the_present_is_there(&self, folder: &Path) {
        assert!(!self.gone.is_empty());
        let present = self.present.iter().map(|(id, revision)| (mark(*id, *revision), 1));
        let found = marks(folder);
        assert!(found == present.collect(), "{} of {} are gone", found.len(), self.gone.len());
    }
}

#[test]
fn rows_that_sqlite_moved_between_pages_leave_no_copies_behind() {
    let mut left_by_sqlite = 0;
    for seed in 44..52 {
        let folder = private_folder();
        drop(open(folder.path()).unwrap());
        let db = connect(&folder.path().join(NAME), false).unwrap();
        prepare(&db).unwrap();
        let mut store = SqliteStore::new(db, folder.path().join(LOG_NAME));
        let (mut history, mut numbers) = (History::default(), Numbers(12345 * seed));
        for part in 0..2 {
            history.go_on(&mut store, &mut numbers, part * 200..(part + 1) * 200);
            store.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            left_by_sqlite += history.left_behind(folder.path());
            store.scrub().unwrap();
            history.assert_only_the_present_is_there(folder.path());
        }
        store.end_use().unwrap();
        history.assert_only_the_present_is_there(folder.path());
    }
    assert!(left_by_sqlite > 0, "the search finds what is there");
}

#[test]
fn a_scrubbed_store_goes_on_and_is_durable() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store.begin_use().unwrap();
    for revision in 1..=5 {
        store.commit(&[put(Table::Slot, 1, revision, &telling(1, revision, 100))]).unwrap();
        store.scrub().unwrap();
        store.scrub().unwrap();
        assert_eq!(contents(folder.path())[LOG_NAME].len(), 0);
        let left = as_left_by_a_kill(folder.path());
        let rows = open(left.path()).unwrap().rows().unwrap();
        assert_eq!(rows, [row(Table::Slot, 1, revision, &telling(1, revision, 100))]);
        assert_eq!(count(folder.path(), &mark(1, revision - 1)), 0);
    }
}

#[test]
fn what_a_killed_agent_left_is_scrubbed_by_the_next() {
    let folder = private_folder();
    let mut killed = open(folder.path()).unwrap();
    killed.begin_use().unwrap();
    let (mut history, mut numbers) = (History::default(), Numbers(12345 * 45));
    history.go_on(killed.as_mut(), &mut numbers, 0..200);
    let left = as_left_by_a_kill(folder.path());
    let mut next = open(left.path()).unwrap();
    assert_eq!(next.begin_use(), Ok(false));
    next.scrub().unwrap();
    history.assert_only_the_present_is_there(left.path());
}

#[test]
fn a_store_that_is_dropped_leaves_nothing_behind_and_stays_marked_as_in_use() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store.begin_use().unwrap();
    store.commit(&[put(Table::Slot, 1, 1, &telling(1, 1, 100))]).unwrap();
    store.commit(&[put(Table::Slot, 1, 2, &telling(1, 2, 100))]).unwrap();
    assert_eq!(count(folder.path(), &mark(1, 1)), 1, "in the log");
    drop(store);
    assert_eq!(count(folder.path(), &mark(1, 1)), 0);
    assert_eq!(count(folder.path(), &mark(1, 2)), 1);
    assert_eq!(open(folder.path()).unwrap().begin_use(), Ok(false));
}

#[test]
fn a_store_that_is_only_read_leaves_a_killed_agents_log_as_it_is() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    store.begin_use().unwrap();
    store.commit(&[put(Table::Slot, 1, 1, b"in the log")]).unwrap();
    let left = as_left_by_a_kill(folder.path());
    let before = contents(left.path());
    for _ in 0..2 {
        assert_eq!(open(left.path()).unwrap().rows().unwrap().len(), 1);
        assert!(contents(left.path()) == before);
    }
}

#[test]
fn a_vault_that_stands_in_the_place_of_a_moved_one_keeps_its_log() {
    let folder = private_folder();
    let mut moved = open(folder.path()).unwrap();
    moved.begin_use().unwrap();
    moved.commit(&[put(Table::Slot, 1, 1, b"moved")]).unwrap();
    let left = as_left_by_a_kill(folder.path());
    for name in [NAME, LOG_NAME] {
        fs::rename(folder.path().join(name), folder.path().join(format!("aside-{name}"))).unwrap();
        fs::rename(left.path().join(name), folder.path().join(name)).unwrap();
    }
    let before = contents(folder.path());
    assert_eq!(moved.scrub(), Err(StoreFault::Gone));
    drop(moved);
    assert!(contents(folder.path()) == before, "neither vault was touched");
    assert_eq!(open(folder.path()).unwrap().rows().unwrap().len(), 1);
}

#[test]
fn a_log_that_cannot_be_overwritten_is_not_given_back_and_is_scrubbed_later() {
    use crate::ports::place::rig::as_plain_user;
    as_plain_user(|folder| {
        let mut store = open(folder).unwrap();
        store.begin_use().unwrap();
        store.commit(&[put(Table::Slot, 1, 1, &telling(1, 1, 100))]).unwrap();
        store.commit(&[put(Table::Slot, 1, 2, &telling(1, 2, 100))]).unwrap();
        set_mode(&folder.join(LOG_NAME), 0o400);
        assert_eq!(store.scrub(), Err(StoreFault::Denied));
        store.commit(&[put(Table::Slot, 2, 1, b"it goes on")]).unwrap();
        drop(store);
        assert!(!contents(folder)[LOG_NAME].is_empty(), "what was not wiped is not given back");
        set_mode(&folder.join(LOG_NAME), 0o600);
        let mut store = open(folder).unwrap();
        assert_eq!(store.rows().unwrap().len(), 2);
        store.begin_use().unwrap();
        drop(store);
        assert_eq!(count(folder, &mark(1, 1)), 0);
        assert_eq!(contents(folder).into_keys().collect::<Vec<_>>(), [NAME]);
    });
}
