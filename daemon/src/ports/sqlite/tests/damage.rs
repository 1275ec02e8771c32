//! What is no whole vault is named and left byte for byte as it is.

use super::*;

/// Opening must say "damaged", and change nothing.
fn assert_damaged(folder: &Path, case: &str) {
    let before = contents(folder);
    let fault = fault(folder);
    assert_eq!(fault, StoreFault::Damaged, "{case}");
    assert!(fault.hint().contains("leaves it as it is"));
    assert!(contents(folder) == before, "{case}");
}

fn folder_with(bytes: &[u8]) -> TempDir {
    let folder = private_folder();
    let path = folder.path().join(NAME);
    drop(place::create_file(&path).unwrap());
    fs::write(path, bytes).unwrap();
    folder
}

fn vault_bytes() -> Vec<u8> {
    fs::read(with_vault().path().join(NAME)).unwrap()
}

#[test]
fn an_empty_file_is_no_new_vault() {
    assert_damaged(folder_with(b"").path(), "empty");
}

#[test]
fn what_is_no_database_is_damaged() {
    let text = b"# my notes\n".repeat(1000);
    for (bytes, case) in [(&text[..5], "5 bytes"), (&text, "text"), (&[0; 8192], "zeros")] {
        assert_damaged(folder_with(bytes).path(), case);
    }
}

#[test]
fn a_vault_that_was_cut_is_damaged() {
    let whole = vault_bytes();
    let page = 4096;
    assert!(whole.len() > 4 * page);
    for length in [1, 50, 100, page - 1, page, 2 * page, whole.len() / 2, whole.len() - page] {
        assert_damaged(folder_with(&whole[..length]).path(), &format!("{length} bytes"));
    }
}

#[test]
fn a_vault_with_a_page_of_garbage_is_damaged() {
    let whole = vault_bytes();
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        assert_damaged(folder_with(&bytes).path(), &format!("page {page}"));
    }
}

#[test]
fn the_database_of_another_program_is_damaged_as_a_vault() {
    for sql in [
        "CREATE TABLE cookies (id INTEGER)",
        "PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE slot (id INTEGER)",
        "PRAGMA journal_mode = WAL; CREATE TABLE cookies (id INTEGER)",
        "PRAGMA application_id = 0x50734364; CREATE TABLE slot (id INTEGER)",
        "PRAGMA application_id = 0x50734364; PRAGMA user_version = -1; CREATE TABLE slot (id INTEGER)",
    ] {
        let folder = private_folder();
        let db = Connection::open(folder.path().join(NAME)).unwrap();
        db.execute_batch(sql).unwrap();
        let left_by_a_kill = as_left_by_a_kill(folder.path());
        db.close().unwrap();
        assert_damaged(folder.path(), sql);
        if left_by_a_kill.path().join(LOG_NAME).exists() {
            assert_damaged(left_by_a_kill.path(), sql);
        }
    }
}

#[test]
fn a_log_whose_vault_is_missing_is_a_damaged_vault_and_no_new_one() {
    let folder = with_vault();
    let mut store = open(folder.path()).unwrap();
    store.commit(&[put(Table::Usage, 1, 1, b"in the log")]).unwrap();
    let left = as_left_by_a_kill(folder.path());
    fs::remove_file(left.path().join(NAME)).unwrap();
    assert_eq!(SqliteStores::new(left.path()).exists(), Ok(true));
    assert_damaged(left.path(), "log alone");
}

#[test]
fn a_log_that_was_cut_gives_back_an_earlier_commit_whole() {
    let folder = private_folder();
    let mut store = open(folder.path()).unwrap();
    for revision in 1..=4 {
        let sealed = [revision as u8; 50];
        store
            .commit(&[
                put(Table::Usage, 1, revision, &sealed),
                put(Table::Usage, 2, revision, &sealed),
            ])
            .unwrap();
    }
    let log = fs::metadata(folder.path().join(LOG_NAME)).unwrap().len();
    for length in (0..log).step_by(1000) {
        let left = as_left_by_a_kill(folder.path());
        let file = fs::OpenOptions::new().write(true).open(left.path().join(LOG_NAME)).unwrap();
        file.set_len(length).unwrap();
        let rows = open(left.path()).unwrap().rows().unwrap();
        let revisions: Vec<u64> = rows.iter().map(|row| row.revision).collect();
        assert!(revisions.is_empty() || revisions[0] == revisions[1], "{length}: {revisions:?}");
        assert!(revisions.first().is_none_or(|revision| *revision < 4));
    }
}

#[test]
fn rows_that_we_would_never_write_are_damage() {
    for sql in [
        "INSERT INTO usage VALUES (4294967296, 1, x'00')",
        "INSERT INTO usage VALUES (-1, 1, x'00')",
        "DROP TABLE usage",
        "DROP TABLE usage; CREATE TABLE usage (id INTEGER PRIMARY KEY, revision TEXT, sealed BLOB);
         INSERT INTO usage VALUES (1, 'x', x'00')",
    ] {
        let folder = with_vault();
        Connection::open(folder.path().join(NAME)).unwrap().execute_batch(sql).unwrap();
        let mut store = open(folder.path()).unwrap();
        assert_eq!(store.rows(), Err(StoreFault::Damaged), "{sql}");
    }
}
