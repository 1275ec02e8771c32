//! What comes into the tray's state and what goes out of it. Nothing here does anything.

use std::path::PathBuf;

use passcode_proto::client::prompter::Prompting;
use passcode_proto::profile::ProfileId;
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, Request, SecretText};

/// The two clocks, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970.
    pub wall: u64,
    /// Since the program began; not set by anybody.
    pub run: u64,
}

/// Something that has happened.
#[derive(Debug)]
pub enum Input {
    /// The agent's state is this now.
    Seen(View),
    /// The agent's state is the same, but what protects the vault is not, or a wrong PIN was counted.
    Stale,
    /// The agent is away.
    Lost,
    /// A program got a passcode.
    Given {
        /// For this profile.
        profile: ProfileId,
        /// Its name, as the system has it.
        caller: String,
    },
    /// The agent has answered.
    Answered(What, Result<Answer, Fault>),
    /// The agent has a prompt for the user, or no longer.
    Prompting(Prompting),
    /// The connection over which prompts come is gone.
    Unregistered,
    /// An agent was started, or not.
    Started(Result<(), Fault>),
    /// A QR code was looked for and its key paired, or the sentence that says why not.
    Scanned(Result<(), String>),
    /// The clipboard took what was copied, or the sentence that says why not.
    Copied(What, Result<u32, String>),
    /// The user wants something.
    Act(Action),
    /// Another session bus is there in the place of one that has died.
    BusIsBack,
    /// Time goes on while a window shows it.
    Tick,
}

/// Something that the user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The main window.
    Open,
    /// The main window is closed.
    Hide,
    /// A step back: to the page before, or out of the window.
    Back,
    /// Copy the code of the selected profile.
    Copy,
    /// The same, and close the window.
    CopyAndHide,
    /// Copy the code of a profile, from the menu.
    CopyOf(ProfileId),
    /// Copy the code of the default profile.
    CopyDefault,
    /// Type the code of the default profile into the window that has the focus.
    TypeDefault,
    /// Another code.
    Refresh,
    /// Select the profile in this row.
    Select(usize),
    /// Move the selection by so many rows.
    Step(i32),
    /// Show the profiles that match.
    Search(String),
    /// Open the vault, with what was typed.
    Unlock(SecretText),
    /// Lock it.
    Lock,
    /// Start an agent.
    StartAgent,
    /// Add a profile.
    Add,
    /// Its name; empty when it is to be made from the key.
    Name(String),
    /// A pairing key is being typed.
    KeyTyped(SecretText),
    /// Pair.
    Pair {
        /// The key.
        key: SecretText,
        /// The service's address; may be empty.
        service: String,
        /// What the service asks for beside the key; may be empty.
        passphrase: SecretText,
    },
    /// Look for a QR code.
    Scan(Source),
    /// The present PIN, before a new one is made.
    OldPin(SecretText),
    /// Remove the PIN.
    RemovePin(SecretText),
    /// A new PIN is being typed.
    PinTyped(SecretText),
    /// The new PIN.
    NewPin(SecretText),
    /// The new PIN once more.
    AgainPin(SecretText),
    /// The page behind the gear.
    Settings,
    /// A new PIN.
    ChangePin,
    /// The profiles, to be managed.
    Profiles,
    /// Rename the profile in this row.
    Rename(usize),
    /// Its new name.
    Renamed(String),
    /// Make the profile in this row the default.
    MakeDefault(usize),
    /// Remove the profile in this row.
    Unpair(usize),
    /// That is meant; with the PIN, when one is set.
    Unpaired(SecretText),
    /// How long the vault stays open.
    LockTimes,
    /// Choices among [`super::managing::TIMES`], with the PIN when one is set.
    SetLockTimes(usize, usize, SecretText),
    /// What this is.
    About,
    /// What was typed at another program's prompt.
    Answer(SecretText),
    /// That prompt is not to be answered.
    Cancel,
    /// End the tray.
    Quit,
}

/// Where a QR code is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the screen.
    Screen,
    /// In the clipboard.
    Clipboard,
    /// In this file.
    File(PathBuf),
}

/// What an answer is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// How the agent is.
    Status,
    /// A code to look at.
    Show(ProfileId),
    /// Another code to look at.
    Refresh(ProfileId),
    /// A code to copy from the window.
    Copy(ProfileId),
    /// A code to copy while the window closes.
    CopyAndHide(ProfileId),
    /// A code to copy from the menu.
    MenuCopy(ProfileId),
    /// `unlock`.
    Unlock,
    /// `lock`.
    Lock,
    /// `pair`.
    Pair,
    /// A new PIN.
    MakePin,
    /// No PIN any more.
    RemovePin,
    /// Another name.
    Rename,
    /// Another default.
    MakeDefault,
    /// A profile less.
    Unpair,
    /// Other lock times.
    LockTimes,
}

impl What {
    /// Whether a code is asked for to be copied.
    pub fn copies(self) -> bool {
        matches!(self, Self::Copy(_) | Self::CopyAndHide(_) | Self::MenuCopy(_))
    }
}

/// Something that is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the agent.
    Ask(What, Request),
    /// Start an agent.
    StartAgent,
    /// Look for a QR code and pair with its key under this name, which may be empty.
    Scan(Source, String),
    /// Copy a code for so many seconds.
    Copy(What, SecretText, u32),
    /// Take a code of ours out of the clipboard.
    ClearClipboard,
    /// Type the default profile's code into the window that has the focus.
    TypeDefault,
    /// Listen to these keys from now on, or to none.
    Listen(Option<String>),
    /// Tell the user, without a code.
    Notify(Notice),
    /// Answer the prompt of that number.
    AnswerPrompt(u32, Option<SecretText>),
    /// Bring the main window to the front.
    Raise,
    /// End.
    Quit,
}

/// What the user is told when no window shows it. Never holds a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The heading.
    pub title: String,
    /// The sentence below it.
    pub body: String,
}
