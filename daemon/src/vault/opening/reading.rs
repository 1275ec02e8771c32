//! From sealed rows to an [`OpenVault`]. Every row is opened once, so that damage is found now and not when a code is
//! needed; whether the rows belong together is told by the manifest.

use std::collections::BTreeMap;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Fault, FaultCode};
use serde::de::DeserializeOwned;

use super::unlocking::Unlocked;
use crate::ports::keystore::Anchor;
use crate::ports::store::{Row, Table};
use crate::vault::devices::Device;
use crate::vault::manifest::Manifest;
use crate::vault::names::Names;
use crate::vault::rows::{Settings, StoredProfile};
use crate::vault::seal::{Unsealable, VaultKey};
use crate::vault::tries::{self, Tries};
use crate::vault::usage::Usage;
use crate::vault::{Entry, Lock, OpenVault, PROXY, StoredPassword};

/// The vault of these rows, and their manifest. None stands for a vault from before there were manifests.
pub fn read(unlocked: Unlocked, rows: Vec<Row>) -> Result<(OpenVault, Option<Manifest>), Fault> {
    let Unlocked { key, device, guard, tries, anchor, recovering, .. } = unlocked;
    let manifest = manifest(&key, &rows, anchor)?;
    let count_key = tries::key(&device);
    // The manifest does not cover the count of wrong PINs, which is no affair of a vault that asks for none either.
    if tries::row_among(&rows).is_some_and(|row| Tries::read(row, &count_key).is_none()) {
        return Err(damaged(Unsealable));
    }
    let mut sealed = Sealed::sort(rows);
    let (settings, settings_revision) = match sealed.settings.take() {
        Some(row) => (open_json::<Settings>(&key, &row)?, row.revision),
        None => (Settings::default(), 0),
    };
    let count_key = tries::key(&device);
    let lock =
        Lock { count_key, guard, slots: std::mem::take(&mut sealed.slots), tries, recovering };
    let devices = std::mem::take(&mut sealed.devices);
    let devices = devices.into_iter().map(|row| Device::read(&key, row).map_err(damaged));
    let mut vault = OpenVault {
        devices: devices.collect::<Result<_, _>>()?,
        proxy: sealed.proxy.take(),
        key,
        lock,
        entries: BTreeMap::new(),
        names: Names::default(),
        settings,
        settings_revision,
        pin_asked: 0,
        doubtful_until: None,
        put_back: manifest.as_ref().is_some_and(|held| held.generation() < anchor.generation),
    };
    for row in std::mem::take(&mut sealed.profiles) {
        let id = ProfileId(row.id);
        let entry = read_entry(&vault.key, id, &row, &mut sealed)?;
        vault.names.insert(&entry.profile);
        vault.entries.insert(id, entry);
        // A pairing that was reported as failed may have been stored all the same, without its settings.
        vault.settings.next_id = vault.settings.next_id.max(row.id.saturating_add(1));
    }
    vault.look_what_is_asked();
    Ok((vault, manifest))
}

/// A vault without manifest is one from before there were any, unless it was opened since.
fn manifest(key: &VaultKey, rows: &[Row], anchor: Anchor) -> Result<Option<Manifest>, Fault> {
    match Manifest::found(key, rows) {
        Ok(None) if anchor.generation > 0 => Err(torn()),
        Ok(found) => Ok(found),
        Err(_) => Err(torn()),
    }
}

/// A vault's rows by kind.
#[derive(Default)]
struct Sealed {
    slots: Vec<Row>,
    settings: Option<Row>,
    proxy: Option<Row>,
    profiles: Vec<Row>,
    secrets: BTreeMap<u32, Row>,
    uses: BTreeMap<u32, Row>,
    devices: Vec<Row>,
    passwords: BTreeMap<u32, Row>,
}

impl Sealed {
    fn sort(rows: Vec<Row>) -> Self {
        let mut sealed = Self::default();
        for row in rows {
            match row.table {
                Table::Slot => sealed.slots.push(row),
                Table::Setting if row.id == PROXY => sealed.proxy = Some(row),
                Table::Setting => sealed.settings = Some(row),
                Table::Profile => sealed.profiles.push(row),
                Table::Secret => drop(sealed.secrets.insert(row.id, row)),
                Table::Usage => drop(sealed.uses.insert(row.id, row)),
                Table::Device => sealed.devices.push(row),
                Table::Password => drop(sealed.passwords.insert(row.id, row)),
                Table::Manifest | Table::Attempt => {}
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
    let sealed_password = sealed.passwords.remove(&id.0);
    if let Some(row) = &sealed_password {
        open_json::<StoredPassword>(key, row)?;
    }
    Ok(Entry {
        profile: stored.profile(id),
        parameters: stored.parameters().map_err(|_| FaultCode::VaultDamaged)?,
        usage: Usage::from_bytes(plain.expose(), use_row.revision).ok_or_else(incomplete)?,
        pin: stored.pin,
        paired: stored.paired,
        meta_revision: row.revision,
        sealed_secret,
        sealed_password,
    })
}

fn open_json<T: DeserializeOwned>(key: &VaultKey, row: &Row) -> Result<T, Fault> {
    let plain = key.open(row).map_err(damaged)?;
    serde_json::from_slice(plain.expose()).map_err(|_| FaultCode::VaultDamaged.into())
}

fn damaged(_: Unsealable) -> Fault {
    let what = "The vault on disk is damaged: a row does not open under its key.";
    Fault::because(FaultCode::VaultDamaged, what)
}

fn incomplete() -> Fault {
    let what = "The vault on disk is damaged: a row is missing or not of its form.";
    Fault::because(FaultCode::VaultDamaged, what)
}

fn torn() -> Fault {
    let what = "The vault on disk is damaged: its rows do not belong together.";
    Fault::because(FaultCode::VaultDamaged, what)
}
