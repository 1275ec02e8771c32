//! Sessions of browsers, known by a mark of their cookie. A session begins with the right password, and is signed on
//! when the second step is done or none is asked.

use rusqlite::{Connection, OptionalExtension, Result, named_params};

pub struct Session {
    pub user: i64,
    pub is_signed_on: bool,
    /// The device that the user chose to sign on with.
    pub device: Option<String>,
}

pub struct Lifetime {
    /// When it was last used.
    pub seen: i64,
    /// When it ends all the same.
    pub ends: i64,
}

pub fn add(
    db: &Connection,
    mark: [u8; 32],
    user: i64,
    is_signed_on: bool,
    lifetime: &Lifetime,
) -> Result<()> {
    db.execute(
        "INSERT INTO sessions (mark, user, is_signed_on, seen, ends)
         VALUES (:mark, :user, :is_signed_on, :seen, :ends)",
        named_params! {
            ":mark": mark,
            ":user": user,
            ":is_signed_on": is_signed_on,
            ":seen": lifetime.seen,
            ":ends": lifetime.ends,
        },
    )
    .map(drop)
}

/// The session with this mark, which is used now; none when it is over.
pub fn resume(
    db: &Connection,
    mark: [u8; 32],
    now: i64,
    seen_since: i64,
) -> Result<Option<Session>> {
    db.execute("DELETE FROM sessions WHERE ends <= ? OR seen <= ?", (now, seen_since))?;
    db.execute("UPDATE sessions SET seen = ? WHERE mark = ?", (now, mark))?;
    db.prepare_cached("SELECT * FROM sessions WHERE mark = ?")?
        .query_row([mark], |row| {
            Ok(Session {
                user: row.get("user")?,
                is_signed_on: row.get("is_signed_on")?,
                device: row.get("device")?,
            })
        })
        .optional()
}

pub fn choose(db: &Connection, mark: [u8; 32], device: &str) -> Result<()> {
    db.execute("UPDATE sessions SET device = ? WHERE mark = ?", (device, mark)).map(drop)
}

pub fn remove(db: &Connection, mark: [u8; 32]) -> Result<()> {
    db.execute("DELETE FROM sessions WHERE mark = ?", [mark]).map(drop)
}

pub fn remove_of(db: &Connection, user: i64) -> Result<()> {
    db.execute("DELETE FROM sessions WHERE user = ?", [user]).map(drop)
}
