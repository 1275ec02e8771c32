//! The end of a write-ahead log. Cutting it gives its blocks back to the file system with all that stands in them, so
//! it is overwritten first. At every step the vault on the disk is whole, whatever ends the agent or the machine:
//!
//! 1. All of the log is put into the database, and both are on the disk (`RESTART`); nothing reads the log any more.
//! 2. Its header becomes zero, durably. Until then it says what the database says; from then on it says nothing.
//! 3. The rest of it becomes zero. With its header it would be a log that ends too early, and bring back old rows.
//! 4. SQLite cuts it.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::Connection;

use super::LOG_NAME;
use super::fault::during;
use crate::ports::place::wiping;
use crate::ports::store::StoreFault;

const DOING: &str = "emptying the log of vault.db";

/// Overwrites the log with zeros and cuts it. After a fault the log is as SQLite expects it, and this can be tried again.
pub fn wipe_log(db: &Connection, log: &Path) -> Result<(), StoreFault> {
    checkpoint(db, "PRAGMA wal_checkpoint(RESTART)")?;
    // A second descriptor of the log is safe. Closing a descriptor ends the POSIX locks that a process holds on that
    // file, but SQLite locks the database alone: it opens every other file with `UNIXFILE_NOLOCK` (`unixOpen`), and in
    // exclusive mode the index of the log is in its own memory, without a file. Nor does SQLite miss what is gone: it
    // reads no frame that has been put into the database (`walTryBeginRead`), and begins the next log with a header
    // (`walRestartLog`).
    wiping::overwrite(log, LOG_NAME)?;
    empty_log(db)
}

/// Puts all of the log into the database, durably, and cuts it.
pub fn empty_log(db: &Connection) -> Result<(), StoreFault> {
    checkpoint(db, "PRAGMA wal_checkpoint(TRUNCATE)")
}

fn checkpoint(db: &Connection, pragma: &str) -> Result<(), StoreFault> {
    let busy: bool = db.query_row(pragma, [], |row| row.get(0)).map_err(during(DOING))?;
    if busy { Err(StoreFault::Io(ErrorKind::ResourceBusy, DOING)) } else { Ok(()) }
}
