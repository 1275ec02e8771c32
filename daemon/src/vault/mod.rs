//! The vault while it is open: every profile's public part, its sealed secret and its use, in memory.
//!
//! Nothing here touches the disk: what has to be written is returned as [`Change`]s for the [`writer`], and an edit
//! is made in memory only after it is on disk. Dropping the vault destroys its key.

pub mod devices;
pub mod edit;
pub mod manifest;
pub mod names;
pub mod opening;
mod password;
mod proxy;
pub mod recovery;
pub mod rekey;
pub mod rows;
pub mod seal;
pub mod slot;
pub mod tries;
pub mod usage;
pub mod writer;

use std::collections::BTreeMap;

use passcode_proto::SecretText;
use passcode_proto::profile::{Profile, ProfileId};
use passcode_proto::reply::LockState;
use passcode_proto::view::View;

use crate::otp::Parameters;
use crate::ports::store::{Change, Row, Table};
use devices::Device;
use names::Names;
pub use password::StoredPassword;
pub use proxy::StoredLogin;
use rows::{DeviceId, PairedOnline, Settings};
use seal::{Unsealable, VaultKey};
use slot::Guard;
use tries::Tries;
use usage::Usage;

/// Number of the row of [`Table::Setting`] that holds what is set.
const SETTINGS: u32 = 1;

/// Number of the row of [`Table::Setting`] that holds the login for the proxy.
const PROXY: u32 = 2;

/// An open vault.
pub struct OpenVault {
    key: VaultKey,
    /// What it will ask for when it is closed.
    pub lock: Lock,
    entries: BTreeMap<ProfileId, Entry>,
    devices: BTreeMap<DeviceId, Device>,
    /// The login for the proxy, sealed.
    proxy: Option<Row>,
    names: Names,
    settings: Settings,
    settings_revision: u64,
    /// The longest PIN that a profile asks for; looked up with every change, since every code asks for it.
    pin_asked: u8,
    /// Time-based codes of steps up to this moment may have been given by an agent that was killed before it could
    /// write them down; seconds since 1970.
    doubtful_until: Option<u64>,
    /// Whether an older copy of the vault was put back since it was last open.
    pub put_back: bool,
}

/// What stands between a closed vault and an open one.
pub struct Lock {
    /// The key of the count of wrong PINs. The device secret itself, of which it is made, is not kept in memory.
    pub count_key: VaultKey,
    /// What is asked for.
    pub guard: Guard,
    /// The slots, to check a PIN again while the vault is open.
    pub slots: Vec<Row>,
    /// The count of wrong PINs.
    pub tries: Tries,
    /// Whether the recovery code opened it, so that a new PIN is due.
    pub recovering: bool,
}

/// One profile of an open vault.
pub struct Entry {
    /// What clients may see.
    pub profile: Profile,
    /// How its codes are computed.
    pub parameters: Parameters,
    /// What of it has been used.
    pub usage: Usage,
    /// Digits of the PIN that its key or organisation asks for; 0 for none.
    pub pin: u8,
    /// What it is to the service that it was paired with online, if it was.
    pub paired: Option<PairedOnline>,
    meta_revision: u64,
    sealed_secret: Row,
    /// The password that belongs to its codes, sealed.
    sealed_password: Option<Row>,
}

impl OpenVault {
    /// The profile `id`.
    pub fn entry(&self, id: ProfileId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// The profile `id`, to note its use.
    pub fn entry_mut(&mut self, id: ProfileId) -> Option<&mut Entry> {
        self.entries.get_mut(&id)
    }

    /// Number of profiles.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// The profile that is meant when none is named.
    pub fn default_profile(&self) -> Option<ProfileId> {
        self.settings.default
    }

    /// Digits of the PIN that the profiles ask for: 0 for none.
    pub fn pin_asked(&self) -> u8 {
        self.pin_asked
    }

    fn look_what_is_asked(&mut self) {
        let asking = self.entries.values().filter(|entry| !entry.profile.ended);
        self.pin_asked = asking.map(|entry| entry.pin).max().unwrap_or_default();
    }

    /// Profiles after `after`, in order of their numbers.
    pub fn profiles_after(
        &self,
        after: Option<ProfileId>,
    ) -> impl Iterator<Item = &Profile> + Clone {
        let first = after.map_or(0, |ProfileId(id)| id.saturating_add(1));
        self.entries.range(ProfileId(first)..).map(|(_, entry)| &entry.profile)
    }

    /// What a subscriber may see of it.
    pub fn view(&self, seq: u64) -> View {
        View {
            seq,
            state: LockState::Open,
            default: self.settings.default,
            profiles: self
                .profiles_after(None)
                .map(|profile| (profile.id, profile.clone()))
                .collect(),
        }
    }

    /// Computes the code of `entry` for a counter or step. The secret is open for this one computation.
    pub fn code(&self, entry: &Entry, factor: u64) -> Result<SecretText, Unsealable> {
        let secret = self.key.open(&entry.sealed_secret)?;
        Ok(entry.parameters.code(&secret, factor))
    }

    /// The latest time step of `entry` that must count as given out.
    pub fn last_given_step(&self, entry: &Entry) -> Option<u64> {
        let doubtful = self.doubtful_until.and_then(|moment| entry.parameters.step_at(moment));
        let doubtful = doubtful.map(|step| step.number);
        entry.usage.last_step().max(doubtful)
    }

    /// Whether steps that may have been given without being written down are still to come or good at `now`, in
    /// seconds since 1970.
    pub fn is_in_doubt(&self, now: u64) -> bool {
        let doubtful = |entry: &Entry| entry.parameters.step_at(self.doubtful_until?);
        self.entries.values().filter_map(doubtful).any(|step| now < step.valid_to)
    }

    /// What has to be written so that the present use of `id` is on disk.
    pub fn usage_change(&mut self, id: ProfileId) -> Vec<Change> {
        let Some(entry) = self.entries.get_mut(&id) else {
            return Vec::new();
        };
        let revision = entry.usage.next_revision();
        vec![Change::Put(self.key.seal(Table::Usage, id.0, revision, &entry.usage.to_bytes()))]
    }
}
