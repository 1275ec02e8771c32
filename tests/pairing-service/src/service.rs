//! The service: what it knows and what everything in it uses.

use std::net::IpAddr;

use rusqlite::Connection;

use crate::challenges::Challenges;
use crate::clock::Clock;
use crate::crypto::password;
use crate::crypto::vault::Vault;
use crate::limits::PASSWORD_BYTES;
use crate::origin::Origin;
use crate::store::audit::{self, Entry, Event};
use crate::store::settings::{self, Policy};
use crate::store::{Store, devices, sessions, users};
use crate::throttle::Throttle;

/// A pairing service. [`Service::start`](crate::Service::start) starts one.
pub struct Service {
    pub(crate) origin: Origin,
    pub(crate) issuer: String,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) throttle: Throttle,
    pub(crate) challenges: Challenges,
}

/// Why somebody cannot be added, or have this password.
#[derive(Debug)]
pub enum UserFault {
    /// There is one of that name.
    Taken,
    /// The name is empty, longer than 64 characters, or has signs that do not belong into names.
    Name,
    /// The password is shorter than 8 bytes or longer than 256.
    Password,
    /// The database failed.
    Store(rusqlite::Error),
}

impl From<rusqlite::Error> for UserFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Taken,
            _ => Self::Store(error),
        }
    }
}

impl std::fmt::Display for UserFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken => out.write_str("There is a user of that name."),
            Self::Name => out.write_str("A name has 1 to 64 letters, digits and signs."),
            Self::Password => out.write_str("A password has 8 to 256 characters."),
            Self::Store(error) => write!(out, "the database: {error}"),
        }
    }
}

impl std::error::Error for UserFault {}

/// Who does something, and from where.
#[derive(Clone, Copy)]
pub struct Actor<'a> {
    pub user: Option<&'a str>,
    pub address: Option<IpAddr>,
}

impl Service {
    /// Adds a user.
    ///
    /// # Errors
    /// When there is one of that name, or name or password cannot be.
    pub fn add_user(&self, name: &str, password: &str, is_admin: bool) -> Result<(), UserFault> {
        let name = &users::plain_name(name);
        if !is_name(name) {
            return Err(UserFault::Name);
        }
        let hash = hash(password)?;
        self.store.with(|db| {
            users::add(db, name, &hash, is_admin)?;
            let about = if is_admin { "administrator" } else { "" };
            Ok(self.note(db, Event::UserAdded, Actor { user: Some(name), address: None }, about)?)
        })
    }

    /// Gives a user another password, and ends the user's sessions. Adds the user when there is none.
    ///
    /// # Errors
    /// When the name or the password cannot be.
    pub fn set_password(
        &self,
        name: &str,
        password: &str,
        is_admin: bool,
    ) -> Result<(), UserFault> {
        let Some(user) = self.store.with(|db| users::by_name(db, name))? else {
            return self.add_user(name, password, is_admin);
        };
        let hash = hash(password)?;
        self.store.with(|db| {
            users::set_password(db, user.id, &hash)?;
            sessions::remove_of(db, user.id)?;
            let actor = Actor { user: Some(&user.name), address: None };
            Ok(self.note(db, Event::PasswordReset, actor, "")?)
        })
    }

    /// What the administrator has decided.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policy(&self) -> rusqlite::Result<Policy> {
        self.store.with(settings::policy)
    }

    /// Decides as the administrator does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_policy(&self, policy: &Policy) -> rusqlite::Result<()> {
        self.store.with(|db| settings::set_policy(db, policy))
    }

    /// Whether there is nobody who could sign on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_no_user(&self) -> rusqlite::Result<bool> {
        self.store.with(|db| Ok(users::all(db)?.is_empty()))
    }

    /// Removes a device for its user.
    pub(crate) fn remove_device(
        &self,
        db: &Connection,
        device: &devices::Device,
        actor: Actor<'_>,
        by: &str,
    ) -> rusqlite::Result<()> {
        devices::remove(db, device)?;
        let about = format!("{} ({}), by {by}", device.id, device.name);
        self.note(db, Event::DeviceRemoved, actor, &about)
    }

    /// Writes into the audit log.
    pub(crate) fn note(
        &self,
        db: &Connection,
        event: Event,
        actor: Actor<'_>,
        about: &str,
    ) -> rusqlite::Result<()> {
        let Actor { user, address } = actor;
        audit::write(db, &Entry { at: self.clock.now(), event, user, address, about })
    }
}

/// What is kept of a password that can be one.
pub fn hash(password: &str) -> Result<String, UserFault> {
    if PASSWORD_BYTES.contains(&password.len()) {
        Ok(password::hash(password))
    } else {
        Err(UserFault::Password)
    }
}

/// Whether a text can be somebody's or something's name.
pub fn is_name(text: &str) -> bool {
    (1..=crate::limits::NAME_CHARS).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(is_hidden)
}

/// Signs that change how the text around them looks without being seen.
pub fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
