//! The vault key and its wrapping. Each row of the slot table holds the vault key, sealed under a key that is made from
//! what the user has; here: the device secret alone.
//!
//! A slot row has one byte for its kind, then the sealed vault key. Slots of kinds that are not known are skipped.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::seal::{KEY_BYTES, NoRandomness, VaultKey, open_bytes, seal_bytes};
use crate::ports::keystore::{DEVICE_SECRET_BYTES, KeyStore, KeyStoreFault};
use crate::ports::store::{Row, Table};
use crate::secret::Secret;

const DEVICE: u8 = 1;
const INFO: &[u8] = b"passcode vault slot v1";
const DOMAIN: &[u8; 19] = b"passcode vault slot";
const FORMAT_VERSION: u8 = 1;
const FIRST_ID: u32 = 1;

/// Makes the vault key of a new vault, and the slot row that the caller is to commit with the vault's first rows.
///
/// The device secret is durable in its store before this returns. One that is there already is used again: it may be
/// the key of a vault that was moved away, or of this one when the commit did not come about.
pub fn create(keys: &dyn KeyStore) -> Result<(VaultKey, Row), SlotFault> {
    let secret = match keys.load()? {
        Some(secret) => secret,
        None => store_new_secret(keys)?,
    };
    let key = VaultKey::random()?;
    let row = wrap(&secret, &key, FIRST_ID, 1);
    Ok((key, row))
}

/// The vault key, by the first slot that the device secret opens.
pub fn unlock(keys: &dyn KeyStore, rows: &[Row]) -> Result<VaultKey, SlotFault> {
    let slots: Vec<&Row> = rows.iter().filter(|row| is_device_slot(row)).collect();
    if slots.is_empty() {
        return Err(SlotFault::NoSlot);
    }
    let secret = keys.load()?.ok_or(SlotFault::NoDeviceSecret)?;
    slots.into_iter().find_map(|row| unwrap(&secret, row)).ok_or(SlotFault::WrongDeviceSecret)
}

fn store_new_secret(keys: &dyn KeyStore) -> Result<Secret, SlotFault> {
    let mut bytes = Zeroizing::new(vec![0; DEVICE_SECRET_BYTES]);
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    let secret = Secret::new(std::mem::take(&mut bytes));
    keys.store(&secret)?;
    Ok(secret)
}

fn is_device_slot(row: &Row) -> bool {
    row.table == Table::Slot && row.sealed.first() == Some(&DEVICE)
}

/// A slot of kind 1: the vault key, sealed as a row is under the [`wrapping_key`], in its [`slot_place`].
fn wrap(secret: &Secret, key: &VaultKey, id: u32, revision: u64) -> Row {
    let place = slot_place(DEVICE, id, revision);
    let mut sealed = vec![DEVICE];
    sealed.extend(seal_bytes(&wrapping_key(secret), &place, key.expose()));
    Row { table: Table::Slot, id, revision, sealed }
}

fn unwrap(secret: &Secret, row: &Row) -> Option<VaultKey> {
    let (kind, sealed) = row.sealed.split_first()?;
    let place = slot_place(*kind, row.id, row.revision);
    let key = open_bytes(&wrapping_key(secret), &place, sealed).ok()?;
    VaultKey::from_bytes(key.expose())
}

/// HKDF-SHA256 (RFC 5869) of the device secret, without salt.
fn wrapping_key(secret: &Secret) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    Hkdf::<Sha256>::new(None, secret.expose())
        .expand(INFO, &mut *key)
        .expect("32 bytes are within what HKDF can give");
    key
}

/// What the tag of a slot also covers: `passcode vault slot` (ASCII, 19 bytes), format version 1, kind (1 byte), id
/// (4 bytes, big-endian), revision (8 bytes, big-endian).
fn slot_place(kind: u8, id: u32, revision: u64) -> [u8; 33] {
    let mut place = [0; 33];
    place[..19].copy_from_slice(DOMAIN);
    place[19] = FORMAT_VERSION;
    place[20] = kind;
    place[21..25].copy_from_slice(&id.to_be_bytes());
    place[25..].copy_from_slice(&revision.to_be_bytes());
    place
}

/// Why there is no vault key. `Display` says what happened, [`SlotFault::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotFault {
    /// The vault has no slot that a device secret opens.
    NoSlot,
    /// The key store holds no device secret.
    NoDeviceSecret,
    /// The device secret does not belong to this vault, or the slot was changed.
    WrongDeviceSecret,
    /// The key store failed.
    KeyStore(KeyStoreFault),
    /// The system gives no random bytes for a key.
    NoRandomness,
}

impl SlotFault {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoSlot => {
                "Put a good copy of vault.db in its place, or move it away and pair again."
            }
            Self::NoDeviceSecret | Self::WrongDeviceSecret => {
                "Put back the key that belongs to this vault, or move the vault away and pair again."
            }
            Self::KeyStore(fault) => fault.hint(),
            Self::NoRandomness => "Start the agent again when the system has finished starting.",
        }
    }
}

impl fmt::Display for SlotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlot => f.write_str("the vault has no way to be opened"),
            Self::NoDeviceSecret => f.write_str("the key of the vault is missing"),
            Self::WrongDeviceSecret => f.write_str("the key does not belong to this vault"),
            Self::KeyStore(fault) => fault.fmt(f),
            Self::NoRandomness => NoRandomness.fmt(f),
        }
    }
}

impl std::error::Error for SlotFault {}

impl From<KeyStoreFault> for SlotFault {
    fn from(fault: KeyStoreFault) -> Self {
        Self::KeyStore(fault)
    }
}

impl From<NoRandomness> for SlotFault {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

#[cfg(test)]
mod tests;
