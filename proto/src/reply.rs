//! What the agent answers: one struct for each kind of answer.

mod login;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::label::Label;
use crate::profile::{CodeType, Counter, Profile, ProfileId};
use crate::request::Parameter;
use crate::secret::SecretText;

pub use login::{Login, Meaning, Meant};

/// Nothing to tell but that it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// Answer to `hello`. Frozen: later versions only add features.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The newest protocol version that the agent speaks.
    pub protocol: u32,
    /// The oldest one.
    pub oldest: u32,
    /// The agent's own version.
    pub agent: String,
    /// What it can do beyond the first release of this protocol version.
    pub features: Vec<String>,
}

/// Answer to `help`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpTable {
    /// Every verb.
    pub verbs: Vec<VerbHelp>,
}

/// What `help` says of one verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerbHelp {
    /// Its name, `method` in JSON-RPC.
    pub name: String,
    /// What it does.
    pub about: String,
    /// What it takes.
    pub params: Vec<Parameter>,
    /// The type of its answer.
    pub answer: String,
}

/// Whether the vault's secrets can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LockState {
    /// Nothing has been paired yet; there is no vault.
    Empty,
    /// The keys are not in memory.
    Locked,
    /// The vault is being opened.
    Opening,
    /// Codes are served.
    Open,
    /// The vault on disk cannot be used; `status` says why.
    Broken,
}

/// Answer to `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReport {
    /// Whether codes can be had.
    pub state: LockState,
    /// Where the agent listens.
    pub socket: String,
    /// The agent's process.
    pub pid: u32,
    /// The agent's own version.
    pub agent: String,
    /// The protocol version.
    pub protocol: u32,
    /// Number of profiles while the vault is open.
    pub profiles: Option<u32>,
    /// Name of the default profile while the vault is open.
    pub default: Option<Label>,
    /// The kind of key store that the vault uses, or that one to be made will use.
    pub keystore: String,
    /// How it is with the PIN.
    pub pin: PinReport,
    /// Whether the vault opens with a passphrase.
    pub passphrase: bool,
    /// Seconds until the vault locks by itself when no further code is given; none when it does not.
    pub locks_in: Option<u32>,
    /// What the user and the administrator have set.
    pub settings: Box<Settings>,
    /// The program that asks the user when others wait, as the system names it.
    pub prompter: Option<Box<str>>,
    /// Connections that are open now.
    pub connections: u32,
    /// Number of the last event, for clients that would rather ask than subscribe.
    pub seq: u64,
    /// Pairings with organisations' services while the vault is open, with what they have still to be told.
    pub services: Vec<ServiceReport>,
    /// What the user should know: weak protection, a wrong clock, a damaged vault.
    pub warnings: Vec<String>,
}

/// What was set, as far as clients need to know it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// How long the vault stays open.
    pub lock_times: LockTimes,
    /// Keys that type the default profile's code into the window that has the focus.
    pub shortcut: Option<String>,
}

/// How long the vault stays open; answer to `lock_times.set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockTimes {
    /// Seconds without a code after which it locks; none for never.
    pub idle_lock: Option<u32>,
    /// Seconds after which it locks in any case; none for never.
    pub max_open: Option<u32>,
    /// The longest `idle_lock` that the administrator's policy allows; none where any is.
    pub longest_idle_lock: Option<u32>,
    /// The longest `max_open` that it allows.
    pub longest_max_open: Option<u32>,
}

/// How it is with the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PinReport {
    /// Digits of the PIN that is set; none when there is none or the vault has not been looked at yet.
    pub set: Option<u8>,
    /// Digits that a PIN has to have at the least: 0 (none is required), 4 or 6. While the vault is locked, what the
    /// profiles require is not known.
    pub required: u8,
    /// Whether a PIN has to be made, or a longer one, before codes are given.
    pub due: bool,
    /// Wrong PINs that lead to a block, when that is known.
    pub tries_left: Option<u8>,
    /// Seconds for which no PIN is taken, as far as is known.
    pub blocked_for: Option<u32>,
}

/// Answer to `pin.set` and `pin.change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinMade {
    /// The recovery code, when one was asked for: to be written down, never shown again.
    pub recovery_code: Option<SecretText>,
    /// Whether a recovery code that was made before is void now.
    pub former_code_void: bool,
}

/// Answer to `reset`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiped {
    /// What could not be destroyed, and how to do it by hand.
    pub warnings: Vec<String>,
}

/// Answer to `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What was looked at, in a fixed order.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, in a few words.
    pub about: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub message: String,
    /// What to do; empty when there is nothing to do.
    pub hint: String,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, and protects less than it could.
    Weak,
    /// It does not work.
    Bad,
}

/// Answer to `subscribe`; events follow on the same connection, and no further request is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// Number of the state that the first view shows.
    pub seq: u64,
}

/// Answer to `list`: profiles in the order of their pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePage {
    /// The profiles of this page.
    pub profiles: Vec<Profile>,
    /// The default profile.
    pub default: Option<ProfileId>,
    /// What to give as `after` for the next page; none when this is the last.
    pub next: Option<ProfileId>,
}

/// When a passcode is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Validity {
    /// A time-based one: between two moments.
    Time {
        /// First second, in seconds since 1970.
        valid_from: u64,
        /// First second at which it is over.
        valid_to: u64,
        /// Seconds left when the answer was made.
        seconds_left: u32,
    },
    /// A counter-based one: until it is used.
    Count {
        /// The counter it was made from.
        counter: Counter,
    },
}

/// Answer to `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The profile's name.
    pub profile: Label,
    /// The passcode.
    pub code: SecretText,
    /// Its kind.
    pub kind: CodeType,
    /// When it is good.
    pub validity: Validity,
}

/// Answer to `pair`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// The new profile; none when a service has no passcodes for it yet.
    pub profile: Option<Profile>,
    /// Further ones that came by the same key.
    pub others: Vec<Profile>,
    /// Its first passcode, which completes the pairing on the service's page.
    pub first: Option<Box<Code>>,
    /// Digits of a PIN that has to be made before codes are given; then there is no first one.
    pub pin_due: Option<u8>,
    /// What the organisation's page shows of this computer's key, to be compared: `ABCD-EFGH`.
    pub fingerprint: Option<String>,
    /// What the user has to type into the service's page so that it can make the same secret.
    pub client_part: Option<SecretText>,
    /// What the user should know about the key.
    pub warnings: Vec<String>,
}

/// Answer to `unpair`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpaired {
    /// Whether the service has still to be told, which is done as soon as it can be reached.
    pub queued: bool,
}

/// Answer to `policy.refresh`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Every pairing with a service.
    pub services: Vec<ServiceReport>,
}

/// Answer to `container.hand_over`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The key to pair with on the other computer, or here once more; good for some minutes.
    pub key: SecretText,
}

/// How a pairing with an organisation's service is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceReport {
    /// Host and port of the service.
    pub service: String,
    /// Names of the profiles that belong to it.
    pub profiles: Vec<Label>,
    /// What its page shows of this computer's key; none where it shows nothing.
    pub fingerprint: Option<String>,
    /// When it was last asked with success, in seconds since 1970.
    pub refreshed: Option<u64>,
    /// Why it could not be asked the last time.
    pub trouble: Option<String>,
    /// What it has still to be told: `unpair`.
    pub queued: Option<String>,
}

/// Answer to `hotp.show` and `hotp.set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotpState {
    /// The profile's name.
    pub profile: Label,
    /// The counter of the next code.
    pub next: Counter,
}

/// Answer to `hotp.resync`: successive codes for the service's "synchronise token" form (RFC 4226 §7.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resync {
    /// The profile's name.
    pub profile: Label,
    /// The codes, in order; all of them are spent.
    pub codes: Vec<SecretText>,
    /// The counter of the next code.
    pub next: Counter,
}

/// The two spellings of a [`Code`]: fields side by side in JSON, the plain enum in binary.
#[derive(Serialize, Deserialize)]
struct BinaryCode {
    profile: Label,
    code: SecretText,
    kind: CodeType,
    validity: Validity,
}

/// A [`Code`] as JSON has it; fields that a later agent adds are ignored.
#[derive(Deserialize)]
struct JsonCode {
    profile: Label,
    code: SecretText,
    #[serde(rename = "type")]
    kind: CodeType,
    valid_from: Option<u64>,
    valid_to: Option<u64>,
    seconds_left: Option<u32>,
    counter: Option<Counter>,
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            let Self { profile, code, kind, validity } = self.clone();
            return BinaryCode { profile, code, kind, validity }.serialize(serializer);
        }
        let mut fields = serializer.serialize_struct("Code", 6)?;
        fields.serialize_field("profile", &self.profile)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("type", &self.kind)?;
        match self.validity {
            Validity::Time { valid_from, valid_to, seconds_left } => {
                fields.serialize_field("valid_from", &valid_from)?;
                fields.serialize_field("valid_to", &valid_to)?;
                fields.serialize_field("seconds_left", &seconds_left)?;
            }
            Validity::Count { counter } => fields.serialize_field("counter", &counter)?,
        }
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let BinaryCode { profile, code, kind, validity } =
                BinaryCode::deserialize(deserializer)?;
            return Ok(Self { profile, code, kind, validity });
        }
        let json = JsonCode::deserialize(deserializer)?;
        let validity = match (json.valid_from, json.valid_to, json.seconds_left, json.counter) {
            (Some(valid_from), Some(valid_to), Some(seconds_left), None) => {
                Validity::Time { valid_from, valid_to, seconds_left }
            }
            (None, None, None, Some(counter)) => Validity::Count { counter },
            _ => return Err(serde::de::Error::custom("neither a time nor a counter")),
        };
        Ok(Self { profile: json.profile, code: json.code, kind: json.kind, validity })
    }
}
