//! The real store: `vault.db`, an SQLite database in the data folder, used by one agent at a time. Here it is found,
//! made, opened and removed; `rows` reads and writes it, `scrub` leaves nothing behind, `schema` knows its format,
//! `fault` what SQLite's errors mean.
//!
//! Nothing is written to a file before it has proved to be a whole vault of a version that we know.

mod fault;
mod rows;
mod schema;
mod scrub;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use self::fault::during;
use self::rows::SqliteStore;
use super::place::{self, wiping};
use super::store::{Store, StoreFault, Stores};

/// Bytes of a page of SQLite, which a file has a whole number of.
const PAGE_BYTES: u64 = 4096;

const NAME: &str = "vault.db";
/// SQLite's write-ahead log: there while an agent runs, and after one was killed.
const LOG_NAME: &str = "vault.db-wal";

/// The vault of one data folder.
#[derive(Debug)]
pub struct SqliteStores {
    folder: PathBuf,
}

impl SqliteStores {
    /// The vault in the given folder; neither need exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join(LOG_NAME)
    }

    /// A new vault is made whole under another name: a crash leaves no vault, or an empty one that is complete.
    fn create(&self) -> Result<(), StoreFault> {
        let draft = place::draft_path(&self.folder, NAME)?;
        place::create_file(&draft)?;
        if let Err(fault) = build(&draft) {
            place::sweep_drafts(&self.folder, NAME);
            return Err(fault);
        }
        place::settle(&draft, &self.folder, NAME).map(|_| ())
    }

    /// Whether there is a log beside the vault. SQLite would take an empty vault for a new one and drop its log.
    fn check_files(&self) -> Result<bool, StoreFault> {
        let log = place::check_file(&self.log_path(), LOG_NAME)?;
        match place::check_file(&self.path(), NAME)? {
            // A last page that is nearly empty would be taken for whole; with a log, the log has it.
            Some(vault) if !has_content(&log) && vault.len() % PAGE_BYTES != 0 => {
                Err(StoreFault::Damaged)
            }
            Some(vault) if vault.len() > 0 => Ok(log.is_some()),
            _ => Err(StoreFault::Damaged),
        }
    }

    /// Whether it is whole does not matter, as long as no agent has it open.
    fn check_unused(&self, has_log: bool) -> Result<(), StoreFault> {
        let looked = connect(&self.path(), has_log).and_then(|db| {
            let tables = db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
            tables.map_err(during("looking for another agent"))
        });
        match looked {
            Err(StoreFault::InUse) => Err(StoreFault::InUse),
            _ => Ok(()),
        }
    }
}

impl Stores for SqliteStores {
    /// A log whose vault is missing counts: it is what is left of one, and opening it says so.
    fn exists(&self) -> Result<bool, StoreFault> {
        for name in [NAME, LOG_NAME] {
            match fs::symlink_metadata(self.folder.join(name)) {
                Ok(_) => return Ok(true),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(place::io_fault(&error, "looking for vault.db")),
            }
        }
        Ok(false)
    }

    fn open(&self) -> Result<Box<dyn Store>, StoreFault> {
        place::make_folder(&self.folder)?;
        // When another agent was quicker to make it, its vault is the one to open.
        if !self.exists()?
            && let Err(fault) = self.create()
            && !self.exists()?
        {
            return Err(fault);
        }
        let has_log = self.check_files()?;
        let mut db = connect(&self.path(), has_log)?;
        schema::examine(&db)?;
        prepare(&db)?;
        schema::migrate(&mut db, schema::STEPS)?;
        place::sweep_drafts(&self.folder, NAME);
        Ok(Box::new(SqliteStore::new(db, self.log_path())))
    }

    fn remove(&self) -> Result<(), StoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(());
        }
        // What is not ours is refused before anything is touched.
        let log = place::check_file(&self.log_path(), LOG_NAME)?;
        if place::check_file(&self.path(), NAME)?.is_some_and(|vault| vault.len() > 0) {
            self.check_unused(log.is_some())?;
        }
        // The vault before its log: without the log it would be whole, and an earlier one.
        for (path, what) in [(self.path(), NAME), (self.log_path(), LOG_NAME)] {
            wiping::overwrite(&path, what)?;
        }
        wiping::remove(&self.log_path())?;
        wiping::remove(&self.path())?;
        place::sweep_drafts(&self.folder, NAME);
        place::sync_folder(&self.folder)
    }
}

fn has_content(file: &Option<fs::Metadata>) -> bool {
    file.as_ref().is_some_and(|file| file.len() > 0)
}

fn build(draft: &Path) -> Result<(), StoreFault> {
    let mut db = connect(draft, false)?;
    prepare(&db)?;
    schema::migrate(&mut db, schema::STEPS)?;
    // SQLite would do the same when it closes the file, and not tell whether it has failed.
    scrub::empty_log(&db)?;
    db.close().map_err(|(_, error)| during("finishing a new vault")(error))
}

/// Connects without writing anything. Until something is written, not even the log that a killed agent left is put into
/// the file when the connection ends.
fn connect(path: &Path, has_log: bool) -> Result<Connection, StoreFault> {
    let opening = during("opening vault.db");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(opening)?;
    // SQLite opens what may not be written for reading alone.
    if db.is_readonly(MAIN_DB).map_err(opening)? {
        return Err(StoreFault::ReadOnly);
    }
    db.busy_timeout(Duration::ZERO).map_err(opening)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log).map_err(opening)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(opening)?;
    // Exclusive before the first access: a second agent is told so, and the log's index needs no shared file.
    db.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA cache_size = -256;",
    )
    .map_err(opening)?;
    Ok(db)
}

/// Makes every commit durable, and deleted rows unreadable.
fn prepare(db: &Connection) -> Result<(), StoreFault> {
    let preparing = during("preparing vault.db");
    let mode: String =
        db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(preparing)?;
    if mode != "wal" {
        return Err(StoreFault::Io(ErrorKind::Unsupported, "keeping a log beside vault.db"));
    }
    // fullfsync asks macOS to empty the drive's cache too; elsewhere it changes nothing.
    db.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA secure_delete = ON;
         PRAGMA wal_autocheckpoint = 1000;
         PRAGMA shrink_memory;",
    )
    .map_err(preparing)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
