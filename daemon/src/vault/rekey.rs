//! New keys: whenever a PIN is made, changed or removed, and when the vault's key moves to another key store, the vault
//! gets a new key, a new device secret and new slots, and every row is sealed anew. What was copied before is worth
//! nothing then.
//!
//! The order makes a crash harmless: the new device secret is durable in its key store before the rows are written; the
//! old one is forgotten after they are.

use std::sync::Arc;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Fault, FaultCode, SecretText};

use super::opening::faults::{sentence, slot_fault};
use super::rows::DeviceId;
use super::seal::VaultKey;
use super::slot::{self, Guard, PinGuard, Proof, SlotFault, Way};
use super::tries::{self, Tries};
use super::{Entry, Lock, OpenVault, SETTINGS, recovery};
use crate::kdf::Recipe;
use crate::ports::Ports;
use crate::ports::keystore::{Access, Anchor, KeyStore, KeyStoreFault, StoreKind};
use crate::ports::store::{Change, Row, Table};
use crate::secret::Secret;

/// What the vault is to ask for from now on.
pub struct Plan {
    /// Where its device secret is kept.
    pub store: StoreKind,
    /// The PIN.
    pub pin: Option<Secret>,
    /// Whether to make a recovery code too.
    pub recovery_code: bool,
    /// The passphrase, for the store that takes one; the present one goes on when it is left out.
    pub passphrase: Option<Secret>,
}

/// What the vault asks for until then, as far as making new keys needs it.
pub struct Present {
    count_key: VaultKey,
    store: StoreKind,
    revision: u64,
    tries: Tries,
}

/// New keys, of which the device secret is durable in its store.
pub struct NewKeys {
    key: VaultKey,
    device: Secret,
    guard: Guard,
    slots: Vec<Row>,
    tries: Tries,
    former: StoreKind,
    /// Secrets and passwords of profiles, and secrets of devices, sealed under the new key.
    secrets: Vec<Row>,
    /// The recovery code, as it is shown.
    pub code: Option<SecretText>,
}

impl OpenVault {
    /// What the vault asks for now.
    pub fn present(&self) -> Present {
        let Lock { count_key, guard, slots, tries, .. } = &self.lock;
        Present {
            count_key: count_key.copy(),
            store: guard.store,
            revision: slots.iter().map(|slot| slot.revision).max().unwrap_or_default(),
            tries: tries.clone(),
        }
    }

    /// All rows, sealed under the new key.
    pub fn sealed_anew(&mut self, keys: &mut NewKeys) -> Result<Vec<Change>, Fault> {
        let mut changes: Vec<Change> = keys.slots.iter().cloned().map(Change::Put).collect();
        let former = self.lock.slots.iter().map(|slot| slot.id);
        let unused = former.filter(|id| keys.slots.iter().all(|slot| slot.id != *id));
        changes.extend(unused.map(|id| Change::Delete { table: Table::Slot, id }));
        changes.push(Change::Put(keys.tries.row(&tries::key(&keys.device))));
        self.settings_revision += 1;
        let settings = json(&self.settings)?;
        let row = keys.key.seal(Table::Setting, SETTINGS, self.settings_revision, &settings);
        changes.push(Change::Put(row));
        for (id, entry) in &mut self.entries {
            changes.extend(seal_entry(&self.key, &keys.key, id.0, entry, &mut keys.secrets)?);
        }
        let passwords = self.entries.values().filter_map(|entry| entry.sealed_password.as_ref());
        for row in passwords.chain(&self.proxy) {
            let plain = self.key.open(row).map_err(|_| FaultCode::VaultDamaged)?;
            let row = keys.key.seal(row.table, row.id, row.revision, plain.expose());
            keys.secrets.push(row.clone());
            changes.push(Change::Put(row));
        }
        for device in self.devices.values() {
            let row = device.sealed_anew(&self.key, &keys.key);
            let row = row.map_err(|_| FaultCode::VaultDamaged)?;
            keys.secrets.push(row.clone());
            changes.push(Change::Put(row));
        }
        Ok(changes)
    }

    /// The new keys are on the disk.
    pub fn adopt(&mut self, keys: NewKeys) -> Aftermath {
        keys.secrets.into_iter().for_each(|row| self.take_sealed(row));
        let store = keys.guard.store;
        self.key = keys.key;
        self.lock = Lock {
            count_key: tries::key(&keys.device),
            guard: keys.guard,
            slots: keys.slots,
            tries: keys.tries,
            recovering: false,
        };
        Aftermath { device: keys.device, store, former: keys.former }
    }
}

impl OpenVault {
    fn take_sealed(&mut self, row: Row) {
        match row.table {
            Table::Setting => self.proxy = Some(row),
            Table::Device => {
                if let Some(device) = self.devices.get_mut(&DeviceId(row.id)) {
                    device.take_sealed(row);
                }
            }
            Table::Password => {
                if let Some(entry) = self.entries.get_mut(&ProfileId(row.id)) {
                    entry.sealed_password = Some(row);
                }
            }
            _ => {
                if let Some(entry) = self.entries.get_mut(&ProfileId(row.id)) {
                    entry.sealed_secret = row;
                }
            }
        }
    }
}

impl NewKeys {
    /// The key, for the writer.
    pub fn key(&self) -> VaultKey {
        self.key.copy()
    }
}

fn seal_entry(
    former: &VaultKey,
    key: &VaultKey,
    id: u32,
    entry: &mut Entry,
    secrets: &mut Vec<Row>,
) -> Result<[Change; 3], Fault> {
    let profile = json(&entry.stored())?;
    let secret = former.open(&entry.sealed_secret).map_err(|_| FaultCode::VaultDamaged)?;
    let secret = key.seal(Table::Secret, id, entry.sealed_secret.revision, secret.expose());
    secrets.push(secret.clone());
    let revision = entry.usage.next_revision();
    Ok([
        Change::Put(key.seal(Table::Profile, id, entry.meta_revision, &profile)),
        Change::Put(secret),
        Change::Put(key.seal(Table::Usage, id, revision, &entry.usage.to_bytes())),
    ])
}

fn json(plain: &impl serde::Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(plain).map_err(|_| FaultCode::Internal.into())
}

/// What is left to do when the new keys are in use.
pub struct Aftermath {
    device: Secret,
    store: StoreKind,
    former: StoreKind,
}

impl Aftermath {
    /// Forgets the former device secret. Blocking.
    pub fn clean_up(&self, ports: &Ports) {
        let store = ports.keystores.of(self.store);
        let mut cleaned = store.keep_only(&self.device);
        if self.former != self.store {
            cleaned = cleaned.and(ports.keystores.of(self.former).delete());
        }
        match cleaned {
            // A credential of the system is not ours to remove.
            Ok(()) | Err(KeyStoreFault::ReadOnly) => {}
            Err(fault) => {
                tracing::warn!("a device secret that is not in use any more stays: {fault}");
            }
        }
    }
}

/// Makes new keys, and keeps the device secret of them in its store beside the present one. Blocking; takes as long as a
/// PIN's key takes to be made.
pub fn prepare(ports: &Ports, present: &Present, plan: &Plan) -> Result<NewKeys, Fault> {
    let store = ports.keystores.of(plan.store);
    let away = |fault: KeyStoreFault| keystore_fault(&fault);
    match plan.store == present.store {
        true => keep_present(store.as_ref(), present).map_err(away)?,
        false => make_room(&store, plan)?,
    }
    let device = add_secret(store.as_ref()).map_err(away)?;
    store.note(anchor(ports, present, store.as_ref())).map_err(away)?;
    let starved = |_| slot_fault(SlotFault::Starved);
    let key = VaultKey::random().map_err(starved)?;
    let (ways, code) = ways(ports, plan).map_err(slot_fault)?;
    let slots = slot::wrap(&key, &device, plan.store, &ways, present.revision + 1);
    let guard = slot::guard(&slots).map_err(slot_fault)?;
    let tries = present.tries.forgiven();
    let former = present.store;
    Ok(NewKeys { key, device, guard, slots, tries, former, secrets: Vec::new(), code })
}

/// The ways to open the vault from now on, and the recovery code as it is shown.
fn ways(ports: &Ports, plan: &Plan) -> Result<(Vec<Way>, Option<SecretText>), SlotFault> {
    let Some(pin) = &plan.pin else {
        return Ok((vec![(Proof::Device, None)], None));
    };
    let recipe = Recipe::random(ports.rules.cost).map_err(|_| SlotFault::Starved)?;
    let key = recipe.key(pin.expose()).map_err(|_| SlotFault::Starved)?;
    let digits = pin.expose().len() as u8;
    let mut ways = vec![(Proof::Pin(key), Some(PinGuard { digits, recipe }))];
    let mut shown = None;
    if plan.recovery_code {
        let (code, text) = recovery::new_code()?;
        ways.push((Proof::Recovery(code), None));
        shown = Some(text);
    }
    Ok((ways, shown))
}

/// Makes ready a key store that the vault moves to. What it keeps is of an earlier vault, or of a move that a crash
/// ended; it is forgotten when the move is done.
fn make_room(store: &Arc<dyn KeyStore>, plan: &Plan) -> Result<(), Fault> {
    let access = Access { may_ask: true, passphrase: plan.passphrase.as_ref() };
    match store.load(access) {
        Err(KeyStoreFault::PassphraseNeeded | KeyStoreFault::WrongPassphrase) => {
            store.delete().map_err(|fault| keystore_fault(&fault))?;
        }
        Err(fault) => return Err(keystore_fault(&fault)),
        Ok(kept) => {
            if let Some(last) = kept.secrets.get(1) {
                store.keep_only(last).map_err(|fault| keystore_fault(&fault))?;
            }
        }
    }
    match &plan.passphrase {
        Some(passphrase) => {
            store.set_passphrase(passphrase).map_err(|fault| keystore_fault(&fault))
        }
        None => Ok(()),
    }
}

/// The anchor goes along, and never back.
fn anchor(ports: &Ports, present: &Present, store: &dyn KeyStore) -> Anchor {
    let former = ports.keystores.of(present.store);
    let noted = |store: &dyn KeyStore| store.load(Access::default()).ok()?.anchor;
    [noted(former.as_ref()), noted(store)]
        .into_iter()
        .flatten()
        .fold(present.tries.anchored(0), Anchor::merged)
}

/// A new device secret, or the one of a store that can only be read.
fn add_secret(store: &dyn KeyStore) -> Result<Secret, KeyStoreFault> {
    let failed = |_| KeyStoreFault::Failed("the system gives no random bytes for a key");
    let secret = slot::new_device_secret().map_err(failed)?;
    match store.add(&secret) {
        Ok(()) => Ok(secret),
        Err(KeyStoreFault::ReadOnly) => {
            let kept = store.load(Access::default())?.secrets.pop();
            kept.ok_or(KeyStoreFault::Absent("there is no credential of the name passcode.key"))
        }
        Err(fault) => Err(fault),
    }
}

/// Makes room beside the present secret: another one has been left by a change of keys that failed.
fn keep_present(store: &dyn KeyStore, present: &Present) -> Result<(), KeyStoreFault> {
    let secrets = store.load(Access::default())?.secrets;
    let is_present = |secret: &&Secret| tries::key(secret).expose() == present.count_key.expose();
    let secret = secrets.iter().find(is_present);
    let secret = secret.ok_or(KeyStoreFault::Failed("the key store has lost the vault's key"))?;
    match store.keep_only(secret) {
        Err(KeyStoreFault::ReadOnly) => Ok(()),
        kept => kept,
    }
}

fn keystore_fault(fault: &KeyStoreFault) -> Fault {
    let code = match fault {
        KeyStoreFault::Locked => FaultCode::KeyStoreLocked,
        KeyStoreFault::Absent(_) => FaultCode::NoKeyStore,
        KeyStoreFault::PassphraseNeeded => FaultCode::PassphraseNeeded,
        KeyStoreFault::Disk(_) => FaultCode::StoreFailed,
        _ => FaultCode::KeyStore,
    };
    let what = format!("{} Nothing was changed.", sentence(fault));
    Fault::because(code, what).advise(fault.hint())
}
