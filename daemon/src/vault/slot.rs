//! The vault key and its wrapping. Each row of the slot table holds the vault key, sealed under a key that is made from
//! what opens the vault: the device secret alone, with the PIN, or with the recovery code. Where the device secret is
//! kept is part of a slot, so that moving it is one commit.
//!
//! A slot row is a head, which can be read without any key, and the sealed vault key:
//!
//! | kind | head |
//! |---|---|
//! | 1, device secret in the file store; written by the first version | kind (1 byte) |
//! | 2, device secret | kind, store |
//! | 3, device secret and PIN | kind, store, digits of the PIN (1 byte), [`Recipe`] (21 bytes) |
//! | 4, device secret and recovery code | kind, store |
//!
//! Stores are file 1, keyring 2, passphrase 3, credential 4. Slots of kinds that are not known are skipped.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::seal::{KEY_BYTES, NoRandomness, VaultKey, open_bytes, seal_bytes};
use crate::kdf::{RECIPE_BYTES, Recipe};
use crate::memory::page::KeyPage;
use crate::ports::keystore::{DEVICE_SECRET_BYTES, StoreKind};
use crate::ports::store::{Row, Table};
use crate::secret::Secret;

const FIRST_DEVICE: u8 = 1;
const DEVICE: u8 = 2;
const PIN: u8 = 3;
const RECOVERY: u8 = 4;

const INFO: &[u8] = b"passcode vault slot v1";
const DOMAIN: &[u8; 19] = b"passcode vault slot";

/// What a vault needs to be opened, as its slots tell before anything is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Where the device secret is kept.
    pub store: StoreKind,
    /// The PIN, when one is set.
    pub pin: Option<PinGuard>,
    /// Whether a recovery code opens it too.
    pub recovery: bool,
}

/// How a PIN is made into a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinGuard {
    /// Its length.
    pub digits: u8,
    /// How it is made into a key.
    pub recipe: Recipe,
}

/// What is shown beside the device secret to open a vault.
pub enum Proof {
    /// Nothing.
    Device,
    /// The key made of the PIN.
    Pin(KeyPage),
    /// The recovery code's bytes.
    Recovery(Secret),
}

/// One way to open a vault: what has to be shown, and how a PIN is made into that.
pub type Way = (Proof, Option<PinGuard>);

impl Proof {
    fn opens(&self, kind: u8) -> bool {
        match self {
            Self::Device => matches!(kind, FIRST_DEVICE | DEVICE),
            Self::Pin(_) => kind == PIN,
            Self::Recovery(_) => kind == RECOVERY,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Device => &[],
            Self::Pin(key) => key.expose(),
            Self::Recovery(code) => code.expose(),
        }
    }
}

/// Reads what the slots of a vault ask for.
pub fn guard(rows: &[Row]) -> Result<Guard, SlotFault> {
    let heads = || slots(rows).filter_map(|row| Head::read(&row.sealed)).map(|(head, _)| head);
    let store = heads().map(|head| head.store).next().ok_or(SlotFault::NoSlot)?;
    let pin = heads().find_map(|head| head.pin);
    Ok(Guard { store, pin, recovery: heads().any(|head| head.kind == RECOVERY) })
}

/// Opens the vault key, and tells which of the device secrets belongs to it.
pub fn open(rows: &[Row], secrets: &[Secret], proof: &Proof) -> Option<(VaultKey, usize)> {
    secrets.iter().enumerate().find_map(|(number, secret)| {
        slots(rows).find_map(|row| Some((unwrap(secret, proof, row)?, number)))
    })
}

/// The slots of a vault.
pub fn slots(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.table == Table::Slot)
}

/// Wraps the vault key for every way that opens it from now on. `revision` has to be above those of all slots before.
pub fn wrap(
    key: &VaultKey,
    secret: &Secret,
    store: StoreKind,
    ways: &[Way],
    revision: u64,
) -> Vec<Row> {
    let ids = 1..;
    let rows = ids.zip(ways).map(|(id, (proof, pin))| {
        let kind = match proof {
            Proof::Device => DEVICE,
            Proof::Pin(_) => PIN,
            Proof::Recovery(_) => RECOVERY,
        };
        let head = Head { kind, store, pin: pin.clone() }.write();
        let place = slot_place(&head, id, revision);
        let sealed = seal_bytes(&wrapping_key(secret, proof), &place, key.expose());
        Row { table: Table::Slot, id, revision, sealed: [head, sealed].concat() }
    });
    rows.collect()
}

/// A new device secret.
pub fn new_device_secret() -> Result<Secret, NoRandomness> {
    random_secret(DEVICE_SECRET_BYTES)
}

/// New random bytes, filled in their final place.
pub fn random_secret(length: usize) -> Result<Secret, NoRandomness> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Secret::new(std::mem::take(&mut bytes)))
}

fn unwrap(secret: &Secret, proof: &Proof, row: &Row) -> Option<VaultKey> {
    let (head, sealed) = Head::read(&row.sealed)?;
    if !proof.opens(head.kind) {
        return None;
    }
    let place = match head.kind {
        FIRST_DEVICE => first_slot_place(row.id, row.revision).to_vec(),
        _ => slot_place(&head.write(), row.id, row.revision),
    };
    let key = open_bytes(&wrapping_key(secret, proof), &place, sealed).ok()?;
    VaultKey::from_bytes(key.expose())
}

/// HKDF-SHA256 (RFC 5869) without salt, of the proof's bytes and then the device secret.
fn wrapping_key(secret: &Secret, proof: &Proof) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut material =
        Zeroizing::new(Vec::with_capacity(proof.bytes().len() + DEVICE_SECRET_BYTES));
    material.extend_from_slice(proof.bytes());
    material.extend_from_slice(secret.expose());
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    Hkdf::<Sha256>::new(None, &material)
        .expand(INFO, &mut *key)
        .expect("32 bytes are within what HKDF can give");
    key
}

/// The part of a slot that is not sealed.
struct Head {
    kind: u8,
    store: StoreKind,
    pin: Option<PinGuard>,
}

impl Head {
    fn read(row: &[u8]) -> Option<(Self, &[u8])> {
        let (kind, rest) = row.split_first()?;
        if *kind == FIRST_DEVICE {
            return Some((Self { kind: *kind, store: StoreKind::File, pin: None }, rest));
        }
        let (store, rest) = rest.split_first()?;
        let store = store_of(*store)?;
        match *kind {
            DEVICE | RECOVERY => Some((Self { kind: *kind, store, pin: None }, rest)),
            PIN => {
                let (digits, rest) = rest.split_first()?;
                let (recipe, rest) = rest.split_first_chunk::<RECIPE_BYTES>()?;
                let recipe = Recipe::from_bytes(recipe)?;
                let pin = Some(PinGuard { digits: *digits, recipe });
                Some((Self { kind: *kind, store, pin }, rest))
            }
            _ => None,
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut head = vec![self.kind, store_number(self.store)];
        if let Some(pin) = &self.pin {
            head.push(pin.digits);
            head.extend(pin.recipe.to_bytes());
        }
        head
    }
}

/// Part of the format: never renumbered.
fn store_number(store: StoreKind) -> u8 {
    match store {
        StoreKind::File => 1,
        StoreKind::Keyring => 2,
        StoreKind::Passphrase => 3,
        StoreKind::Credential => 4,
    }
}

fn store_of(number: u8) -> Option<StoreKind> {
    StoreKind::ALL.into_iter().find(|store| store_number(*store) == number)
}

/// What the tag of a slot also covers: `passcode vault slot` (ASCII, 19 bytes), format version 2, the head, id (4 bytes,
/// big-endian), revision (8 bytes, big-endian).
fn slot_place(head: &[u8], id: u32, revision: u64) -> Vec<u8> {
    let number = [&id.to_be_bytes()[..], &revision.to_be_bytes()].concat();
    [&DOMAIN[..], &[2], head, &number].concat()
}

/// The same in format version 1, for slots of kind 1.
fn first_slot_place(id: u32, revision: u64) -> [u8; 33] {
    let mut place = [0; 33];
    place[..19].copy_from_slice(DOMAIN);
    place[19] = 1;
    place[20] = FIRST_DEVICE;
    place[21..25].copy_from_slice(&id.to_be_bytes());
    place[25..].copy_from_slice(&revision.to_be_bytes());
    place
}

/// Why there is no vault key. `Display` says what happened, [`SlotFault::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotFault {
    /// The vault has no slot that can be opened.
    NoSlot,
    /// The key store holds no device secret.
    NoDeviceSecret,
    /// The device secret does not belong to this vault, or the slot was changed.
    WrongDeviceSecret,
    /// The system gives no random bytes or memory for a key.
    Starved,
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
            Self::Starved => {
                "Free some memory, or wait until the system has finished starting; then try again."
            }
        }
    }
}

impl fmt::Display for SlotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSlot => "the vault has no way to be opened",
            Self::NoDeviceSecret => "the key of the vault is missing",
            Self::WrongDeviceSecret => "the key does not belong to this vault",
            Self::Starved => "the system gives no memory or random bytes for a key",
        })
    }
}

impl std::error::Error for SlotFault {}

impl From<NoRandomness> for SlotFault {
    fn from(_: NoRandomness) -> Self {
        Self::Starved
    }
}

#[cfg(test)]
mod tests;
