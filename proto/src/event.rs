//! What a subscriber is told. Never a code, never a secret.

use serde::{Deserialize, Serialize};

use crate::profile::{Profile, ProfileId};
use crate::reply::LockState;

/// An event with its number. Changes are numbered without gaps; all parts of one view carry the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// The number of the state that holds after this event.
    pub seq: u64,
    /// What happened.
    pub event: Event,
}

/// What can happen. A client ignores events that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Everything a subscriber may know, in one or more parts; the first part starts afresh.
    View(ViewPart),
    /// The lock state changed; in any state but open, profiles are not to be seen.
    State(LockState),
    /// A profile was paired.
    ProfileAdded(Profile),
    /// A profile has another name.
    ProfileChanged(Profile),
    /// A profile was unpaired.
    ProfileRemoved(ProfileId),
    /// Another profile is the default, or none.
    DefaultChanged(Option<ProfileId>),
    /// A program got a passcode.
    CodeGiven(CodeGiven),
    /// A wrong PIN was given.
    WrongPin(WrongPin),
    /// The vault was destroyed for good; a change of state follows.
    Reset,
}

/// A part of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewPart {
    /// Counts the parts from 0.
    pub part: u32,
    /// Whether this is the last part.
    pub last: bool,
    /// The lock state.
    pub state: LockState,
    /// The default profile.
    pub default: Option<ProfileId>,
    /// Profiles, in order of their numbers, at most [`crate::limits::PAGE`].
    pub profiles: Vec<Profile>,
}

/// Who got a passcode for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGiven {
    /// The profile.
    pub profile: ProfileId,
    /// The caller's program as the system names it: a label for people, nothing to rely on.
    pub caller: String,
}

/// Who gave a wrong PIN, and what that led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongPin {
    /// Seconds for which no PIN is taken now; none when another may be tried at once.
    pub blocked_for: Option<u32>,
    /// The caller's program, as in [`CodeGiven`].
    pub caller: String,
}
