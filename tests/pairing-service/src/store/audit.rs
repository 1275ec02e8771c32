//! What happened, when, to whom and from where. Never a password, seed, passcode or key; nor a name that nobody has,
//! since people type passwords into fields of names.

use std::net::IpAddr;

use rusqlite::{Connection, Result, named_params};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    PasswordRight,
    SignOnRefused,
    SignedOn,
    SignedOff,
    PasscodeRefused,
    PasscodesBlocked,
    KeyMade,
    KeyTaken,
    KeyRefused,
    ProofRefused,
    DevicePaired,
    DeviceRenamed,
    DevicesOrdered,
    DeviceRemoved,
    PairingGivenUp,
    CallRefused,
    Resynchronised,
    ResyncRefused,
    UserAdded,
    UserRemoved,
    UserDisabled,
    UserEnabled,
    PasswordReset,
    PolicyChanged,
}

impl Event {
    fn text(self) -> &'static str {
        match self {
            Self::PasswordRight => "password right",
            Self::SignOnRefused => "sign-on refused",
            Self::SignedOn => "signed on",
            Self::SignedOff => "signed off",
            Self::PasscodeRefused => "passcode refused",
            Self::PasscodesBlocked => "passcodes blocked",
            Self::KeyMade => "pairing key made",
            Self::KeyTaken => "pairing key taken",
            Self::KeyRefused => "pairing key refused",
            Self::ProofRefused => "proof refused",
            Self::DevicePaired => "device paired",
            Self::DeviceRenamed => "device renamed",
            Self::DevicesOrdered => "devices ordered",
            Self::DeviceRemoved => "device removed",
            Self::PairingGivenUp => "pairing given up",
            Self::CallRefused => "signed call refused",
            Self::Resynchronised => "counter resynchronised",
            Self::ResyncRefused => "resynchronisation refused",
            Self::UserAdded => "user added",
            Self::UserRemoved => "user removed",
            Self::UserDisabled => "user disabled",
            Self::UserEnabled => "user enabled",
            Self::PasswordReset => "password reset",
            Self::PolicyChanged => "policy changed",
        }
    }
}

/// Something that happened.
pub struct Entry<'a> {
    pub at: i64,
    pub event: Event,
    /// To whose account.
    pub user: Option<&'a str>,
    /// From where.
    pub address: Option<IpAddr>,
    /// What more there is to know: a device, who did it, why.
    pub about: &'a str,
}

pub fn write(db: &Connection, entry: &Entry<'_>) -> Result<()> {
    db.execute(
        "INSERT INTO audit (at, event, user, address, about)
         VALUES (:at, :event, :user, :address, :about)",
        named_params! {
            ":at": entry.at,
            ":event": entry.event.text(),
            ":user": entry.user,
            ":address": entry.address.map(|address| address.to_canonical().to_string()),
            ":about": entry.about,
        },
    )
    .map(drop)
}

/// An entry as it was written.
pub struct Written {
    pub id: i64,
    pub at: i64,
    pub event: String,
    pub user: Option<String>,
    pub address: Option<String>,
    pub about: String,
}

/// The latest entries before the one with the number `before`.
pub fn page(db: &Connection, before: i64, count: i64) -> Result<Vec<Written>> {
    db.prepare_cached("SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?")?
        .query_map([before, count], |row| {
            Ok(Written {
                id: row.get("id")?,
                at: row.get("at")?,
                event: row.get("event")?,
                user: row.get("user")?,
                address: row.get("address")?,
                about: row.get("about")?,
            })
        })?
        .collect()
}
