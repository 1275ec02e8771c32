//! A store that is made, opened again, left by a crash, or used by another agent.

use std::process::Command;
use std::{env, process};

use rustix::process::{Signal, getpid, kill_process};

use super::*;
use crate::ports::place::rig::mode;

/// Names the folder to a test that has started itself as another process.
const FOLDER: &str = "PASSCODE_TEST_FOLDER";

/// Runs one test of this file again, as another process.
fn as_another_process(test: &str, folder: &Path) -> process::ExitStatus {
    let module = module_path!().split_once("::").unwrap().1;
    Command::new(env::current_exe().unwrap())
        .args([&format!("{module}::{test}"), "--exact"])
        .env(FOLDER, folder)
        .output()
        .unwrap()
        .status
}

#[test]
fn a_new_store_is_empty_ended_cleanly_and_for_the_user_alone() {
    let base = private_folder();
    let folder = base.path().join("data");
    let stores = SqliteStores::new(&folder);
    assert_eq!(stores.exists(), Ok(false));
    let mut store = stores.open().unwrap();
    assert_eq!(stores.exists(), Ok(true));
    assert_eq!(store.rows(), Ok(Vec::new()));
    assert_eq!(store.begin_use(), Ok(true));
    assert_eq!(mode(&folder), 0o700);
    for name in [NAME, LOG_NAME] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    assert_eq!(contents(&folder).into_keys().collect::<Vec<_>>(), [NAME, LOG_NAME]);
}

#[test]
fn rows_are_found_again_after_a_clean_end() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    assert_eq!(store.begin_use(), Ok(true));
    store.commit(&[put(Table::Usage, 1, 2, b"sealed")]).unwrap();
    store.end_use().unwrap();
    assert_eq!(fs::metadata(folder.path().join(LOG_NAME)).unwrap().len(), 0);
    drop(store);
    assert_eq!(contents(folder.path()).into_keys().collect::<Vec<_>>(), [NAME]);
    let mut store = open(folder.path()).unwrap();
    assert_eq!(store.begin_use(), Ok(true));
    assert_eq!(store.rows(), Ok(vec![row(Table::Usage, 1, 2, b"sealed")]));
}

#[test]
fn a_killed_agent_loses_no_committed_row_and_is_noticed() {
    if let Some(folder) = env::var_os(FOLDER) {
        let mut store = open(Path::new(&folder)).unwrap();
        store.begin_use().unwrap();
        store.commit(&[put(Table::Usage, 1, 1, b"first")]).unwrap();
        store.commit(&[put(Table::Usage, 1, 2, b"second")]).unwrap();
        kill_process(getpid(), Signal::KILL).unwrap();
    }
    let folder = private_folder();
    let ended =
        as_another_process("a_killed_agent_loses_no_committed_row_and_is_noticed", folder.path());
    assert_eq!(ended.code(), None, "the process was killed");
    let mut store = open(folder.path()).unwrap();
    assert_eq!(store.rows(), Ok(vec![row(Table::Usage, 1, 2, b"second")]));
    assert_eq!(store.begin_use(), Ok(false));
    store.end_use().unwrap();
    assert_eq!(store.begin_use(), Ok(true));
}

#[test]
fn an_agent_that_did_not_end_cleanly_is_noticed_at_every_start_until_one_does() {
    let folder = private_folder();
    open(folder.path()).unwrap().begin_use().unwrap();
    for _ in 0..2 {
        assert_eq!(open(folder.path()).unwrap().begin_use(), Ok(false));
    }
}

#[test]
fn a_second_agent_is_told_that_the_vault_is_in_use() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    assert_eq!(fault(folder.path()), StoreFault::InUse);
    store.commit(&[put(Table::Profile, 1, 1, b"kept")]).unwrap();
    assert_eq!(store.rows().unwrap().len(), 1);
}

#[test]
fn a_second_agent_in_another_process_is_told_that_the_vault_is_in_use() {
    if let Some(folder) = env::var_os(FOLDER) {
        assert_eq!(fault(Path::new(&folder)), StoreFault::InUse);
        process::exit(42);
    }
    let folder = private_folder();
    let store = open(folder.path()).unwrap();
    let test = "a_second_agent_in_another_process_is_told_that_the_vault_is_in_use";
    assert_eq!(as_another_process(test, folder.path()).code(), Some(42));
    drop(store);
}

#[test]
fn a_crash_while_a_vault_is_made_leaves_nothing_in_the_way() {
    let whole = with_vault();
    let vault = fs::read(whole.path().join(NAME)).unwrap();
    for length in [0, 100, vault.len() / 2, vault.len()] {
        let folder = private_folder();
        let draft = place::draft_path(folder.path(), NAME).unwrap();
        fs::write(&draft, &vault[..length]).unwrap();
        assert_eq!(SqliteStores::new(folder.path()).exists(), Ok(false));
        let mut store = open(folder.path()).unwrap();
        assert_eq!(store.rows(), Ok(Vec::new()), "{length} bytes");
        assert!(!draft.exists());
    }
}

#[test]
fn twenty_agents_that_make_the_first_vault_at_once_end_with_one_vault() {
    let folder = private_folder();
    let opened: Vec<_> = std::thread::scope(|scope| {
        let agents: Vec<_> = (0..20).map(|_| scope.spawn(|| open(folder.path()))).collect();
        agents.into_iter().map(|agent| agent.join().unwrap()).collect()
    });
    let mut holders: Vec<_> = opened.into_iter().flatten().collect();
    assert!(holders.len() <= 1, "{} agents have the vault", holders.len());
    let store = holders.pop();
    drop(store);
    let mut store = open(folder.path()).unwrap();
    assert_eq!(store.begin_use(), Ok(true));
}

#[test]
fn a_file_of_a_later_version_is_refused_and_left_as_it_is() {
    let folder = with_vault();
    let db = Connection::open(folder.path().join(NAME)).unwrap();
    db.pragma_update(None, "user_version", KNOWN_NEXT).unwrap();
    let with_log = as_left_by_a_kill(folder.path());
    db.close().unwrap();
    for folder in [folder, with_log] {
        let before = contents(folder.path());
        let refused = StoreFault::Newer { found: KNOWN_NEXT, known: schema::KNOWN };
        assert_eq!(fault(folder.path()), refused);
        assert!(contents(folder.path()) == before);
    }
}

const KNOWN_NEXT: u32 = schema::KNOWN + 1;

const STEPS: &[schema::Step] = &[
    schema::Step { version: 1, sql: "CREATE TABLE first (id INTEGER)" },
    schema::Step {
        version: 2,
        sql: "CREATE TABLE second (id INTEGER); INSERT INTO first VALUES (2)",
    },
    schema::Step {
        version: 3,
        sql: "CREATE TABLE third (id INTEGER); INSERT INTO missing VALUES (3)",
    },
];

fn version_and_tables(db: &Connection) -> (i64, i64) {
    let version = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema";
    (version, db.query_row(tables, [], |row| row.get(0)).unwrap())
}

#[test]
fn an_older_file_takes_only_the_steps_that_it_lacks() {
    let mut db = Connection::open_in_memory().unwrap();
    schema::migrate(&mut db, &STEPS[..1]).unwrap();
    assert_eq!(version_and_tables(&db), (1, 1));
    schema::migrate(&mut db, &STEPS[..2]).unwrap();
    assert_eq!(version_and_tables(&db), (2, 2));
    schema::migrate(&mut db, &STEPS[..2]).unwrap();
    let steps_taken: i64 =
        db.query_row("SELECT count(*) FROM first", [], |row| row.get(0)).unwrap();
    assert_eq!(steps_taken, 1);
}

#[test]
fn a_step_that_fails_leaves_the_version_before_it() {
    let mut db = Connection::open_in_memory().unwrap();
    assert_eq!(schema::migrate(&mut db, STEPS), Err(StoreFault::Damaged));
    assert_eq!(version_and_tables(&db), (2, 2));
}
