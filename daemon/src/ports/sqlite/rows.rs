//! Rows in an open `vault.db`: reading all of them, committing changes, and the mark of use.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, Params, Transaction, TransactionBehavior};

use super::fault::during;
use super::scrub;
use crate::ports::store::{Change, Row, Store, StoreFault, Table};

/// An open vault.
pub struct SqliteStore {
    pub(super) db: Connection,
    log: PathBuf,
    /// Whether the log holds anything that we wrote.
    log_used: bool,
    /// Tables whose pages may hold what was overwritten or deleted.
    untidy: BTreeSet<Table>,
}

impl SqliteStore {
    pub fn new(db: Connection, log: PathBuf) -> Self {
        Self { db, log, log_used: false, untidy: BTreeSet::new() }
    }

    /// Runs `work` as one durable transaction.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreFault> {
        let writing = during("writing vault.db");
        self.check_place()?;
        let transaction =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(writing)?;
        let value = work(&transaction).map_err(writing)?;
        // Only a vault that takes what we write has proved to be whole.
        use_log(&transaction, &mut self.log_used).map_err(writing)?;
        transaction.commit().map_err(writing)?;
        Ok(value)
    }

    /// Writes the tables anew that may hold what is gone.
    fn tidy(&mut self) -> Result<(), StoreFault> {
        let untidy = self.untidy.clone();
        if !untidy.is_empty() {
            self.transact(|db| untidy.iter().try_for_each(|table| rewrite(db, *table)))?;
            self.untidy.clear();
        }
        Ok(())
    }

    fn wipe_log(&mut self) -> Result<(), StoreFault> {
        self.check_place()?;
        scrub::wipe_log(&self.db, &self.log)?;
        self.log_used = false;
        Ok(())
    }

    /// A file that has lost its name would swallow every commit.
    #[cfg(unix)]
    fn check_place(&self) -> Result<(), StoreFault> {
        let mut moved = 0;
        self.db
            .file_control(None::<&str>, rusqlite::FileControl::HasMoved(&mut moved))
            .map_err(during("looking for vault.db"))?;
        if moved == 0 { Ok(()) } else { Err(StoreFault::Gone) }
    }

    /// Windows lets nobody move a file that is open.
    #[cfg(not(unix))]
    fn check_place(&self) -> Result<(), StoreFault> {
        Ok(())
    }
}

/// Nothing is left behind by an agent that ends without [`Store::end_use`] either, unless it was killed.
impl Drop for SqliteStore {
    fn drop(&mut self) {
        if self.log_used && self.scrub().is_err() {
            // The next agent will: what SQLite would remove now could be read off the disk.
            let _ = keep_log(&self.db, true);
        }
    }
}

impl Store for SqliteStore {
    fn rows(&mut self) -> Result<Vec<Row>, StoreFault> {
        let reading = during("reading vault.db");
        let mut rows = Vec::new();
        for table in Table::ALL {
            read_table(&self.db, table, &mut rows).map_err(reading)?;
        }
        // All has been read once and will not be read again: give the pages back.
        self.db.execute_batch("PRAGMA shrink_memory").map_err(reading)?;
        Ok(rows)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        self.untidy.extend(changes.iter().map(|change| change.place().0));
        self.transact(|db| changes.iter().try_for_each(|change| apply(db, change)))
    }

    fn begin_use(&mut self) -> Result<bool, StoreFault> {
        let marked = self.transact(|db| {
            db.execute("UPDATE agent SET in_use = 1 WHERE id = 1 AND in_use = 0", [])
        })?;
        let ended_cleanly = marked == 1;
        if !ended_cleanly {
            self.untidy.extend(Table::ALL);
        }
        Ok(ended_cleanly)
    }

    fn end_use(&mut self) -> Result<(), StoreFault> {
        let tidied = self.tidy();
        self.transact(|db| db.execute("UPDATE agent SET in_use = 0 WHERE id = 1", []))?;
        self.wipe_log().and(tidied)
    }

    fn scrub(&mut self) -> Result<(), StoreFault> {
        self.tidy()?;
        self.wipe_log()
    }
}

/// The log that a killed agent left is ours from now on: it goes away with the connection, like our own.
fn use_log(db: &Connection, used: &mut bool) -> rusqlite::Result<()> {
    if !std::mem::replace(used, true) {
        keep_log(db, false)?;
    }
    Ok(())
}

fn keep_log(db: &Connection, keep: bool) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep).map(|_| ())
}

fn read_table(db: &Connection, table: Table, rows: &mut Vec<Row>) -> rusqlite::Result<()> {
    let mut select = db.prepare(statements(table).select)?;
    let found = select.query_map([], |row| {
        let revision: i64 = row.get(1)?;
        Ok(Row { table, id: row.get(0)?, revision: revision.cast_unsigned(), sealed: row.get(2)? })
    })?;
    for row in found {
        rows.push(row?);
    }
    Ok(())
}

/// `secure_delete` is not enough. When SQLite moves rows between the pages of a table, it may leave a copy in the gap of
/// the page that they came from (its `rebuildPage` does not wipe the gap), and deleting the row does not find the copy.
/// A table that is cleared as a whole has all its pages wiped, and rows that come in their order are never moved.
fn rewrite(db: &Connection, table: Table) -> rusqlite::Result<()> {
    let mut rows = Vec::new();
    read_table(db, table, &mut rows)?;
    db.execute(statements(table).clear, [])?;
    rows.into_iter().try_for_each(|row| apply(db, &Change::Put(row)))
}

fn apply(db: &Connection, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Put(row) => {
            let values = (row.id, row.revision.cast_signed(), &row.sealed);
            execute(db.prepare_cached(statements(row.table).put)?, values)
        }
        Change::Delete { table, id } => {
            execute(db.prepare_cached(statements(*table).delete)?, (id,))
        }
    }
}

fn execute(mut statement: CachedStatement<'_>, values: impl Params) -> rusqlite::Result<()> {
    statement.execute(values).map(|_| ())
}

struct Statements {
    select: &'static str,
    put: &'static str,
    delete: &'static str,
    clear: &'static str,
}

macro_rules! statements {
    ($table:literal) => {
        Statements {
            select: concat!("SELECT id, revision, sealed FROM ", $table, " ORDER BY id"),
            put: concat!(
                "INSERT INTO ",
                $table,
                " (id, revision, sealed) VALUES (?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed"
            ),
            delete: concat!("DELETE FROM ", $table, " WHERE id = ?1"),
            clear: concat!("DELETE FROM ", $table),
        }
    };
}

fn statements(table: Table) -> Statements {
    match table {
        Table::Slot => statements!("slot"),
        Table::Profile => statements!("profile"),
        Table::Secret => statements!("secret"),
        Table::Usage => statements!("usage"),
        Table::Setting => statements!("setting"),
        Table::Manifest => statements!("manifest"),
        Table::Attempt => statements!("attempt"),
        Table::Device => statements!("device"),
        Table::Password => statements!("password"),
    }
}
