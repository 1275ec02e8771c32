//! Pairing keys. A key is found by a mark of it, and can be read only with the service's own key, so that the file
//! does not tell it. It remembers the device that took it and the answer that this device was given.

use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};

pub struct Key {
    pub mark: [u8; 32],
    pub user: i64,
    /// The digits, sealed to the service's own key.
    pub sealed: Vec<u8>,
    pub expires: i64,
    pub device: Option<String>,
    /// What the device that took it was told.
    pub answer: Option<String>,
    pub is_used: bool,
}

fn read(row: &Row<'_>) -> Result<Key> {
    Ok(Key {
        mark: row.get("mark")?,
        user: row.get("user")?,
        sealed: row.get("sealed")?,
        expires: row.get("expires")?,
        device: row.get("device")?,
        answer: row.get("answer")?,
        is_used: row.get("is_used")?,
    })
}

pub fn add(db: &Connection, mark: [u8; 32], user: i64, sealed: &[u8], expires: i64) -> Result<()> {
    db.execute(
        "INSERT INTO keys (mark, user, sealed, expires) VALUES (:mark, :user, :sealed, :expires)",
        named_params! {":mark": mark, ":user": user, ":sealed": sealed, ":expires": expires},
    )
    .map(drop)
}

pub fn by_mark(db: &Connection, mark: [u8; 32]) -> Result<Option<Key>> {
    db.prepare_cached("SELECT * FROM keys WHERE mark = ?")?.query_row([mark], read).optional()
}

/// The key that a user is pairing with.
pub fn current(db: &Connection, user: i64) -> Result<Option<Key>> {
    db.prepare_cached(
        "SELECT * FROM keys WHERE user = ? AND NOT is_used ORDER BY expires DESC, rowid DESC",
    )?
    .query_row([user], read)
    .optional()
}

/// Binds a key to the device that took it.
pub fn take(db: &Connection, mark: [u8; 32], device: &str, answer: &str) -> Result<()> {
    db.execute(
        "UPDATE keys SET device = :device, answer = :answer WHERE mark = :mark",
        named_params! {":mark": mark, ":device": device, ":answer": answer},
    )
    .map(drop)
}

/// A key that did what it was for.
pub fn use_up(db: &Connection, mark: [u8; 32]) -> Result<()> {
    db.execute("UPDATE keys SET is_used = 1, answer = NULL WHERE mark = ?", [mark]).map(drop)
}

/// The keys of a user that no device has taken are over.
pub fn withdraw(db: &Connection, user: i64, now: i64) -> Result<()> {
    db.execute(
        "UPDATE keys SET expires = min(expires, ?2) WHERE user = ?1 AND device IS NULL",
        (user, now),
    )
    .map(drop)
}

/// Forgets keys of long ago, and what devices were told for keys whose time is over.
pub fn forget(db: &Connection, now: i64, before: i64) -> Result<()> {
    db.execute("UPDATE keys SET answer = NULL WHERE expires <= ?", [now])?;
    db.execute("DELETE FROM keys WHERE expires < ?", [before]).map(drop)
}
