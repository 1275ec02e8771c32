//! Opening a vault: from the store and the key store to an [`OpenVault`]. Blocking, and run off the serving thread.

use std::collections::BTreeMap;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Fault, FaultCode};
use serde::de::DeserializeOwned;

use super::names::Names;
use super::rows::{Settings, StoredProfile};
use super::seal::{Unsealable, VaultKey};
use super::slot::{self, SlotFault};
use super::usage::Usage;
use super::{Entry, OpenVault};
use crate::ports::Ports;
use crate::ports::keystore::KeyStore;
use crate::ports::store::{Change, Row, Store, StoreFault, Table};

/// An open vault and the store that it came from.
pub struct Opened {
    /// The vault.
    pub vault: OpenVault,
    /// Where its changes go.
    pub store: Box<dyn Store>,
}

impl Opened {
    /// Closes the store of a vault that is not wanted any more, at `now` in seconds since 1970; its key is destroyed
    /// first.
    pub fn store_end(self, now: u64) -> Result<(), StoreFault> {
        let Self { vault, mut store } = self;
        let in_doubt = vault.is_in_doubt(now);
        drop(vault);
        if in_doubt { Ok(()) } else { store.end_use() }
    }
}

/// Opens the vault, or makes a new one where there is none.
pub fn open(ports: &Ports) -> Result<Opened, Fault> {
    let keystore = ports.keystore.as_deref().ok_or(FaultCode::NoKeyStore)?;
    let mut store = ports.stores.open().map_err(store_fault)?;
    let rows = store.rows().map_err(store_fault)?;
    let key = match rows.is_empty() {
        true => create(keystore, store.as_mut())?,
        false => slot::unlock(keystore, &rows).map_err(slot_fault)?,
    };
    let mut vault = read(key, rows)?;
    // Nothing is written to a vault before it has proved to be whole and ours.
    let clean = begin_use(store.as_mut())?;
    vault.doubtful_until = (!clean).then(|| ports.clock.wall().as_secs());
    Ok(Opened { vault, store })
}

/// Marks the store as in use; true when its last user ended in good order. A full disk does not keep time-based codes
/// from being served: then the mark stays as it was, and the store is taken for one whose user was killed.
fn begin_use(store: &mut dyn Store) -> Result<bool, Fault> {
    match store.begin_use() {
        Err(StoreFault::Full) => Ok(false),
        marked => marked.map_err(store_fault),
    }
}

fn create(keystore: &dyn KeyStore, store: &mut dyn Store) -> Result<VaultKey, Fault> {
    let (key, slot) = slot::create(keystore).map_err(slot_fault)?;
    store.commit(&[Change::Put(slot)]).map_err(store_fault)?;
    Ok(key)
}

/// Opens every row once, so that damage is found now and not when a code is needed.
fn read(key: VaultKey, rows: Vec<Row>) -> Result<OpenVault, Fault> {
    let mut sealed = Sealed::sort(rows);
    let (settings, settings_revision) = match sealed.settings.take() {
        Some(row) => (open_json::<Settings>(&key, &row)?, row.revision),
        None => (Settings::default(), 0),
    };
    let mut vault = OpenVault {
        key,
        entries: BTreeMap::new(),
        names: Names::default(),
        settings,
        settings_revision,
        doubtful_until: None,
    };
    for row in std::mem::take(&mut sealed.profiles) {
        let id = ProfileId(row.id);
        let entry = read_entry(&vault.key, id, &row, &mut sealed)?;
        vault.names.insert(&entry.profile);
        vault.entries.insert(id, entry);
        // A pairing that was reported as failed may have been stored all the same, without its settings.
        vault.settings.next_id = vault.settings.next_id.max(row.id.saturating_add(1));
    }
    Ok(vault)
}

/// A vault's rows by kind.
#[derive(Default)]
struct Sealed {
    settings: Option<Row>,
    profiles: Vec<Row>,
    secrets: BTreeMap<u32, Row>,
    uses: BTreeMap<u32, Row>,
}

impl Sealed {
    fn sort(rows: Vec<Row>) -> Self {
        let mut sealed = Self::default();
        for row in rows {
            match row.table {
                Table::Slot => {}
                Table::Setting => sealed.settings = Some(row),
                Table::Profile => sealed.profiles.push(row),
                Table::Secret => drop(sealed.secrets.insert(row.id, row)),
                Table::Usage => drop(sealed.uses.insert(row.id, row)),
            }
        }
        sealed
    }
}

fn read_entry(
    key: &VaultKey,
    id: ProfileId,
    row: &Row,
    sealed: &mut Sealed,
) -> Result<Entry, Fault> {
    let stored: StoredProfile = open_json(key, row)?;
    let sealed_secret = sealed.secrets.remove(&id.0).ok_or_else(incomplete)?;
    key.open(&sealed_secret).map_err(damaged)?;
    let use_row = sealed.uses.remove(&id.0).ok_or_else(incomplete)?;
    let plain = key.open(&use_row).map_err(damaged)?;
    Ok(Entry {
        profile: stored.profile(id),
        parameters: stored.parameters().map_err(|_| FaultCode::VaultDamaged)?,
        usage: Usage::from_bytes(plain.expose(), use_row.revision).ok_or_else(incomplete)?,
        pin: stored.pin,
        meta_revision: row.revision,
        sealed_secret,
    })
}

fn open_json<T: DeserializeOwned>(key: &VaultKey, row: &Row) -> Result<T, Fault> {
    let plain = key.open(row).map_err(damaged)?;
    serde_json::from_slice(plain.expose()).map_err(|_| FaultCode::VaultDamaged.into())
}

fn damaged(_: Unsealable) -> Fault {
    Fault::because(
        FaultCode::VaultDamaged,
        "The vault on disk is damaged: a row does not open under its key.",
    )
}

fn incomplete() -> Fault {
    Fault::because(
        FaultCode::VaultDamaged,
        "The vault on disk is damaged: a row is missing or not of its form.",
    )
}

/// What a client is told when the store fails to open.
pub fn store_fault(fault: StoreFault) -> Fault {
    let code = match fault {
        StoreFault::Damaged => FaultCode::VaultDamaged,
        StoreFault::Newer { .. } => FaultCode::VaultNewer,
        StoreFault::Full => FaultCode::StoreFailed,
        _ => FaultCode::VaultUnreadable,
    };
    Fault::because(code, sentence(&fault)).advise(fault.hint())
}

fn slot_fault(fault: SlotFault) -> Fault {
    Fault::because(FaultCode::KeyStore, sentence(&fault)).advise(fault.hint())
}

/// The lower layers describe what happened as a clause; people are told a sentence. One that begins with the name of a
/// file keeps it as it is.
pub fn sentence(clause: &dyn std::fmt::Display) -> String {
    let clause = clause.to_string();
    let mut letters = clause.chars();
    match letters.next() {
        Some(first) if !clause.starts_with("vault.") => {
            format!("{}{}.", first.to_uppercase(), letters.as_str())
        }
        _ => format!("{clause}."),
    }
}
