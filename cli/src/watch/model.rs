//! What the live list knows: the agent's profiles, the codes on show, which row is selected, and the filter.
//! Pure: time comes in as seconds since 1970, and nothing here draws, asks or waits.

use std::collections::{HashMap, HashSet};

use passcode_proto::SecretText;
use passcode_proto::profile::{CodeType, Profile, ProfileId};
use passcode_proto::reply::{Code, LockState, Validity};
use passcode_proto::request::Unlock;
use passcode_proto::view::View;

use super::question::Question;
use crate::input::Kind;
use crate::text;

/// How long a note stays on the screen, in seconds.
const NOTE: u64 = 5;

/// How long a spent counter-based code stays on the screen, in seconds.
const SPENT: u64 = 60;

/// After how many seconds a code that could not be had is asked for again.
const RETRY: u64 = 5;

/// Longest filter, in characters.
const FILTER: usize = 64;

/// What is on show for one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A time-based code, good from and to these seconds.
    Timed { code: SecretText, from: u64, to: u64 },
    /// A counter-based code that was spent, shown until this second.
    Spent { code: SecretText, until: u64 },
    /// No code could be had, for this reason; asked for again from this second on.
    Missing { why: String, retry: u64 },
}

/// The filter of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What has been typed.
    pub text: String,
    /// Whether it is being typed.
    pub typing: bool,
}

impl Filter {
    /// Adds a character, if it can be seen and there is room.
    pub fn add(&mut self, c: char) {
        if text::is_visible(c) && self.text.chars().count() < FILTER {
            self.text.push(c);
        }
    }

    /// Takes the last character away.
    pub fn erase(&mut self) {
        self.text.pop();
    }
}

/// Everything that is drawn.
#[derive(Debug, Default)]
pub struct Model {
    /// What the agent says; none while it is away, and before it has said anything.
    pub view: Option<View>,
    /// Whether the agent is away.
    pub away: bool,
    /// The filter.
    pub filter: Filter,
    /// What the user is asked for, while the vault is locked.
    pub question: Option<Question>,
    shown: HashMap<ProfileId, Shown>,
    /// Profiles whose code has been asked for and has not come yet.
    asked: HashSet<ProfileId>,
    selected: Option<ProfileId>,
    /// The first row on the screen, counted in the filtered list.
    top: usize,
    /// How many rows the screen has for the list.
    height: usize,
    note: Option<(String, u64)>,
}

impl Model {
    /// Takes in what the agent says now.
    pub fn see(&mut self, view: View) {
        self.shown.retain(|id, _| view.profiles.contains_key(id));
        self.view = Some(view);
        self.away = false;
        self.question.take_if(|_| !is_locked(self.view.as_ref()));
        self.keep_selection();
    }

    /// The agent has gone away, and its codes with it.
    pub fn lose(&mut self) {
        self.view = None;
        self.away = true;
        self.shown.clear();
        self.question = None;
    }

    /// Whether the vault is locked.
    pub fn is_locked(&self) -> bool {
        is_locked(self.view.as_ref())
    }

    /// Asks for a secret that the vault opens with, unless it is open meanwhile.
    pub fn ask_for(&mut self, kind: Kind, given: Unlock) {
        self.note = None;
        self.question = self.is_locked().then(|| Question::new(kind, given));
    }

    /// The profiles that pass the filter, in the order of their pairing.
    pub fn listed(&self) -> Vec<&Profile> {
        let wanted = self.filter.text.to_lowercase();
        let profiles = self.view.iter().flat_map(|view| view.profiles.values());
        profiles.filter(|profile| fits(profile, &wanted)).collect()
    }

    /// The rows on the screen, and the number of the first one.
    pub fn visible(&self) -> (usize, Vec<&Profile>) {
        let listed = self.listed();
        let end = (self.top + self.height).min(listed.len());
        (self.top.min(end), listed.get(self.top..end).unwrap_or_default().to_vec())
    }

    /// The selected profile.
    pub fn selected(&self) -> Option<&Profile> {
        self.view.as_ref()?.profiles.get(&self.selected?)
    }

    /// Whether `id` is the default profile.
    pub fn is_default(&self, id: ProfileId) -> bool {
        self.view.as_ref().is_some_and(|view| view.default == Some(id))
    }

    /// What is on show for a profile.
    pub fn shown(&self, id: ProfileId) -> Option<&Shown> {
        self.shown.get(&id)
    }

    /// Gives the list so many rows, and scrolls so that the selected one is among them.
    pub fn fit(&mut self, height: usize) {
        self.height = height;
        let (count, at) = (self.listed().len(), self.position().unwrap_or(0));
        self.top =
            self.top.min(at).max((at + 1).saturating_sub(height)).min(count.saturating_sub(height));
    }

    /// Selects the row so many rows further down or up, stopping at either end.
    pub fn step(&mut self, rows: isize) {
        let at = self.position().unwrap_or(0).saturating_add_signed(rows);
        self.select(at);
    }

    /// Selects a row a screenful further down or up.
    pub fn page(&mut self, pages: isize) {
        self.step(pages * self.height.max(1) as isize);
    }

    /// Selects a row by its number in the filtered list, or the last.
    pub fn select(&mut self, at: usize) {
        let listed = self.listed();
        let id = listed.get(at).or(listed.last()).map(|profile| profile.id);
        self.selected = id;
    }

    fn position(&self) -> Option<usize> {
        self.listed().iter().position(|profile| Some(profile.id) == self.selected)
    }

    /// Selects another row when the selected one has gone; while no row is there, it may come back.
    fn keep_selection(&mut self) {
        if self.position().is_none() && !self.listed().is_empty() {
            self.select(self.top);
        }
    }

    /// Changes the filter; the selection stays where it can.
    pub fn filter_by(&mut self, change: impl FnOnce(&mut Filter)) {
        change(&mut self.filter);
        self.keep_selection();
    }

    /// Profiles on the screen whose code has to be asked for now, by number and name.
    pub fn due(&self, now: u64) -> Vec<(ProfileId, String)> {
        let (_, visible) = self.visible();
        let due = visible.into_iter().filter(|profile| self.is_due(profile, now));
        due.map(|profile| (profile.id, profile.name.to_string())).collect()
    }

    /// A profile's code has been asked for; it is not due again until an answer has come.
    pub fn ask(&mut self, id: ProfileId) {
        self.asked.insert(id);
    }

    fn is_due(&self, profile: &Profile, now: u64) -> bool {
        profile.kind != CodeType::Hotp
            && !self.asked.contains(&profile.id)
            && match self.shown.get(&profile.id) {
                Some(Shown::Timed { from, to, .. }) => !(*from..*to).contains(&now),
                Some(Shown::Missing { retry, .. }) => now >= *retry,
                Some(Shown::Spent { .. }) | None => true,
            }
    }

    /// Puts a code on show, unless the vault was locked while it was on its way.
    pub fn put(&mut self, id: ProfileId, code: Code, now: u64) {
        let shown = match code.validity {
            Validity::Time { valid_from, valid_to, .. } => {
                Shown::Timed { code: code.code, from: valid_from, to: valid_to }
            }
            Validity::Count { .. } => Shown::Spent { code: code.code, until: now + SPENT },
        };
        self.answer(id, shown);
    }

    /// Says why there is no code.
    pub fn miss(&mut self, id: ProfileId, why: String, now: u64) {
        self.answer(id, Shown::Missing { why, retry: now + RETRY });
    }

    fn answer(&mut self, id: ProfileId, shown: Shown) {
        self.asked.remove(&id);
        if self.view.as_ref().is_some_and(|view| view.profiles.contains_key(&id)) {
            self.shown.insert(id, shown);
        }
    }

    /// Shows a note for a few seconds.
    pub fn note(&mut self, note: String, now: u64) {
        self.note = Some((note, now + NOTE));
    }

    /// The note on show.
    pub fn noted(&self) -> Option<&str> {
        self.note.as_ref().map(|(note, _)| note.as_str())
    }

    /// Takes away what has been on show for long enough.
    pub fn age(&mut self, now: u64) {
        self.note.take_if(|(_, until)| now >= *until);
        self.shown.retain(|_, shown| !matches!(shown, Shown::Spent { until, .. } if now >= *until));
    }

    /// Whether anything on the screen changes as time goes by.
    pub fn ticks(&self) -> bool {
        let timed = |profile: &&Profile| {
            profile.kind != CodeType::Hotp || self.shown.contains_key(&profile.id)
        };
        self.note.is_some() || self.visible().1.iter().any(timed)
    }
}

fn is_locked(view: Option<&View>) -> bool {
    view.is_some_and(|view| view.state == LockState::Locked)
}

fn fits(profile: &Profile, wanted: &str) -> bool {
    wanted.is_empty()
        || [&profile.name, &profile.issuer, &profile.account]
            .iter()
            .any(|label| label.folded().contains(wanted))
}
