//! The real store: `vault.db`, an SQLite database in the data folder, used by one agent at a time. Here it is found,
//! made and opened; `rows` reads and writes it, `schema` knows its format, `fault` what SQLite's errors mean.
//!
//! Nothing is written to a file before it has proved to be a whole vault of a version that we know.

mod fault;
mod rows;
mod schema;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use self::fault::during;
use self::rows::SqliteStore;
use super::place;
use super::store::{Store, StoreFault, Stores};

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
        let log = place::check_file(&self.folder.join(LOG_NAME), LOG_NAME)?;
        match place::check_file(&self.path(), NAME)? {
            Some(vault) if vault.len() > 0 => Ok(log.is_some()),
            _ => Err(StoreFault::Damaged),
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
        Ok(Box::new(SqliteStore::new(db)))
    }
}

fn build(draft: &Path) -> Result<(), StoreFault> {
    let mut db = connect(draft, false)?;
    prepare(&db)?;
    schema::migrate(&mut db, schema::STEPS)?;
    db.close().map_err(|(_, error)| during("finishing a new vault")(error))
}

/// Connects without writing anything: until [`prepare`] allows it, not even the log that a killed agent left is put
/// into the file when the connection ends.
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
    .map_err(preparing)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(preparing)?;
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
