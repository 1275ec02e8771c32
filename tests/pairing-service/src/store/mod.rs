//! The database: one SQLite file. Every module here holds one table and its rows; what they mean is told elsewhere.
//! What a request changes, it changes in one transaction, or not at all.

pub mod audit;
pub mod devices;
pub mod keys;
pub mod sessions;
pub mod settings;
pub mod users;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

/// How long another program, such as the one that adds a user, may hold the database.
const PATIENCE: Duration = Duration::from_secs(5);

const VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    is_disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    user INTEGER REFERENCES users ON DELETE SET NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    sign_key BLOB NOT NULL,
    seal_key BLOB NOT NULL,
    seed BLOB NOT NULL,
    passcodes TEXT NOT NULL,
    next INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT -1,
    wrong INTEGER NOT NULL DEFAULT 0,
    blocked_until INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0,
    is_default INTEGER NOT NULL DEFAULT 0,
    paired INTEGER,
    last_used INTEGER
) STRICT;
CREATE INDEX devices_of_users ON devices (user, state);

CREATE TABLE keys (
    mark BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    expires INTEGER NOT NULL,
    device TEXT REFERENCES devices,
    answer TEXT,
    is_used INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    mark BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    is_signed_on INTEGER NOT NULL,
    device TEXT,
    seen INTEGER NOT NULL,
    ends INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    user TEXT,
    address TEXT,
    about TEXT NOT NULL
) STRICT;
";

pub struct Store(Mutex<Connection>);

impl Store {
    /// Opens the database at `path`, and makes it when there is none.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let db = Connection::open(path)?;
        db.busy_timeout(PATIENCE)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "secure_delete", true)?;
        let store = Self(Mutex::new(db));
        store.with(migrate)?;
        Ok(store)
    }

    /// Does something in one transaction, which does not come to be when it fails.
    pub fn with<T, E: From<rusqlite::Error>>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut db = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = act(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

fn migrate(db: &Connection) -> rusqlite::Result<()> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            db.execute_batch(SCHEMA)?;
            db.pragma_update(None, "user_version", VERSION)
        }
        VERSION => Ok(()),
        _ => Err(rusqlite::Error::InvalidQuery),
    }
}
