//! The profiles that the window lists: those that match what is searched for, in the order of their names, and the one
//! that is selected.

use passcode_proto::profile::{Profile, ProfileId};

use super::App;
use super::Place;

/// From so many profiles on they are searched rather than picked.
pub const MANY: usize = 9;

/// What is listed.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) search: String,
    /// Those that match, in order.
    pub(super) rows: Vec<ProfileId>,
    pub(super) selected: Option<ProfileId>,
}

impl App {
    /// Lists what the agent has now; the selection stays where it can.
    pub(super) fn refresh_listing(&mut self) {
        let Some(view) = &self.view else {
            self.listing.rows.clear();
            self.listing.selected = None;
            return;
        };
        let searched = self.listing.search.trim().to_lowercase();
        let mut found: Vec<&Profile> =
            view.profiles.values().filter(|profile| matches(profile, &searched)).collect();
        found.sort_by_cached_key(|profile| profile.name.folded());
        let rows: Vec<_> = found.iter().map(|profile| profile.id).collect();
        let stays = self.listing.selected.filter(|selected| rows.contains(selected));
        let default = view.default.filter(|default| rows.contains(default));
        self.listing.selected = stays.or(default).or_else(|| rows.first().copied());
        self.listing.rows = rows;
        self.look();
    }

    pub(super) fn search(&mut self, text: String) {
        self.listing.search = text;
        // What is typed is for the best match, not for what was selected before.
        self.listing.selected = None;
        self.note = None;
        self.refresh_listing();
    }

    pub(super) fn select(&mut self, row: usize) {
        if let Some(profile) = self.listing.rows.get(row) {
            self.listing.selected = Some(*profile);
            self.note = None;
            self.look();
        }
    }

    pub(super) fn step(&mut self, by: i32) {
        let last = self.listing.rows.len().saturating_sub(1) as i64;
        let row = self.selected_row().map_or(0, |row| (row as i64 + i64::from(by)).clamp(0, last));
        self.select(row as usize);
    }

    pub(super) fn selected_row(&self) -> Option<usize> {
        self.listing.rows.iter().position(|row| Some(*row) == self.listing.selected)
    }

    /// The profile in a row of the page that manages them, which lists all.
    pub(super) fn row(&self, row: usize) -> Option<ProfileId> {
        self.listing.rows.get(row).copied()
    }

    /// Shows all profiles, to be managed.
    pub(super) fn manage(&mut self) {
        self.listing.search.clear();
        self.go(Place::Profiles);
    }

    /// Whether there are so many profiles that they are searched.
    pub(super) fn are_many(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.profiles.len() >= MANY)
    }
}

fn matches(profile: &Profile, searched: &str) -> bool {
    let fields = [&profile.name, &profile.issuer, &profile.account];
    searched.is_empty() || fields.iter().any(|field| field.folded().contains(searched))
}
