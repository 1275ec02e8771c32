//! Rows in an open `vault.db`: reading all of them, committing changes, and the mark of use.

use rusqlite::{CachedStatement, Connection, Params, Transaction, TransactionBehavior};

use super::fault::during;
use crate::ports::store::{Change, Row, Store, StoreFault, Table};

/// An open vault.
pub struct SqliteStore {
    pub(super) db: Connection,
}

impl SqliteStore {
    pub fn new(db: Connection) -> Self {
        Self { db }
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
        transaction.commit().map_err(writing)?;
        Ok(value)
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

    fn read_table(&self, table: Table, rows: &mut Vec<Row>) -> rusqlite::Result<()> {
        let mut select = self.db.prepare(statements(table).select)?;
        let found = select.query_map([], |row| {
            let revision: i64 = row.get(1)?;
            Ok(Row {
                table,
                id: row.get(0)?,
                revision: revision.cast_unsigned(),
                sealed: row.get(2)?,
            })
        })?;
        for row in found {
            rows.push(row?);
        }
        Ok(())
    }
}

impl Store for SqliteStore {
    fn rows(&mut self) -> Result<Vec<Row>, StoreFault> {
        let reading = during("reading vault.db");
        let mut rows = Vec::new();
        for table in Table::ALL {
            self.read_table(table, &mut rows).map_err(reading)?;
        }
        // All has been read once and will not be read again: give the pages back.
        self.db.execute_batch("PRAGMA shrink_memory").map_err(reading)?;
        Ok(rows)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        self.transact(|db| changes.iter().try_for_each(|change| apply(db, change)))
    }

    fn begin_use(&mut self) -> Result<bool, StoreFault> {
        let marked = self.transact(|db| {
            db.execute("UPDATE agent SET in_use = 1 WHERE id = 1 AND in_use = 0", [])
        })?;
        Ok(marked == 1)
    }

    fn end_use(&mut self) -> Result<(), StoreFault> {
        self.transact(|db| db.execute("UPDATE agent SET in_use = 0 WHERE id = 1", []))?;
        // Rows that were overwritten or deleted since the last checkpoint leave the disk with the log.
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(during("emptying the log of vault.db"))
    }
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
    }
}
