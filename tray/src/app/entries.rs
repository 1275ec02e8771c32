//! What the menu holds, from the top to the bottom, and what the icon shows, for every state. Pure.

use passcode_proto::profile::Profile;
use passcode_proto::reply::LockState;

use super::App;
use super::input::Action;
use crate::texts;

/// Profiles that the menu lists at the most; the window lists them all.
const LISTED: usize = 20;

/// Signs of a name that the menu shows at the most.
const NAME_SIGNS: usize = 40;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line that does something.
    Item {
        /// What it says.
        label: String,
        /// What it does.
        action: Action,
    },
    /// A line that only says something.
    Text(String),
    /// A line between others.
    Separator,
}

/// What the icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Codes can be had.
    Open,
    /// The vault is locked.
    Locked,
    /// The user is asked for something.
    Attention,
    /// The agent is away, or its vault cannot be used.
    Away,
}

impl Sign {
    /// What it means, for the tooltip.
    pub fn tooltip(self) -> &'static str {
        texts::tr(match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Attention => "asks for your PIN",
            Self::Away => "the agent is away",
        })
    }
}

impl App {
    /// What the icon shows.
    pub fn sign(&self) -> Sign {
        match self.view.as_ref().map(|view| view.state) {
            _ if self.prompt.is_some() => Sign::Attention,
            Some(LockState::Open) if self.pin_is_due() => Sign::Attention,
            Some(LockState::Open | LockState::Empty) => Sign::Open,
            Some(LockState::Locked | LockState::Opening) => Sign::Locked,
            Some(LockState::Broken) | None => Sign::Away,
        }
    }

    /// What the menu holds.
    pub fn entries(&self) -> Vec<Entry> {
        let Some(view) = &self.view else { return self.entries_while_away() };
        let mut entries = self.profile_entries();
        entries.push(item("Show passcode…", Action::Open));
        entries.push(item("Add profile…", Action::Add));
        match view.state {
            LockState::Open if self.protects() => entries.push(item("Lock", Action::Lock)),
            LockState::Locked => entries.push(item("Unlock…", Action::Open)),
            _ => {}
        }
        entries.push(item("Settings…", Action::Settings));
        entries.push(item("About", Action::About));
        entries.push(Entry::Separator);
        entries.push(item("Quit", Action::Quit));
        entries
    }

    fn entries_while_away(&self) -> Vec<Entry> {
        let state =
            if self.starting { "The agent is starting…" } else { "The agent is not running" };
        vec![
            Entry::Text(texts::tr(state).to_owned()),
            item("Start agent", Action::StartAgent),
            Entry::Separator,
            item("About", Action::About),
            item("Quit", Action::Quit),
        ]
    }

    fn profile_entries(&self) -> Vec<Entry> {
        let profiles = self.view.iter().flat_map(|view| view.profiles.values());
        let mut profiles: Vec<&Profile> = profiles.collect();
        if profiles.is_empty() {
            return Vec::new();
        }
        profiles.sort_by_cached_key(|profile| profile.name.folded());
        let are_more = profiles.len() > LISTED;
        let mut entries: Vec<_> =
            profiles.iter().take(LISTED).map(|profile| code_of(profile)).collect();
        if are_more {
            entries.push(item("All profiles…", Action::Open));
        }
        entries.push(Entry::Separator);
        entries
    }

    /// Whether locking the vault protects anything.
    fn protects(&self) -> bool {
        self.pin_digits() > 0 || self.takes_passphrase()
    }
}

fn item(label: &'static str, action: Action) -> Entry {
    Entry::Item { label: texts::tr(label).to_owned(), action }
}

fn code_of(profile: &Profile) -> Entry {
    let name = profile.name.as_str();
    let label = match name.char_indices().nth(NAME_SIGNS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    };
    Entry::Item { label, action: Action::CopyOf(profile.id) }
}
