//! Stored edits, made in memory: what subscribers have to hear comes of it.

use passcode_proto::event::Event;
use passcode_proto::profile::ProfileId;

use super::{Edit, Made};
use crate::vault::rows::{Settings, StoredProfile};
use crate::vault::{Entry, OpenVault};

impl OpenVault {
    /// Makes a stored edit, and tells what subscribers have to hear.
    pub fn make(&mut self, edit: Edit) -> Vec<Event> {
        let events = edit.made.into_iter().flat_map(|made| self.make_one(made)).collect();
        self.look_what_is_asked();
        events
    }

    fn make_one(&mut self, made: Made) -> Vec<Event> {
        match made {
            Made::Added(entry) => vec![self.make_added(*entry)],
            Made::Changed(id, stored) => self.make_changed(id, *stored).into_iter().collect(),
            Made::Replaced(id, entry) => {
                let event = Event::ProfileChanged(entry.profile.clone());
                self.entries.insert(id, *entry);
                vec![event]
            }
            Made::Removed(id) => self.make_removed(id),
            Made::Settings(settings) => self.make_settings(settings),
            Made::Device(id, device) => {
                self.devices.insert(id, *device);
                Vec::new()
            }
            Made::Proxy(row) => {
                self.proxy = row;
                Vec::new()
            }
            Made::Password(id, row) => {
                if let Some(entry) = self.entries.get_mut(&id) {
                    entry.sealed_password = row;
                }
                Vec::new()
            }
            Made::DeviceGone(id) => {
                self.devices.remove(&id);
                Vec::new()
            }
        }
    }

    fn make_added(&mut self, entry: Entry) -> Event {
        self.names.insert(&entry.profile);
        let event = Event::ProfileAdded(entry.profile.clone());
        self.entries.insert(entry.profile.id, entry);
        event
    }

    fn make_changed(&mut self, id: ProfileId, stored: StoredProfile) -> Option<Event> {
        let entry = self.entries.get_mut(&id)?;
        entry.meta_revision += 1;
        self.names.remove(&entry.profile.name);
        entry.pin = stored.pin;
        entry.profile = stored.profile(id);
        entry.paired = stored.paired;
        self.names.insert(&entry.profile);
        Some(Event::ProfileChanged(entry.profile.clone()))
    }

    fn make_removed(&mut self, id: ProfileId) -> Vec<Event> {
        if let Some(entry) = self.entries.remove(&id) {
            self.names.remove(&entry.profile.name);
        }
        vec![Event::ProfileRemoved(id)]
    }

    fn make_settings(&mut self, settings: Settings) -> Vec<Event> {
        self.settings_revision += 1;
        let is_news = self.settings.default != settings.default;
        self.settings = settings;
        is_news.then_some(Event::DefaultChanged(self.settings.default)).into_iter().collect()
    }
}
