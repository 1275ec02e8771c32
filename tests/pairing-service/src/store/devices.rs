//! Devices: the keys that they sign and are sealed to with, their sealed seeds, where their passcodes stand, and how
//! their user has ordered them. A removed device stays as a tombstone without its seed, so that it can be told so.

use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::crypto::otp::Algorithm;

/// How passcodes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passcodes {
    /// TOTP rather than HOTP.
    pub is_timed: bool,
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// 6 or 8.
    pub digits: u8,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has its seed; its first passcode has not come.
    Pending,
    /// Its passcodes are taken.
    Paired,
    /// It is gone.
    Removed,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paired => "paired",
            Self::Removed => "removed",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "pending" => Self::Pending,
            "paired" => Self::Paired,
            _ => Self::Removed,
        }
    }
}

pub struct Device {
    pub id: String,
    pub user: Option<i64>,
    pub state: State,
    pub name: String,
    pub sign_key: [u8; 32],
    pub seal_key: [u8; 32],
    /// Sealed to the service's own key.
    pub seed: Vec<u8>,
    pub passcodes: Passcodes,
    /// First counter or time step whose passcode has not been taken.
    pub next: i64,
    /// The last count of a signed call; −1 before the first.
    pub calls: i64,
    /// Wrong passcodes in a row.
    pub wrong: i64,
    pub blocked_until: i64,
    pub is_default: bool,
    pub paired: Option<i64>,
    pub last_used: Option<i64>,
}

fn read(row: &Row<'_>) -> Result<Device> {
    let passcodes: String = row.get("passcodes")?;
    let passcodes = serde_json::from_str(&passcodes).map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(Device {
        id: row.get("id")?,
        user: row.get("user")?,
        state: State::named(&row.get::<_, String>("state")?),
        name: row.get("name")?,
        sign_key: row.get("sign_key")?,
        seal_key: row.get("seal_key")?,
        seed: row.get("seed")?,
        passcodes,
        next: row.get("next")?,
        calls: row.get("calls")?,
        wrong: row.get("wrong")?,
        blocked_until: row.get("blocked_until")?,
        is_default: row.get("is_default")?,
        paired: row.get("paired")?,
        last_used: row.get("last_used")?,
    })
}

pub fn add(db: &Connection, device: &Device) -> Result<()> {
    let passcodes = serde_json::to_string(&device.passcodes).expect("passcodes can be written");
    db.execute(
        "INSERT INTO devices (id, user, state, name, sign_key, seal_key, seed, passcodes)
         VALUES (:id, :user, :state, :name, :sign_key, :seal_key, :seed, :passcodes)",
        named_params! {
            ":id": device.id,
            ":user": device.user,
            ":state": device.state.name(),
            ":name": device.name,
            ":sign_key": device.sign_key,
            ":seal_key": device.seal_key,
            ":seed": device.seed,
            ":passcodes": passcodes,
        },
    )
    .map(drop)
}

pub fn by_id(db: &Connection, id: &str) -> Result<Option<Device>> {
    db.prepare_cached("SELECT * FROM devices WHERE id = ?")?.query_row([id], read).optional()
}

/// The devices of a user whose passcodes are taken, in the user's order.
pub fn paired(db: &Connection, user: i64) -> Result<Vec<Device>> {
    db.prepare_cached(
        "SELECT * FROM devices WHERE user = ? AND state = 'paired' ORDER BY position, paired, id",
    )?
    .query_map([user], read)?
    .collect()
}

/// The devices of a user that are there, paired or about to be.
pub fn all_of(db: &Connection, user: i64) -> Result<Vec<Device>> {
    db.prepare_cached("SELECT * FROM devices WHERE user = ? AND state <> 'removed'")?
        .query_map([user], read)?
        .collect()
}

/// Keeps where a device's passcodes and calls stand.
pub fn keep_progress(db: &Connection, device: &Device) -> Result<()> {
    db.execute(
        "UPDATE devices SET next = :next, calls = :calls, wrong = :wrong,
         blocked_until = :blocked_until, last_used = :last_used WHERE id = :id",
        named_params! {
            ":id": device.id,
            ":next": device.next,
            ":calls": device.calls,
            ":wrong": device.wrong,
            ":blocked_until": device.blocked_until,
            ":last_used": device.last_used,
        },
    )
    .map(drop)
}

/// Its first passcode has come: it stands last, and is the default when it is the only one.
pub fn pair(db: &Connection, id: &str, user: i64, now: i64) -> Result<()> {
    db.execute(
        "UPDATE devices SET state = 'paired', paired = :now,
         position = (SELECT coalesce(max(position), 0) + 1 FROM devices WHERE user = :user),
         is_default = NOT EXISTS (SELECT 1 FROM devices WHERE user = :user AND state = 'paired')
         WHERE id = :id",
        named_params! {":id": id, ":user": user, ":now": now},
    )
    .map(drop)
}

/// Leaves a tombstone. The first of the user's other devices is the default when it was.
pub fn remove(db: &Connection, device: &Device) -> Result<()> {
    db.execute(
        "UPDATE devices SET state = 'removed', seed = x'', is_default = 0 WHERE id = ?",
        [&device.id],
    )?;
    db.execute("UPDATE keys SET answer = NULL, is_used = 1 WHERE device = ?", [&device.id])?;
    let Some(user) = device.user.filter(|_| device.is_default) else { return Ok(()) };
    match paired(db, user)?.first() {
        Some(first) => make_default(db, user, &first.id),
        None => Ok(()),
    }
}

pub fn rename(db: &Connection, id: &str, name: &str) -> Result<()> {
    db.execute("UPDATE devices SET name = ? WHERE id = ?", (name, id)).map(drop)
}

pub fn make_default(db: &Connection, user: i64, id: &str) -> Result<()> {
    db.execute("UPDATE devices SET is_default = (id = ?2) WHERE user = ?1", (user, id)).map(drop)
}

/// Writes the order of a user's devices down.
pub fn order<'a>(db: &Connection, ids: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut place = db.prepare_cached("UPDATE devices SET position = ? WHERE id = ?")?;
    for (position, id) in (1_i64..).zip(ids) {
        place.execute((position, id))?;
    }
    Ok(())
}

/// Devices whose first passcode did not come while it was awaited.
pub fn overdue(db: &Connection, expired_before: i64) -> Result<Vec<Device>> {
    db.prepare_cached(
        "SELECT devices.* FROM devices JOIN keys ON keys.device = devices.id
         WHERE devices.state = 'pending' AND keys.expires < ?",
    )?
    .query_map([expired_before], read)?
    .collect()
}
