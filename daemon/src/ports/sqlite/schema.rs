//! The format of `vault.db`: how a vault is told from other files, and the steps from each version to the next. Steps
//! only lead forward; a file of a later version is refused and left as it is.
//!
//! The tables hold sealed rows alone. Table `agent` says whether an agent is using the vault or did not end cleanly.

use rusqlite::{Connection, MAIN_DB};

use super::fault::during;
use crate::ports::store::StoreFault;

/// What `PRAGMA application_id` answers for a vault: "PsCd".
pub const APPLICATION_ID: i64 = 0x5073_4364;

/// How a file of the version before becomes one of this version.
pub struct Step {
    pub version: u32,
    pub sql: &'static str,
}

/// All steps, by version. A released step is never changed.
pub const STEPS: &[Step] = &[
    Step { version: 1, sql: VERSION_1 },
    Step { version: 2, sql: VERSION_2 },
    Step { version: 3, sql: VERSION_3 },
    Step { version: 4, sql: VERSION_4 },
];

/// The latest version that is known.
pub const KNOWN: u32 = STEPS[STEPS.len() - 1].version;

const VERSION_1: &str = "
    PRAGMA application_id = 0x50734364;
    CREATE TABLE slot    (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE profile (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE secret  (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE usage   (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE setting (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE agent   (id INTEGER PRIMARY KEY CHECK (id = 1), in_use INTEGER NOT NULL) STRICT;
    INSERT INTO agent (id, in_use) VALUES (1, 0);";

const VERSION_2: &str = "
    CREATE TABLE manifest (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE attempt  (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;";

const VERSION_3: &str = "
    CREATE TABLE device   (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;";

const VERSION_4: &str = "
    CREATE TABLE password (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;";

/// Refuses what is not a whole vault of a version that we know. Reads only.
pub fn examine(db: &Connection) -> Result<(), StoreFault> {
    let reading = during("examining vault.db");
    if number(db, "application_id")? != APPLICATION_ID {
        return Err(StoreFault::Damaged);
    }
    // SQLite writes no file whose header names a later form of its own format; we have never made one.
    if db.is_readonly(MAIN_DB).map_err(reading)? {
        return Err(StoreFault::Damaged);
    }
    match u32::try_from(number(db, "user_version")?) {
        Ok(1..=KNOWN) => {}
        Ok(0) | Err(_) => return Err(StoreFault::Damaged),
        Ok(found) => return Err(StoreFault::Newer { found, known: KNOWN }),
    }
    let verdict: String =
        db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(reading)?;
    if verdict == "ok" { Ok(()) } else { Err(StoreFault::Damaged) }
}

/// Takes every step above the file's version, each as one transaction.
///
/// No copy of the file is made before: it would keep slots that a later PIN is to make worthless.
pub fn migrate(db: &mut Connection, steps: &[Step]) -> Result<(), StoreFault> {
    let migrating = during("bringing vault.db to this version");
    let found = number(db, "user_version")?;
    for step in steps.iter().filter(|step| i64::from(step.version) > found) {
        let transaction = db.transaction().map_err(migrating)?;
        transaction.execute_batch(step.sql).map_err(migrating)?;
        transaction.pragma_update(None, "user_version", step.version).map_err(migrating)?;
        transaction.commit().map_err(migrating)?;
    }
    Ok(())
}

fn number(db: &Connection, pragma: &str) -> Result<i64, StoreFault> {
    db.pragma_query_value(None, pragma, |row| row.get(0)).map_err(during("reading vault.db"))
}
