//! Changes to what is paired. Each is prepared (what to write), stored by the writer, and only then made in memory;
//! the keeper has one under way at a time.

use passcode_proto::event::Event;
use passcode_proto::profile::ProfileId;
use passcode_proto::{Fault, FaultCode, Label, limits};
use serde::Serialize;

use super::names;
use super::rows::StoredProfile;
use super::usage::Usage;
use super::{Entry, OpenVault, SETTINGS};
use crate::ports::store::{Change, Row, Table};
use crate::secret::Secret;

/// A change that has been checked and can be stored.
pub struct Edit {
    /// What to write.
    pub changes: Vec<Change>,
    /// The profile it is about.
    pub subject: ProfileId,
    made: Made,
}

enum Made {
    Added(Box<Entry>),
    Renamed(Label),
    Default,
    Removed,
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
        match label {
            _ if label.is_empty() => Err(FaultCode::BadName.into()),
            _ if self.names.is_taken(&label, own) => Err(FaultCode::NameTaken.into()),
            free => Ok(free),
        }
    }

    /// Prepares a new profile.
    pub fn add(
        &self,
        stored: &StoredProfile,
        secret: &Secret,
        mut usage: Usage,
    ) -> Result<Edit, Fault> {
        if self.entries.len() >= limits::PROFILES {
            return Err(FaultCode::TooManyProfiles.into());
        }
        let subject = ProfileId(self.settings.next_id);
        let parameters = stored.parameters().map_err(|_| FaultCode::Internal)?;
        let sealed_secret = self.key.seal(Table::Secret, subject.0, 1, secret.expose());
        let usage_row =
            self.key.seal(Table::Usage, subject.0, usage.next_revision(), &usage.to_bytes());
        let changes = vec![
            Change::Put(self.seal_json(Table::Profile, subject.0, 1, stored)?),
            Change::Put(sealed_secret.clone()),
            Change::Put(usage_row),
            self.settings_change(self.settings.default, subject.0 + 1)?,
        ];
        let profile = stored.profile(subject);
        let entry =
            Entry { profile, parameters, usage, pin: stored.pin, meta_revision: 1, sealed_secret };
        Ok(Edit { changes, subject, made: Made::Added(Box::new(entry)) })
    }

    /// Prepares another name.
    pub fn rename(&self, subject: ProfileId, name: &str) -> Result<Edit, Fault> {
        let entry = self.entries.get(&subject).ok_or(FaultCode::NoSuchProfile)?;
        let name = self.free_name(name, Some(subject))?;
        let stored = StoredProfile { name: name.clone(), ..entry.stored() };
        let row = self.seal_json(Table::Profile, subject.0, entry.meta_revision + 1, &stored)?;
        Ok(Edit { changes: vec![Change::Put(row)], subject, made: Made::Renamed(name) })
    }

    /// Prepares another default.
    pub fn set_default(&self, subject: ProfileId) -> Result<Edit, Fault> {
        let change = self.settings_change(Some(subject), self.settings.next_id)?;
        Ok(Edit { changes: vec![change], subject, made: Made::Default })
    }

    /// Prepares a removal, of the secret too.
    pub fn remove(&self, subject: ProfileId) -> Result<Edit, Fault> {
        let default = self.settings.default.filter(|default| *default != subject);
        let rows = [Table::Profile, Table::Secret, Table::Usage];
        let mut changes: Vec<_> = rows.map(|table| Change::Delete { table, id: subject.0 }).into();
        changes.push(self.settings_change(default, self.settings.next_id)?);
        Ok(Edit { changes, subject, made: Made::Removed })
    }

    /// Makes a stored edit, and tells what subscribers have to hear.
    pub fn make(&mut self, edit: Edit) -> Vec<Event> {
        let subject = edit.subject;
        match edit.made {
            Made::Added(entry) => self.make_added(subject, *entry),
            Made::Renamed(name) => self.make_renamed(subject, name),
            Made::Default => {
                self.settings_revision += 1;
                self.settings.default = Some(subject);
                vec![Event::DefaultChanged(Some(subject))]
            }
            Made::Removed => self.make_removed(subject),
        }
    }

    fn make_added(&mut self, subject: ProfileId, entry: Entry) -> Vec<Event> {
        self.settings_revision += 1;
        self.settings.next_id = subject.0 + 1;
        self.names.insert(&entry.profile);
        let event = Event::ProfileAdded(entry.profile.clone());
        self.entries.insert(subject, entry);
        self.look_what_is_asked();
        vec![event]
    }

    fn make_renamed(&mut self, subject: ProfileId, name: Label) -> Vec<Event> {
        let Some(entry) = self.entries.get_mut(&subject) else {
            return Vec::new();
        };
        entry.meta_revision += 1;
        self.names.remove(&entry.profile.name);
        entry.profile.name = name;
        self.names.insert(&entry.profile);
        vec![Event::ProfileChanged(entry.profile.clone())]
    }

    fn make_removed(&mut self, subject: ProfileId) -> Vec<Event> {
        self.settings_revision += 1;
        let mut events = vec![Event::ProfileRemoved(subject)];
        if let Some(entry) = self.entries.remove(&subject) {
            self.names.remove(&entry.profile.name);
        }
        self.look_what_is_asked();
        if self.settings.default == Some(subject) {
            self.settings.default = None;
            events.push(Event::DefaultChanged(None));
        }
        events
    }

    fn settings_change(&self, default: Option<ProfileId>, next_id: u32) -> Result<Change, Fault> {
        let settings = super::rows::Settings { default, next_id };
        self.seal_json(Table::Setting, SETTINGS, self.settings_revision + 1, &settings)
            .map(Change::Put)
    }

    fn seal_json(
        &self,
        table: Table,
        id: u32,
        revision: u64,
        plain: &impl Serialize,
    ) -> Result<Row, Fault> {
        let plain = serde_json::to_vec(plain).map_err(|_| FaultCode::Internal)?;
        Ok(self.key.seal(table, id, revision, &plain))
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
        }
    }
}
