//! What the windows show of the state, as plain values: [`crate::window`] hands them over one by one.

use passcode_proto::profile::{CodeType, Profile};
use passcode_proto::reply::LockState;

use super::pins::Step;
use super::{App, Place, managing};
use crate::texts;

/// Which page the main window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The agent is away.
    Away,
    /// The agent is being started.
    Starting,
    /// The vault cannot be used.
    Broken,
    /// The vault is locked, or being opened.
    Locked,
    /// The passcode.
    Passcode,
    /// The name of a profile to be added.
    Name,
    /// Its key.
    Key,
    /// The present PIN.
    OldPin,
    /// A new one.
    NewPin,
    /// The new one once more.
    AgainPin,
    /// Behind the gear.
    Settings,
    /// The profiles, to be managed.
    Profiles,
    /// A profile's new name.
    Rename,
    /// Whether a profile is to be removed.
    Unpair,
    /// How long the vault stays open.
    LockTimes,
    /// What this is.
    About,
}

/// A profile in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Issuer and account, where they say more than the name.
    pub detail: String,
    /// Whether it is the default.
    pub is_default: bool,
}

/// The code on show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeScene {
    /// In groups, or what stands in its place.
    pub text: String,
    /// As a screen reader says it.
    pub spoken: String,
    /// Whether there is one.
    pub is_there: bool,
    /// Seconds that are left of it, and how many there were; none for a counter-based one.
    pub left: Option<(i32, i32)>,
}

/// What the main window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// The page.
    pub page: Page,
    /// Counts the tries; fields are emptied when it changes.
    pub turn: i32,
    /// Whether something is waited for.
    pub is_busy: bool,
    /// A sentence about what was done.
    pub note: String,
    /// Whether that is an error.
    pub note_is_bad: bool,
    /// What stands beside the code, or in its place where the vault cannot be used.
    pub warning: String,
    /// All that the user should know of agent and vault.
    pub warnings: Vec<String>,
    /// The profiles that are listed.
    pub rows: Vec<Row>,
    /// Which of them is selected.
    pub selected: Option<usize>,
    /// Whether they are searched.
    pub are_many: bool,
    /// What is searched for.
    pub search: String,
    /// The selected profile, its issuer and account.
    pub profile: Option<Row>,
    /// Its code.
    pub code: CodeScene,
    /// What opens the vault.
    pub opening: OpeningScene,
    /// The PIN that is being made.
    pub pin: PinScene,
    /// The profile that is being added, renamed or removed.
    pub pairing: PairingScene,
    /// Choices and the present one: without a code, and in any case.
    pub lock_times: [(Vec<String>, usize); 2],
    /// Whether there is a page to go back to.
    pub has_back: bool,
}

/// What opens the vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpeningScene {
    /// Digits of the PIN; 0 for none.
    pub pin_digits: u8,
    /// Whether it is a passphrase.
    pub wants_passphrase: bool,
    /// Seconds for which no PIN is taken.
    pub blocked_for: u64,
    /// Whether it is being opened.
    pub is_opening: bool,
}

/// The PIN that is being made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinScene {
    /// Digits that it has to have: 0, 4 or 6.
    pub required: u8,
    /// What is to be said of what is typed.
    pub rule: String,
    /// Whether that is a PIN.
    pub is_good: bool,
    /// Whether one is needed, so that it cannot be removed.
    pub is_required: bool,
}

/// The profile that is being added, renamed or removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairingScene {
    /// Its name; may be empty.
    pub name: String,
    /// What its key is recognised as.
    pub recognised: String,
    /// Whether the service's address has to be typed.
    pub wants_service: bool,
    /// Whether the key comes with a passphrase.
    pub wants_passphrase: bool,
}

/// What another program's request shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptScene {
    /// The program.
    pub caller: String,
    /// The profile; empty for the default one.
    pub profile: String,
    /// Counts the tries.
    pub turn: i32,
    /// What was wrong before.
    pub trouble: String,
    /// Digits of the PIN; none for a passphrase.
    pub pin_digits: Option<u8>,
    /// Whether what was typed is being tried.
    pub is_tried: bool,
    /// Seconds until it is over.
    pub left: u64,
}

impl App {
    /// Whether the main window is to be open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether something on show changes by time alone.
    pub fn needs_ticks(&self) -> bool {
        let timed = self.shown.as_ref().is_some_and(|shown| shown.until.is_some());
        self.prompt.is_some() || self.is_open && (timed || self.blocked_until.is_some())
    }

    /// What the main window shows.
    pub fn scene(&self) -> Scene {
        let page = self.page();
        let note = self.note.clone();
        Scene {
            page,
            turn: self.turn,
            is_busy: self.busy.is_some(),
            note_is_bad: note.as_ref().is_some_and(|note| note.is_bad),
            note: note.map(|note| note.text).unwrap_or_default(),
            warning: self.warning(),
            warnings: self.warnings(),
            rows: self
                .listing
                .rows
                .iter()
                .filter_map(|id| self.profile(*id))
                .map(|profile| self.row_of(profile))
                .collect(),
            selected: self.selected_row(),
            are_many: self.are_many(),
            search: self.listing.search.clone(),
            profile: self.selected().map(|profile| self.row_of(profile)),
            code: self.code_scene(),
            opening: self.opening_scene(),
            pin: self.pin_scene(),
            pairing: self.pairing_scene(),
            lock_times: self.lock_times_scene(),
            has_back: self.has_back(),
        }
    }

    /// What the window of the open prompt shows.
    pub fn prompt_scene(&self) -> Option<PromptScene> {
        let open = self.prompt.as_ref()?;
        let profile = open.prompt.profile.as_ref();
        Some(PromptScene {
            caller: open.prompt.caller.clone(),
            profile: profile.map(ToString::to_string).unwrap_or_default(),
            turn: self.turn,
            trouble: open.prompt.trouble.clone().map(texts::tr_owned).unwrap_or_default(),
            pin_digits: Self::asked_digits(&open.prompt),
            is_tried: open.is_tried,
            left: open.until.saturating_sub(self.now.run),
        })
    }

    fn page(&self) -> Page {
        let Some(view) = &self.view else {
            return match (&self.place, self.starting) {
                (Place::About, _) => Page::About,
                (_, true) => Page::Starting,
                (_, false) => Page::Away,
            };
        };
        match (view.state, &self.place) {
            (_, Place::About) => Page::About,
            (LockState::Broken, _) => Page::Broken,
            // The first pairing makes the vault.
            (LockState::Empty | LockState::Opening, Place::AddKey(_)) => Page::Key,
            (LockState::Locked | LockState::Opening, _) => Page::Locked,
            (LockState::Empty, _) => Page::Name,
            (LockState::Open, place) => self.page_of(place),
        }
    }

    fn page_of(&self, place: &Place) -> Page {
        match place {
            Place::Home if self.view.as_ref().is_some_and(|view| view.profiles.is_empty()) => {
                Page::Name
            }
            Place::Home => Page::Passcode,
            Place::AddName => Page::Name,
            Place::AddKey(_) => Page::Key,
            Place::Pin(pin) => match pin.step {
                Step::Old => Page::OldPin,
                Step::New { .. } => Page::NewPin,
                Step::Again { .. } => Page::AgainPin,
            },
            Place::Settings => Page::Settings,
            Place::Profiles => Page::Profiles,
            Place::Rename(_) => Page::Rename,
            Place::Unpair(_) => Page::Unpair,
            Place::LockTimes => Page::LockTimes,
            Place::About => Page::About,
        }
    }

    fn has_back(&self) -> bool {
        match &self.place {
            Place::AddName | Place::Home => !self.listing.rows.is_empty(),
            Place::Pin(pin) => pin.before().is_some(),
            _ => true,
        }
    }

    /// All that the user should know of agent and vault.
    fn warnings(&self) -> Vec<String> {
        let warnings = self.status.iter().flat_map(|status| &status.warnings);
        warnings.cloned().map(texts::tr_owned).collect()
    }

    /// What stands beside the code, or in its place.
    fn warning(&self) -> String {
        let is_broken = self.state_is(LockState::Broken);
        let mut warnings = self.warnings();
        warnings.retain(|warning| is_broken || warning.contains(CLOCK));
        warnings.join("\n")
    }

    fn selected(&self) -> Option<&Profile> {
        self.profile(self.listing.selected?)
    }

    fn row_of(&self, profile: &Profile) -> Row {
        let default = self.view.as_ref().and_then(|view| view.default);
        let parts = [profile.issuer.as_str(), profile.account.as_str()];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|part| !part.is_empty() && *part != profile.name.as_str())
            .collect();
        let detail = match profile.ended {
            true => texts::tr("Unpaired by its organisation").to_owned(),
            false => parts.join(" · "),
        };
        Row { name: profile.name.to_string(), detail, is_default: default == Some(profile.id) }
    }

    fn code_scene(&self) -> CodeScene {
        let Some(profile) = self.selected() else { return CodeScene::default() };
        let Some(shown) = self.shown.as_ref().filter(|shown| shown.profile == profile.id) else {
            return no_code(profile);
        };
        let text = grouped(shown.code.expose());
        let left = shown.until.map(|until| {
            (until.saturating_sub(self.now.wall) as i32, profile.period.max(1) as i32)
        });
        let spoken = texts::with("Passcode {}", &[&text]);
        CodeScene { text, spoken, is_there: true, left }
    }

    fn opening_scene(&self) -> OpeningScene {
        OpeningScene {
            pin_digits: self.pin_digits(),
            wants_passphrase: self.takes_passphrase(),
            blocked_for: self.blocked_for(),
            is_opening: self.is_opening(),
        }
    }

    fn pin_scene(&self) -> PinScene {
        let is_required = self.status.as_ref().is_some_and(|status| status.pin.required > 0);
        match &self.place {
            Place::Pin(pin) => PinScene {
                required: pin.required,
                rule: pin.rule.clone(),
                is_good: pin.is_good,
                is_required,
            },
            _ => PinScene { is_required, ..PinScene::default() },
        }
    }

    fn pairing_scene(&self) -> PairingScene {
        match &self.place {
            Place::AddKey(adding) => PairingScene {
                name: adding.name.clone(),
                recognised: adding.recognised.clone(),
                wants_service: adding.wants_service,
                wants_passphrase: adding.wants_passphrase,
            },
            Place::Rename(id) | Place::Unpair(id) => {
                let name = self.profile(*id).map(|profile| profile.name.to_string());
                PairingScene { name: name.unwrap_or_default(), ..PairingScene::default() }
            }
            _ => PairingScene::default(),
        }
    }

    fn lock_times_scene(&self) -> [(Vec<String>, usize); 2] {
        let times = self.lock_times().unwrap_or_default();
        [times.idle_lock, times.max_open].map(|present| {
            let choices = managing::choices(present).into_iter().map(managing::spelled).collect();
            (choices, managing::chosen(present))
        })
    }
}

/// What the agent's warning of a wrong clock has, and no other: with it codes may be refused, so it stands beside them.
const CLOCK: &str = "clock";

/// What stands in the place of a code that is not there.
fn no_code(profile: &Profile) -> CodeScene {
    let spoken = match profile.kind {
        CodeType::Hotp => texts::tr("No passcode yet. Press Refresh for one."),
        CodeType::Totp | CodeType::Steam => texts::tr("No passcode yet."),
    };
    let text = grouped(&"•".repeat(usize::from(profile.digits)));
    CodeScene { text, spoken: spoken.to_owned(), is_there: false, left: None }
}

/// A code in two groups of nearly the same length, as people read numbers to each other.
pub fn grouped(code: &str) -> String {
    let signs: Vec<char> = code.chars().collect();
    let half = signs.len().div_ceil(2);
    match signs.len() {
        0..=5 => code.to_owned(),
        _ => signs[..half].iter().chain(&[' ']).chain(&signs[half..]).collect(),
    }
}
