//! Opening a vault: from the store, the key store and what the user has given to an [`OpenVault`]. Blocking, and run off
//! the serving thread. `unlocking` comes to the vault key, `reading` to the vault, `faults` says what is in the way.

pub mod faults;
mod reading;
mod unlocking;

use passcode_proto::{Fault, FaultCode};

use self::faults::{key_store_fault, slot_fault, store_fault};
use self::unlocking::{Closed, Unlocked};
use super::OpenVault;
use super::manifest::Manifest;
use super::seal::VaultKey;
use super::slot::{self, Guard, Proof, SlotFault};
use super::tries::{self, Blocked, Tries};
use crate::ports::Ports;
use crate::ports::keystore::{Access, Anchor, KeyStore, KeyStoreFault, StoreKind};
use crate::ports::store::{Change, Row, Store, StoreFault};
use crate::secret::Secret;

/// What the user has given to open the vault.
#[derive(Debug, Default)]
pub struct Credentials {
    /// The PIN.
    pub pin: Option<Secret>,
    /// The passphrase of the key store.
    pub passphrase: Option<Secret>,
    /// The recovery code, as it was typed.
    pub recovery: Option<Secret>,
    /// Whether the user asked for it just now, so that a keyring may ask in its turn.
    pub may_ask: bool,
}

/// An open vault, the store that it came from and what its rows are as a whole.
pub struct Opened {
    /// The vault.
    pub vault: OpenVault,
    /// Where its changes go.
    pub store: Box<dyn Store>,
    /// Goes with every change.
    pub manifest: Manifest,
}

impl Opened {
    /// Closes the store of a vault that is not wanted any more, at `now` in seconds since 1970; its key is destroyed
    /// first.
    pub fn store_end(self, now: u64) -> Result<(), StoreFault> {
        let Self { vault, mut store, .. } = self;
        let in_doubt = vault.is_in_doubt(now);
        drop(vault);
        if in_doubt { Ok(()) } else { store.end_use() }
    }
}

/// Why the vault is not open.
#[derive(Debug)]
pub enum Unopened {
    /// It asks for more than was given: what it asks for, and what is missing.
    Asks(Guard, FaultCode),
    /// What was given is not taken. The vault stays locked.
    Refused(Fault),
    /// The PIN is wrong or not looked at, and no PIN is taken for a while. The vault stays locked.
    Blocked(Fault, Blocked),
    /// The key store cannot be used now. The vault stays locked.
    Away(Fault),
    /// The vault cannot be used.
    Broken(Fault),
}

impl Unopened {
    /// What a client is told.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Asks(_, missing) => missing.into(),
            Self::Refused(fault)
            | Self::Blocked(fault, _)
            | Self::Away(fault)
            | Self::Broken(fault) => fault,
        }
    }
}

/// What a vault asks for, looked at without opening it; none when there is none. Tells a block that is known.
pub fn look(ports: &Ports) -> Result<Option<(Guard, Option<Blocked>)>, Unopened> {
    let broken = |fault| Unopened::Broken(store_fault(fault));
    let mut store = ports.stores.open().map_err(broken)?;
    let rows = store.rows().map_err(broken)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let guard = slot::guard(&rows).map_err(|fault| Unopened::Broken(slot_fault(fault)))?;
    let block = match guard.store {
        // Others take time, or something to open them with.
        StoreKind::File if guard.pin.is_some() => {
            let keystore = ports.keystores.of(guard.store);
            unlocking::known_block(&Closed {
                ports,
                store: store.as_mut(),
                rows: &rows,
                guard: guard.clone(),
                keystore: keystore.as_ref(),
            })
        }
        _ => None,
    };
    Ok(Some((guard, block)))
}

/// Opens the vault, or makes a new one where there is none.
pub fn open(ports: &Ports, given: &Credentials) -> Result<Opened, Unopened> {
    let broken = |fault| Unopened::Broken(store_fault(fault));
    // Nothing is left of a vault whose key could not be kept.
    let made = match ports.stores.exists().map_err(broken)? {
        true => None,
        false => Some(make(ports, given)?),
    };
    let mut store = ports.stores.open().map_err(broken)?;
    let mut rows = store.rows().map_err(broken)?;
    if rows.is_empty() {
        let made = made.map_or_else(|| make(ports, given), Ok)?;
        store.commit(&made).map_err(broken)?;
        rows = store.rows().map_err(broken)?;
    }
    let guard = slot::guard(&rows).map_err(|fault| Unopened::Broken(slot_fault(fault)))?;
    let keystore = ports.keystores.of(guard.store);
    let closed =
        Closed { ports, store: store.as_mut(), rows: &rows, guard, keystore: keystore.as_ref() };
    let unlocked = closed.unlock(given)?;
    if unlocked.has_leftovers {
        forget_leftovers(keystore.as_ref(), &unlocked.device);
    }
    finish(ports, store, unlocked, rows).map_err(Unopened::Broken)
}

/// A crash while keys were changed leaves two device secrets; now it is known which one is in use.
fn forget_leftovers(keystore: &dyn KeyStore, device: &Secret) {
    if let Err(fault) = keystore.keep_only(device) {
        tracing::warn!(
            "a device secret that is not in use any more stays in the key store: {fault}"
        );
    }
}

fn finish(
    ports: &Ports,
    mut store: Box<dyn Store>,
    unlocked: Unlocked,
    rows: Vec<Row>,
) -> Result<Opened, Fault> {
    let anchor = unlocked.anchor;
    let first = Manifest::of(&unlocked.key, &rows, 0);
    let (mut vault, found) = reading::read(unlocked, rows)?;
    let manifest = match found {
        Some(mut manifest) => {
            manifest.rise_to(anchor.generation);
            manifest
        }
        None => keep_first(first, store.as_mut())?,
    };
    // Nothing is written to a vault before it has proved to be whole and ours.
    let clean = begin_use(store.as_mut())?;
    vault.doubtful_until = (!clean).then(|| ports.clock.wall().as_secs());
    Ok(Opened { vault, store, manifest })
}

/// A vault from before there were manifests gets one.
fn keep_first(mut manifest: Manifest, store: &mut dyn Store) -> Result<Manifest, Fault> {
    let staged = manifest.stage(&[]);
    store.commit(&[Change::Put(staged.row.clone())]).map_err(store_fault)?;
    manifest.accept(staged);
    Ok(manifest)
}

/// Marks the store as in use; true when its last user ended in good order. A full disk does not keep time-based codes
/// from being served: then the mark stays as it was, and the store is taken for one whose user was killed.
fn begin_use(store: &mut dyn Store) -> Result<bool, Fault> {
    match store.begin_use() {
        Err(StoreFault::Full) => Ok(false),
        marked => marked.map_err(store_fault),
    }
}

/// The first rows of a new vault. Its device secret is durable in the key store before they are returned; one that is
/// there already is used again: it may be the key of a vault that was moved away, or of this one when its commit did
/// not come about.
fn make(ports: &Ports, given: &Credentials) -> Result<Vec<Change>, Unopened> {
    let kind = ports.rules.keystore;
    let guard = Guard { store: kind, pin: None, recovery: false };
    let keystore = ports.keystores.of(kind);
    let away = |fault: KeyStoreFault| key_store_fault(&fault, guard.clone());
    let access = Access { may_ask: true, passphrase: given.passphrase.as_ref() };
    let mut kept = keystore.load(access).map_err(away)?;
    let anchor = kept.anchor.unwrap_or_default();
    let device = match kept.secrets.pop() {
        Some(secret) => secret,
        None => new_secret(keystore.as_ref(), kind, given, &guard)?,
    };
    first_rows(&device, kind, anchor).map_err(|fault| Unopened::Refused(slot_fault(fault)))
}

fn new_secret(
    keystore: &dyn KeyStore,
    kind: StoreKind,
    given: &Credentials,
    guard: &Guard,
) -> Result<Secret, Unopened> {
    let away = |fault: KeyStoreFault| key_store_fault(&fault, guard.clone());
    if kind == StoreKind::Passphrase {
        let Some(passphrase) = &given.passphrase else {
            return Err(Unopened::Asks(guard.clone(), FaultCode::PassphraseNeeded));
        };
        check_passphrase(passphrase).map_err(Unopened::Refused)?;
        keystore.set_passphrase(passphrase).map_err(away)?;
    }
    let starved = |_| Unopened::Refused(slot_fault(SlotFault::Starved));
    let secret = slot::new_device_secret().map_err(starved)?;
    keystore.add(&secret).map_err(away)?;
    Ok(secret)
}

/// Refuses a new passphrase that is too short or too long.
pub fn check_passphrase(passphrase: &Secret) -> Result<(), Fault> {
    match passcode_proto::limits::PASSPHRASE_BYTES.contains(&passphrase.expose().len()) {
        true => Ok(()),
        false => Err(FaultCode::BadPassphrase.into()),
    }
}

fn first_rows(device: &Secret, kind: StoreKind, anchor: Anchor) -> Result<Vec<Change>, SlotFault> {
    let key = VaultKey::random()?;
    let slots = slot::wrap(&key, device, kind, &[(Proof::Device, None)], 1);
    let mut changes: Vec<_> = slots.into_iter().map(Change::Put).collect();
    let staged = Manifest::of(&key, &[], anchor.generation).stage(&changes);
    let count = Tries::beginning(anchor).row(&tries::key(device));
    changes.extend([Change::Put(staged.row), Change::Put(count)]);
    Ok(changes)
}
