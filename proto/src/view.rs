//! What a subscriber knows, under one law that the agent and every client share: applying the replay of a view
//! gives that view, and applying the same changes to equal views keeps them equal.

use std::collections::BTreeMap;
use std::fmt;

use crate::event::{Event, Numbered, ViewPart};
use crate::limits;
use crate::profile::{Profile, ProfileId};
use crate::reply::LockState;

/// The state of the agent as far as a subscriber may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Number of the last event that is contained.
    pub seq: u64,
    /// The lock state.
    pub state: LockState,
    /// The default profile.
    pub default: Option<ProfileId>,
    /// The profiles, while open.
    pub profiles: BTreeMap<ProfileId, Profile>,
}

/// An event that does not follow on what is known: subscribe again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStep;

impl fmt::Display for OutOfStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event is missing; subscribe again")
    }
}

impl std::error::Error for OutOfStep {}

impl View {
    /// A view of an agent in `state` that has no profiles to show.
    pub fn new(state: LockState) -> Self {
        Self { seq: 0, state, default: None, profiles: BTreeMap::new() }
    }

    /// The events that bring anyone who applies them to this view.
    pub fn replay(&self) -> Vec<Numbered> {
        let mut profiles = self.profiles.values().cloned();
        let parts = self.profiles.len().div_ceil(limits::PAGE as usize).max(1) as u32;
        (0..parts)
            .map(|part| {
                Event::View(ViewPart {
                    part,
                    last: part + 1 == parts,
                    state: self.state,
                    default: self.default,
                    profiles: profiles.by_ref().take(limits::PAGE as usize).collect(),
                })
            })
            .map(|event| Numbered { seq: self.seq, event })
            .collect()
    }

    /// Takes in one event; refuses one that leaves a gap, and is then unchanged.
    pub fn apply(&mut self, Numbered { seq, event }: &Numbered) -> Result<(), OutOfStep> {
        match event {
            Event::View(part) => return self.apply_part(*seq, part),
            _ if *seq != self.seq + 1 => return Err(OutOfStep),
            Event::State(state) => self.apply_state(*state),
            Event::ProfileAdded(profile) | Event::ProfileChanged(profile) => {
                self.profiles.insert(profile.id, profile.clone());
            }
            Event::ProfileRemoved(id) => {
                self.profiles.remove(id);
            }
            Event::DefaultChanged(default) => self.default = *default,
            Event::Reset => self.apply_state(LockState::Empty),
            Event::CodeGiven(_)
            | Event::PasswordGiven(_)
            | Event::WrongPin(_)
            | Event::ProtectionChanged
            | Event::PrompterChanged(_)
            | Event::Prompt(_)
            | Event::PromptOver(_) => {}
        }
        self.seq = *seq;
        Ok(())
    }

    fn apply_part(&mut self, seq: u64, part: &ViewPart) -> Result<(), OutOfStep> {
        if part.part == 0 {
            *self = Self { seq, ..Self::new(part.state) };
        } else if seq != self.seq {
            return Err(OutOfStep);
        }
        self.default = part.default;
        self.profiles.extend(part.profiles.iter().map(|profile| (profile.id, profile.clone())));
        Ok(())
    }

    fn apply_state(&mut self, state: LockState) {
        self.state = state;
        if state != LockState::Open {
            self.profiles.clear();
            self.default = None;
        }
    }
}
