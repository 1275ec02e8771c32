//! Changes to what is paired. Each is drafted (checked, and what to write), stored by the writer, and only then made in
//! memory; the keeper has one under way at a time. A draft may hold several changes, which come about together or not.

mod making;

use passcode_proto::profile::ProfileId;
use passcode_proto::{Fault, FaultCode, Label, limits};
use serde::Serialize;

use super::devices::{Device, StoredDevice};
use super::names;
use super::password::StoredPassword;
use super::proxy::StoredLogin;
use super::rows::{DeviceId, PairedOnline, Settings, StoredProfile};
use super::usage::Usage;
use super::{Entry, OpenVault, PROXY, SETTINGS};
use crate::ports::store::{Change, Row, Table};
use crate::secret::Secret;

/// A change that has been checked and can be stored.
pub struct Edit {
    /// What to write.
    pub changes: Vec<Change>,
    /// The one profile that it is about; none when it is about several.
    pub subject: Option<ProfileId>,
    made: Vec<Made>,
}

enum Made {
    Added(Box<Entry>),
    Changed(ProfileId, Box<StoredProfile>),
    Replaced(ProfileId, Box<Entry>),
    Removed(ProfileId),
    Settings(Settings),
    Device(DeviceId, Box<Device>),
    DeviceGone(DeviceId),
    Proxy(Option<Row>),
    Password(ProfileId, Option<Row>),
}

/// A change that is being put together.
pub struct Draft<'a> {
    vault: &'a OpenVault,
    settings: Settings,
    taken: Vec<Label>,
    last_device: u32,
    edit: Edit,
}

impl OpenVault {
    /// The profile that `typed` means, or the default one when nothing was typed.
    pub fn find(&self, typed: Option<&str>) -> Result<ProfileId, Fault> {
        if self.entries.is_empty() {
            return Err(FaultCode::NothingPaired.into());
        }
        match (typed, self.settings.default) {
            (Some(typed), _) => names::resolve(&self.names, typed, self.profiles_after(None)),
            (None, Some(default)) => Ok(default),
            (None, None) => match self.entries.first_key_value() {
                Some((only, _)) if self.entries.len() == 1 => Ok(*only),
                _ => Err(FaultCode::NoneNamed.into()),
            },
        }
    }

    /// The profile with exactly this name.
    pub fn find_exactly(&self, name: &str) -> Result<ProfileId, Fault> {
        self.names.exact(name).ok_or_else(|| FaultCode::NoSuchProfile.into())
    }

    /// Begins a change.
    pub fn draft(&self) -> Draft<'_> {
        Draft {
            vault: self,
            settings: self.settings.clone(),
            taken: Vec::new(),
            last_device: self.devices.last_key_value().map_or(0, |(DeviceId(last), _)| *last),
            edit: Edit { changes: Vec::new(), subject: None, made: Vec::new() },
        }
    }

    fn seal_json(
        &self,
        table: Table,
        id: u32,
        revision: u64,
        plain: &impl Serialize,
    ) -> Result<Row, Fault> {
        let plain = serde_json::to_vec(plain).map(Secret::new).map_err(|_| FaultCode::Internal)?;
        Ok(self.key.seal(table, id, revision, plain.expose()))
    }
}

impl Draft<'_> {
    /// The change as a whole; about the one profile `subject`, if it is.
    pub fn finish(mut self, subject: Option<ProfileId>) -> Result<Edit, Fault> {
        if self.settings != self.vault.settings {
            let revision = self.vault.settings_revision + 1;
            let row = self.vault.seal_json(Table::Setting, SETTINGS, revision, &self.settings)?;
            self.edit.changes.push(Change::Put(row));
            self.edit.made.push(Made::Settings(self.settings));
        }
        Ok(Edit { subject, ..self.edit })
    }

    /// A name for a new profile: `wanted` when the user gave one, else made from the key and not taken.
    pub fn name_for(
        &self,
        wanted: Option<&str>,
        issuer: &Label,
        account: &Label,
    ) -> Result<Label, Fault> {
        if let Some(wanted) = wanted {
            return self.free_name(wanted, None);
        }
        let base = [issuer, account].into_iter().find(|label| !label.is_empty());
        let base = base.map_or("passcode", Label::as_str);
        let others = (2..=limits::PROFILES + 1).map(|number| numbered(base, number));
        std::iter::once(base.to_owned())
            .chain(others)
            .find_map(|name| self.free_name(&name, None).ok())
            .ok_or_else(|| FaultCode::BadName.into())
    }

    fn free_name(&self, name: &str, own: Option<ProfileId>) -> Result<Label, Fault> {
        let label = Label::new(name)
            .map_err(|fault| Fault::because(FaultCode::BadName, format!("The name {fault}.")))?;
        let drafted = self.taken.iter().any(|taken| taken.folded() == label.folded());
        match label {
            _ if label.is_empty() => Err(FaultCode::BadName.into()),
            _ if drafted || self.vault.names.is_taken(&label, own) => {
                Err(FaultCode::NameTaken.into())
            }
            free => Ok(free),
        }
    }

    /// Whether `more` profiles find room.
    pub fn make_room(&self, more: usize) -> Result<(), Fault> {
        match self.vault.entries.len() + self.taken.len() + more <= limits::PROFILES {
            true => Ok(()),
            false => Err(FaultCode::TooManyProfiles.into()),
        }
    }

    /// A new profile.
    pub fn add(
        &mut self,
        stored: &StoredProfile,
        secret: &Secret,
        usage: Usage,
    ) -> Result<ProfileId, Fault> {
        self.make_room(1)?;
        let id = ProfileId(self.settings.next_id);
        self.settings.next_id += 1;
        let entry = self.entry(id, stored, secret, usage, [1, 1])?;
        self.taken.push(stored.name.clone());
        self.edit.made.push(Made::Added(Box::new(entry)));
        Ok(id)
    }

    /// Another secret, with parameters of its own, in the place of the present one of `id`.
    pub fn replace(
        &mut self,
        id: ProfileId,
        stored: &StoredProfile,
        secret: &Secret,
        mut usage: Usage,
    ) -> Result<(), Fault> {
        let former = self.vault.entries.get(&id).ok_or(FaultCode::NoSuchProfile)?;
        usage.follow(&former.usage);
        let revisions = [former.meta_revision + 1, former.sealed_secret.revision + 1];
        let mut entry = self.entry(id, stored, secret, usage, revisions)?;
        entry.sealed_password = former.sealed_password.clone();
        self.edit.made.push(Made::Replaced(id, Box::new(entry)));
        Ok(())
    }

    fn entry(
        &mut self,
        id: ProfileId,
        stored: &StoredProfile,
        secret: &Secret,
        mut usage: Usage,
        [meta_revision, secret_revision]: [u64; 2],
    ) -> Result<Entry, Fault> {
        let key = &self.vault.key;
        let parameters = stored.parameters().map_err(|_| FaultCode::Internal)?;
        let sealed_secret = key.seal(Table::Secret, id.0, secret_revision, secret.expose());
        let usage_row = key.seal(Table::Usage, id.0, usage.next_revision(), &usage.to_bytes());
        let meta = self.vault.seal_json(Table::Profile, id.0, meta_revision, stored)?;
        let rows = [meta, sealed_secret.clone(), usage_row];
        self.edit.changes.extend(rows.map(Change::Put));
        let (profile, pin, paired) = (stored.profile(id), stored.pin, stored.paired.clone());
        Ok(Entry {
            profile,
            parameters,
            usage,
            pin,
            paired,
            meta_revision,
            sealed_secret,
            sealed_password: None,
        })
    }

    /// Another name.
    pub fn rename(&mut self, id: ProfileId, name: &str) -> Result<(), Fault> {
        let name = self.free_name(name, Some(id))?;
        self.change(id, |stored| stored.name = name)
    }

    /// Other words of the organisation: the PIN that it asks for, and how the profile stands there.
    pub fn set_policy(
        &mut self,
        id: ProfileId,
        pin: u8,
        paired: PairedOnline,
    ) -> Result<(), Fault> {
        let entry = self.vault.entries.get(&id).ok_or(FaultCode::NoSuchProfile)?;
        if entry.pin == pin && entry.paired.as_ref() == Some(&paired) {
            return Ok(());
        }
        self.change(id, |stored| (stored.pin, stored.paired) = (pin, Some(paired)))
    }

    fn change(
        &mut self,
        id: ProfileId,
        change: impl FnOnce(&mut StoredProfile),
    ) -> Result<(), Fault> {
        let entry = self.vault.entries.get(&id).ok_or(FaultCode::NoSuchProfile)?;
        let mut stored = entry.stored();
        change(&mut stored);
        let row = self.vault.seal_json(Table::Profile, id.0, entry.meta_revision + 1, &stored)?;
        self.edit.changes.push(Change::Put(row));
        self.edit.made.push(Made::Changed(id, Box::new(stored)));
        Ok(())
    }

    /// Another default.
    pub fn set_default(&mut self, id: ProfileId) {
        self.settings.default = Some(id);
    }

    /// A removal, of the secret too.
    pub fn remove(&mut self, id: ProfileId) {
        let rows = [Table::Profile, Table::Secret, Table::Usage, Table::Password];
        self.edit.changes.extend(rows.map(|table| Change::Delete { table, id: id.0 }));
        self.settings.default = self.settings.default.filter(|default| *default != id);
        self.edit.made.push(Made::Removed(id));
    }

    /// A new device, or another writing of one that is there.
    pub fn put_device(
        &mut self,
        known: Option<DeviceId>,
        stored: &StoredDevice,
    ) -> Result<DeviceId, Fault> {
        let id = known.unwrap_or(DeviceId(self.last_device + 1));
        self.last_device = self.last_device.max(id.0);
        let revision = self.vault.devices.get(&id).map_or(1, Device::next_revision);
        let row = self.vault.seal_json(Table::Device, id.0, revision, stored)?;
        self.edit.changes.push(Change::Put(row.clone()));
        let device = Device::read(&self.vault.key, row).map_err(|_| FaultCode::Internal)?;
        self.edit.made.push(Made::Device(id, Box::new(device.1)));
        Ok(id)
    }

    /// Another login for the proxy, or none.
    pub fn set_proxy(&mut self, login: Option<&StoredLogin>) -> Result<(), Fault> {
        let revision = self.vault.proxy.as_ref().map_or(1, |row| row.revision + 1);
        let seal = |login| self.vault.seal_json(Table::Setting, PROXY, revision, login);
        let row = login.map(seal).transpose()?;
        self.edit.changes.push(match &row {
            Some(row) => Change::Put(row.clone()),
            None => Change::Delete { table: Table::Setting, id: PROXY },
        });
        self.edit.made.push(Made::Proxy(row));
        Ok(())
    }

    /// Another password that belongs to the codes of `id`, or none.
    pub fn set_password(
        &mut self,
        id: ProfileId,
        password: Option<&StoredPassword>,
    ) -> Result<(), Fault> {
        let entry = self.vault.entries.get(&id).ok_or(FaultCode::NoSuchProfile)?;
        let former = entry.sealed_password.as_ref();
        if former.is_none() && password.is_none() {
            return Err(FaultCode::NoPassword.into());
        }
        let revision = former.map_or(1, |row| row.revision + 1);
        let seal = |password| self.vault.seal_json(Table::Password, id.0, revision, password);
        let row = password.map(seal).transpose()?;
        self.edit.changes.push(match &row {
            Some(row) => Change::Put(row.clone()),
            None => Change::Delete { table: Table::Password, id: id.0 },
        });
        self.edit.made.push(Made::Password(id, row));
        Ok(())
    }

    /// Leaves out what the user has removed here and the service goes on to have.
    pub fn ignore(&mut self, paired: &PairedOnline) -> Result<(), Fault> {
        let mut stored = self.vault.device(paired.device).map_err(|_| FaultCode::VaultDamaged)?;
        stored.about.ignored.extend(paired.serial.clone());
        self.put_device(Some(paired.device), &stored).map(drop)
    }

    /// A device that is over.
    pub fn remove_device(&mut self, id: DeviceId) {
        self.edit.changes.push(Change::Delete { table: Table::Device, id: id.0 });
        self.edit.made.push(Made::DeviceGone(id));
    }
}

/// A name with a number behind it, for which the longest names make room.
fn numbered(name: &str, number: usize) -> String {
    let number = format!(" {number}");
    let end = name.floor_char_boundary(limits::LABEL_BYTES - number.len());
    format!("{}{number}", &name[..end])
}

impl Entry {
    pub(super) fn stored(&self) -> StoredProfile {
        let profile = &self.profile;
        StoredProfile {
            name: profile.name.clone(),
            issuer: profile.issuer.clone(),
            account: profile.account.clone(),
            kind: profile.kind,
            algorithm: profile.algorithm,
            digits: profile.digits,
            period: profile.period,
            weak: profile.weak,
            pin: self.pin,
            paired: self.paired.clone(),
        }
    }
}
