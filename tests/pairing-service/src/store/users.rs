//! The people who can sign on, and what is kept of their passwords.

use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};

/// Somebody who can sign on.
pub struct User {
    pub id: i64,
    pub name: String,
    pub password: String,
    pub is_admin: bool,
    pub is_disabled: bool,
}

fn read(row: &Row<'_>) -> Result<User> {
    Ok(User {
        id: row.get("id")?,
        name: row.get("name")?,
        password: row.get("password")?,
        is_admin: row.get("is_admin")?,
        is_disabled: row.get("is_disabled")?,
    })
}

/// How a name is kept: people write their own in several ways.
pub fn plain_name(name: &str) -> String {
    name.trim().to_lowercase()
}

pub fn by_name(db: &Connection, name: &str) -> Result<Option<User>> {
    db.prepare_cached("SELECT * FROM users WHERE name = ?")?
        .query_row([plain_name(name)], read)
        .optional()
}

pub fn by_id(db: &Connection, id: i64) -> Result<Option<User>> {
    db.prepare_cached("SELECT * FROM users WHERE id = ?")?.query_row([id], read).optional()
}

pub fn all(db: &Connection) -> Result<Vec<User>> {
    db.prepare_cached("SELECT * FROM users ORDER BY name")?.query_map([], read)?.collect()
}

/// Adds a user; fails when there is one of that name.
pub fn add(db: &Connection, name: &str, password: &str, is_admin: bool) -> Result<i64> {
    db.execute(
        "INSERT INTO users (name, password, is_admin) VALUES (:name, :password, :is_admin)",
        named_params! {":name": plain_name(name), ":password": password, ":is_admin": is_admin},
    )?;
    Ok(db.last_insert_rowid())
}

pub fn set_password(db: &Connection, id: i64, password: &str) -> Result<()> {
    db.execute("UPDATE users SET password = ? WHERE id = ?", (password, id)).map(drop)
}

pub fn set_disabled(db: &Connection, id: i64, is_disabled: bool) -> Result<()> {
    db.execute("UPDATE users SET is_disabled = ? WHERE id = ?", (is_disabled, id)).map(drop)
}

pub fn remove(db: &Connection, id: i64) -> Result<()> {
    db.execute("DELETE FROM users WHERE id = ?", [id]).map(drop)
}

/// Administrators who can sign on.
pub fn admins(db: &Connection) -> Result<i64> {
    db.query_row("SELECT count(*) FROM users WHERE is_admin AND NOT is_disabled", [], |row| {
        row.get(0)
    })
}
