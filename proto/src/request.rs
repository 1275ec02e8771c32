//! What a client can ask: one struct of parameters for each verb. The verbs themselves stand in [`crate::verb`].
//!
//! The doc comments here are the documentation that `help` serves and `docs/protocol.md` prints.

use serde::{Deserialize, Serialize};

use crate::label::Label;
use crate::profile::{Algorithm, Counter, ProfileId};
use crate::secret::SecretText;

/// One parameter of a verb, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type, as in JSON.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it can be left out.
    pub optional: bool,
    /// What it means, with units and range.
    pub about: String,
}

/// Types that a parameter can have, as a JSON client sees them.
trait JsonType {
    const NAME: &'static str;
    const OPTIONAL: bool = false;
}

macro_rules! json_types {
    ($($name:literal: $($type:ty),+;)+) => { $($(impl JsonType for $type { const NAME: &'static str = $name; })+)+ };
}

json_types! {
    "string": String, SecretText, Label;
    "64-bit number as a string": Counter;
    "number": u32, u8, ProfileId;
    "\"SHA1\" | \"SHA256\" | \"SHA512\"": Algorithm;
}

/// A flag may always be left out, which means `false`.
impl JsonType for bool {
    const NAME: &'static str = "boolean";
    const OPTIONAL: bool = true;
}

impl<T: JsonType> JsonType for Option<T> {
    const NAME: &'static str = T::NAME;
    const OPTIONAL: bool = true;
}

/// Declares the structs with their fields documented twice over: for rustdoc, and for `help`.
macro_rules! parameters {
    ($($(#[doc = $about:literal])+ $Verb:ident {
        $($(#[doc = $doc:literal])+ $(#[serde($($how:tt)+)])? $field:ident: $type:ty,)*
    })+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $Verb {
            $($(#[doc = $doc])+ $(#[serde($($how)+)])? pub $field: $type,)*
        }

        impl $Verb {
            /// The parameters, for `help`.
            pub fn parameters() -> Vec<Parameter> {
                vec![$(Parameter {
                    name: stringify!($field).to_owned(),
                    kind: <$type as JsonType>::NAME.to_owned(),
                    optional: <$type as JsonType>::OPTIONAL,
                    about: concat!($($doc),+).trim().to_owned(),
                }),*]
            }
        }
    )+};
}

parameters! {
    /// Parameters of `hello`.
    Hello {
        /// The client's own name and version, for the log.
        client: String,
    }
    /// Parameters of `help`.
    Help {}
    /// Parameters of `status`.
    Status {}
    /// Parameters of `subscribe`.
    Subscribe {}
    /// Parameters of `list`.
    List {
        /// Only profiles after this number; `next` of the page before.
        after: Option<ProfileId>,
        /// At most this many, 1 to 500; 500 when left out.
        limit: Option<u32>,
    }
    /// Parameters of `code`.
    GetCode {
        /// Name, unique beginning of a name, or `issuer:account`; the default profile when left out.
        profile: Option<String>,
        /// Never a time step that was given out before, to anyone: wait for the next one.
        #[serde(default)]
        fresh: bool,
        /// At least this many seconds of validity left, else wait for the next time step.
        min_valid: Option<u32>,
        /// Wait this many seconds at the most, 0 to 60; 60 when left out.
        wait: Option<u32>,
        /// Only show it: the time step does not count as given until it is asked for without this; refused for
        /// counter-based profiles.
        #[serde(default)]
        show: bool,
        /// While the vault is locked, fail at once rather than ask the user to unlock it.
        #[serde(default)]
        no_prompt: bool,
        /// What it is for, such as the VPN's host: shown to the user, at most 256 bytes.
        purpose: Option<Label>,
    }
    /// Parameters of `pair`.
    Pair {
        /// The pairing key: an `otpauth://` URI, a base32 secret, `hex:` and a hexadecimal secret, 12 digits from an
        /// organisation's service, `passcode://pair?…`, or another app's or privacyIDEA's URI.
        key: SecretText,
        /// The user's name for the profile; made from the key when left out.
        name: Option<String>,
        /// First counter; makes a bare secret counter-based.
        counter: Option<Counter>,
        /// Digits of a passcode, 6 to 8, whatever the key says.
        digits: Option<u8>,
        /// Hash under the HMAC, whatever the key says.
        algorithm: Option<Algorithm>,
        /// Seconds of a time step, 1 to 86400, whatever the key says.
        period: Option<u32>,
        /// Give no first passcode, so that no counter is spent.
        #[serde(default)]
        no_code: bool,
        /// The service of a key of 12 digits, `https://id.example.org`; from the key or the configuration when left out.
        service: Option<String>,
        /// What the service asks for beside the key.
        passphrase: Option<SecretText>,
    }
    /// Parameters of `rename`.
    Rename {
        /// The profile, as in `code`.
        profile: String,
        /// Its new name.
        name: String,
    }
    /// Parameters of `default`.
    SetDefault {
        /// The profile, as in `code`.
        profile: String,
    }
    /// Parameters of `unpair`.
    Unpair {
        /// The profile's whole name.
        profile: String,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
        /// When its service cannot be told now, remove the profile all the same and tell it later.
        #[serde(default)]
        offline: bool,
    }
    /// Parameters of `lock`.
    Lock {}
    /// Parameters of `unlock`.
    Unlock {
        /// The PIN, when one is set.
        pin: Option<SecretText>,
        /// The passphrase, when the key store takes one; the first one makes the vault.
        passphrase: Option<SecretText>,
        /// The recovery code, in the place of the PIN; a new PIN is then due.
        recovery: Option<SecretText>,
    }
    /// Parameters of `pin.set`.
    PinSet {
        /// The new PIN: 4 or 6 digits.
        pin: SecretText,
        /// Make a recovery code too.
        #[serde(default)]
        recovery_code: bool,
    }
    /// Parameters of `pin.change`.
    PinChange {
        /// The present PIN.
        pin: SecretText,
        /// The new one: 4 or 6 digits.
        new: SecretText,
        /// Make a recovery code too; one that was made before is void in any case.
        #[serde(default)]
        recovery_code: bool,
    }
    /// Parameters of `pin.remove`.
    PinRemove {
        /// The present PIN.
        pin: SecretText,
    }
    /// Parameters of `keystore.set`.
    KeystoreSet {
        /// The kind: `keyring`, `passphrase`, `credential` or `file`.
        kind: String,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
        /// The passphrase to be, for the kind that takes one: 8 to 1024 bytes.
        passphrase: Option<SecretText>,
    }
    /// Parameters of `reset`.
    Reset {}
    /// Parameters of `doctor`.
    Doctor {}
    /// Parameters of `hotp.show`.
    HotpShow {
        /// The profile, as in `code`; the default profile when left out.
        profile: Option<String>,
    }
    /// Parameters of `hotp.set`.
    HotpSet {
        /// The profile, as in `code`.
        profile: String,
        /// The counter of the next code; not below what it is now.
        next: Counter,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
    }
    /// Parameters of `hotp.resync`.
    HotpResync {
        /// The profile, as in `code`; the default profile when left out.
        profile: Option<String>,
        /// How many successive codes, 2 or 3; 2 when left out.
        codes: Option<u8>,
        /// Send them to the organisation's service that the profile was paired with.
        #[serde(default)]
        send: bool,
    }
    /// Parameters of `policy.refresh`.
    PolicyRefresh {}
    /// Parameters of `container.hand_over`.
    HandOver {
        /// The profile, as in `code`; the default profile when left out.
        profile: Option<String>,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
    }
    /// Parameters of `proxy.set`.
    ProxySet {
        /// The user's name at the proxy.
        user: String,
        /// The password there.
        password: SecretText,
    }
    /// Parameters of `proxy.remove`.
    ProxyRemove {}
    /// Parameters of `prompter.register`.
    PrompterRegister {}
    /// Parameters of `prompter.answer`.
    PrompterAnswer {
        /// The number of the prompt.
        prompt: u32,
        /// What was asked for; when left out, the user does not want to answer.
        typed: Option<SecretText>,
    }
    /// Parameters of `lock_times.set`.
    LockTimesSet {
        /// Seconds without a code after which the vault locks, 0 for never; as it is when left out.
        idle_lock: Option<u32>,
        /// Seconds after which it locks in any case, 0 for never; as it is when left out.
        max_open: Option<u32>,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
    }
    /// Parameters of `quit`.
    Quit {}
    /// Parameters of `password.set`.
    PasswordSet {
        /// The profile, as in `code`.
        profile: String,
        /// The password that belongs to its codes: 1 to 1024 bytes.
        password: SecretText,
        /// How password and code are joined where one field takes both; `{password}{code}` when left out.
        template: Option<String>,
        /// Never give the password without a code.
        #[serde(default)]
        joined_only: bool,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
    }
    /// Parameters of `password.remove`.
    PasswordRemove {
        /// The profile, as in `code`.
        profile: String,
        /// The PIN, when one is set.
        pin: Option<SecretText>,
    }
    /// Parameters of `password.use`.
    PasswordUse {
        /// The profile, as in `code`; the default profile when left out.
        profile: Option<String>,
        /// Joined with a code, by the template that was stored with it; else by itself, which spends no code.
        #[serde(default)]
        joined: bool,
        /// As in `code`.
        #[serde(default)]
        fresh: bool,
        /// As in `code`.
        min_valid: Option<u32>,
        /// As in `code`.
        wait: Option<u32>,
        /// As in `code`.
        #[serde(default)]
        no_prompt: bool,
        /// As in `code`.
        purpose: Option<Label>,
    }
    /// Parameters of `prompt.explain`.
    PromptExplain {
        /// What the program shows the user; up to 4096 bytes count.
        text: String,
        /// The program that shows it, such as `ssh`; found out when left out.
        program: Option<String>,
        /// The host that it logs in to; read from the text when left out.
        host: Option<String>,
        /// Whether the program's own protocol says that a second factor is asked for.
        #[serde(default)]
        challenge: bool,
    }
}
