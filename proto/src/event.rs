//! What a subscriber is told. Never a code, never a secret.

use serde::{Deserialize, Serialize};

use crate::label::Label;
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
    /// Another program is the one that asks the user, named as the system names it, or none any more.
    PrompterChanged(Option<String>),
    /// To the program that asks the user: a prompt to show. Any earlier one is over.
    Prompt(Prompt),
    /// To the program that asks the user: the prompt of that number is over.
    PromptOver(u32),
    /// A PIN was made, changed or removed, one is due or no longer, or the vault's key moved to another key store.
    ProtectionChanged,
    /// A program got a profile's password by itself.
    PasswordGiven(CodeGiven),
}

/// A question for the user, as the registered prompter is to ask it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its number.
    pub prompt: u32,
    /// What is asked for.
    pub wanted: Wanted,
    /// The program that waits, as in [`CodeGiven`].
    pub caller: String,
    /// The profile as that program named it: its own words; none for the default one.
    pub profile: Option<Label>,
    /// What was wrong with the answer before.
    pub trouble: Option<String>,
    /// Seconds until the prompt is over.
    pub seconds: u32,
}

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// The PIN, of so many digits.
    Pin(u8),
    /// The passphrase.
    Passphrase,
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
    /// What it is for, in the caller's words.
    pub purpose: Option<Label>,
}

/// Who gave a wrong PIN, and what that led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongPin {
    /// Seconds for which no PIN is taken now; none when another may be tried at once.
    pub blocked_for: Option<u32>,
    /// The caller's program, as in [`CodeGiven`].
    pub caller: String,
}
