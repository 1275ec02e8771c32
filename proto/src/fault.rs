//! What can go wrong, as a closed list: each code says what happened, what to do, and how `passcode` exits.
//! Texts may change between versions, codes may not. No text ever quotes what a client sent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How the command line ends, by kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Failed in a way that no other status names.
    Failed = 1,
    /// The command was not understood.
    Usage = 2,
    /// The agent cannot be reached.
    Unreachable = 3,
    /// The vault is locked.
    Locked = 4,
    /// Refused, or not ready in time.
    Refused = 5,
    /// No such profile, several that fit, or none named among several.
    Profile = 6,
    /// Wrong PIN, passphrase or recovery code.
    WrongPin = 7,
    /// No PIN is taken after wrong ones.
    Blocked = 8,
    /// Pairing failed: a bad or weak key, or a taken name.
    Pairing = 9,
    /// The vault is damaged or cannot be read.
    Vault = 10,
}

macro_rules! fault_codes {
    ($($(#[doc = $about:literal])+ $code:ident = $name:literal, $exit:ident, $message:literal, $hint:literal;)+) => {
        /// The closed list of failures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FaultCode {
            $($(#[doc = $about])+ #[serde(rename = $name)] $code,)+
        }

        impl FaultCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The code's name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name),+ }
            }

            /// The exit status that `passcode` ends with.
            pub const fn exit(self) -> Exit {
                match self { $(Self::$code => Exit::$exit),+ }
            }

            /// What happened, when there is nothing more exact to say.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$code => $message),+ }
            }

            /// What to do.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$code => $hint),+ }
            }
        }
    };
}

fault_codes! {
    /// A message that is not of the language.
    BadRequest = "bad_request", Failed, "The request is not well formed.",
        "See docs/protocol.md for the form of a request.";
    /// A verb that this agent does not have.
    UnknownVerb = "unknown_verb", Failed, "The agent does not know this verb.",
        "Ask `help` for the verbs it has; a newer client may need a newer agent.";
    /// A parameter that the verb does not take.
    UnknownField = "unknown_field", Failed, "The verb does not take one of the parameters.",
        "Ask `help` for the verb's parameters; a newer client may need a newer agent.";
    /// A message over a size limit.
    TooLarge = "too_large", Failed, "The message is longer than 65536 bytes.",
        "Send less in one message.";
    /// A JSON message nested too deeply.
    TooDeep = "too_deep", Failed, "The message is nested more than 8 levels deep.",
        "No verb needs more than three levels.";
    /// A message that was begun and not finished.
    TooSlow = "too_slow", Failed, "The message was not complete within 10 seconds of its first byte.",
        "Send the whole message at once.";
    /// The agent has no room for this connection.
    Busy = "busy", Refused, "The agent has too many connections and closed this one.",
        "Close connections that are not in use, then try again.";
    /// The two sides speak different versions.
    Version = "version", Failed, "The agent does not speak this version of the protocol.",
        "Restart the agent after an upgrade: passcode agent stop, then any command.";
    /// The caller may not do this.
    Forbidden = "forbidden", Refused, "This caller may not do that.",
        "Run the command as the user who owns the agent.";
    /// Nothing answers at the agent's address.
    Unreachable = "unreachable", Unreachable, "The agent cannot be reached.",
        "Start it with: passcode agent start";
    /// The vault is locked.
    Locked = "locked", Locked, "The vault is locked.",
        "Unlock it with: passcode unlock";
    /// Another program asks the user.
    PrompterTaken = "prompter_taken", Refused, "Another program asks the user already.",
        "`status` names it; end it first.";
    /// The answer comes too late, or the prompt is not the caller's.
    PromptOver = "prompt_over", Refused, "This prompt is over.",
        "Show the prompts that the agent tells of, for as long as they last.";
    /// The PIN is asked for and was not given.
    PinNeeded = "pin_needed", Locked, "This takes the PIN.",
        "Type it at the prompt, or write it to standard input with: --pin -";
    /// The passphrase is asked for and was not given.
    PassphraseNeeded = "passphrase_needed", Locked, "The vault opens with a passphrase.",
        "Unlock it with: passcode unlock";
    /// A PIN has to be made before codes are given.
    PinDue = "pin_due", Locked, "A PIN has to be made before codes are given.",
        "Make one with: passcode pin set";
    /// The keyring is locked.
    KeyStoreLocked = "key_store_locked", Locked, "The keyring that holds the vault's key is locked.",
        "Unlock your keyring, or let it ask you with: passcode unlock";
    /// The PIN is wrong.
    WrongPin = "wrong_pin", WrongPin, "The PIN is wrong.",
        "Try again; the third wrong PIN in a row blocks for some minutes.";
    /// The passphrase is wrong.
    WrongPassphrase = "wrong_passphrase", WrongPin, "The passphrase is wrong.",
        "Type it again; letters and blanks count.";
    /// The recovery code is wrong.
    WrongRecoveryCode = "wrong_recovery_code", WrongPin, "The recovery code is wrong.",
        "Type it as it was written down; blanks, dashes and case do not count.";
    /// No PIN is taken after wrong ones.
    PinBlocked = "pin_blocked", Blocked, "No PIN is taken after three wrong ones.",
        "Wait until the block is over, or use the recovery code: passcode unlock --recovery -";
    /// The new PIN breaks a rule.
    WeakPin = "weak_pin", Refused, "This cannot be a PIN.",
        "Choose 4 or 6 digits: at least 3 different ones of 4, or 4 of 6, that do not just count up or down.";
    /// There is a PIN already.
    PinIsSet = "pin_is_set", Refused, "A PIN is set already.",
        "Change it with: passcode pin change";
    /// There is no PIN.
    NoPin = "no_pin", Refused, "No PIN is set.",
        "Make one with: passcode pin set";
    /// A PIN is required.
    PinRequired = "pin_required", Refused, "A PIN is required, so it cannot be removed.",
        "It is asked for by a profile's organisation, config.toml or policy.toml; change it with: passcode pin change";
    /// The administrator's policy forbids it.
    PolicyForbids = "policy_forbids", Refused, "The administrator's policy forbids this.",
        "See /etc/passcode/policy.toml, or ask your administrator.";
    /// The passphrase cannot be one.
    BadPassphrase = "bad_passphrase", Refused, "This cannot be the passphrase.",
        "Choose one of 8 to 1024 bytes; five or more random words are a good one.";
    /// A later code was asked for than can be waited for.
    NotReady = "not_ready", Refused, "The code will not be ready in time.",
        "Try again later, or ask without --fresh and --min-valid.";
    /// No profile fits.
    NoSuchProfile = "no_such_profile", Profile, "There is no such profile.",
        "See the profiles with: passcode list";
    /// Several profiles fit.
    Ambiguous = "ambiguous", Profile, "More than one profile fits.",
        "Give the whole name, as in: passcode list";
    /// No profile was named and there is no default.
    NoneNamed = "none_named", Profile, "No profile was named, and there is no default among several.",
        "Name one, or choose a default with: passcode default PROFILE";
    /// Nothing is paired yet.
    NothingPaired = "nothing_paired", Profile, "No profile is paired yet.",
        "Pair one with: passcode pair";
    /// The profile's kind does not have this.
    WrongKind = "wrong_kind", Failed, "The profile is not counter-based.",
        "Counters belong to HOTP profiles only; passcode list shows the kinds.";
    /// The counter cannot go there.
    CounterBack = "counter_back", Refused, "The counter can only be set forward.",
        "Setting it back would give a code twice; see: passcode hotp show PROFILE";
    /// The counter has no successor left.
    CounterEnd = "counter_end", Refused, "The counter has reached its end.",
        "Pair the profile again with a new key.";
    /// The name is another profile's.
    NameTaken = "name_taken", Pairing, "Another profile has this name.",
        "Choose another with --name, or unpair the other one first.";
    /// The name cannot be one.
    BadName = "bad_name", Pairing, "This cannot be a profile's name.",
        "A name has 1 to 256 bytes and no control or text-direction characters.";
    /// The pairing key cannot be used.
    BadKey = "bad_key", Pairing, "The pairing key cannot be read.",
        "Copy the key again from the page that shows it.";
    /// The organisation's key names no service.
    NoService = "no_service", Pairing, "The key is an organisation's, and it is not known which.",
        "Name its service with --service https://…, as the organisation's page shows it.";
    /// The address of a service cannot be one.
    BadService = "bad_service", Pairing, "This is no address of a service.",
        "Give it like https://id.example.org, as the organisation's page shows it.";
    /// The service does not know the key.
    KeyUnknown = "key_unknown", Pairing, "The service does not know this pairing key.",
        "Copy the key again from the organisation's page, and make sure that it is this organisation's.";
    /// The key is too old.
    KeyExpired = "key_expired", Pairing, "The time of this pairing key is over.",
        "Get a new one from the organisation's page.";
    /// The key was used before.
    KeyUsed = "key_used", Pairing, "This pairing key has been used, here or on another computer.",
        "Get a new one from the organisation's page; if it was not you who used it, tell the help desk.";
    /// The key was used here before.
    AlreadyPaired = "already_paired", Pairing, "This key is paired here already.",
        "See the profile with: passcode list";
    /// The same key is being paired.
    PairingUnderWay = "pairing_under_way", Pairing, "This key is being paired by another program.",
        "Wait for that to end, then see: passcode list";
    /// The key asks for a passphrase.
    KeyPassphraseNeeded = "key_passphrase_needed", Pairing, "The service asks for a passphrase beside the key.",
        "Run it in a terminal, or write it to standard input below the key: passcode pair - --passphrase -";
    /// The service cannot be reached.
    ServiceUnreachable = "service_unreachable", Pairing, "The service cannot be reached.",
        "Check the address and your network, then try again.";
    /// The service cannot show that it is the one.
    ServiceUntrusted = "service_untrusted", Pairing, "The service could not show that it is the right one.",
        "Make sure of the address: it is the one that the organisation's page shows.";
    /// The service's answer cannot be used.
    ServiceAnswer = "service_answer", Pairing, "The service's answer cannot be used.",
        "Make sure of the address; if it is right, tell the organisation's help desk.";
    /// The service refuses.
    ServiceRefused = "service_refused", Pairing, "The service refuses this.",
        "Ask the organisation's help desk.";
    /// The profile is not paired at its service any more.
    UnpairedThere = "unpaired_there", Profile, "The organisation has unpaired this profile, so its codes are accepted no more.",
        "Remove it with: passcode unpair, and pair again with a new key.";
    /// The profile was not paired with a service.
    NotOnline = "not_online", Failed, "The profile was not paired with an organisation's service.",
        "Type the codes into the service's own page instead.";
    /// The vault is full.
    TooManyProfiles = "too_many_profiles", Pairing, "The vault holds 10000 profiles and takes no more.",
        "Unpair profiles that are not used any more.";
    /// There is no such key store here.
    NoKeyStore = "no_key_store", Failed, "The key store is not there, so nothing can be stored safely.",
        "Start the keyring, or choose another key store in config.toml: \"passphrase\", \"credential\" or \"file\".";
    /// The key store failed.
    KeyStore = "key_store", Vault, "The key store does not give the vault's key.",
        "See docs/threat-model.md, \"Key stores\".";
    /// The vault on disk is damaged.
    VaultDamaged = "vault_damaged", Vault, "The vault on disk is damaged.",
        "It was left as it is. Put a good copy in its place, or move it away and pair again.";
    /// The vault on disk is of a later version.
    VaultNewer = "vault_newer", Vault, "The vault was written by a later version of the agent.",
        "Upgrade the agent; the vault was left as it is.";
    /// The vault on disk cannot be opened.
    VaultUnreadable = "vault_unreadable", Vault, "The vault cannot be opened.",
        "See the message for what is in the way.";
    /// The vault cannot be written.
    StoreFailed = "store_failed", Failed, "The change could not be written to disk, so it was not made.",
        "Free some disk space or mend the data folder, then try again.";
    /// The wall clock cannot be right.
    ClockWrong = "clock_wrong", Failed, "The computer's clock is before the year 2000, so time-based codes would be wrong.",
        "Set the clock, then try again.";
    /// A subscriber fell behind.
    Lagged = "lagged", Failed, "The subscriber did not take in its events and was dropped.",
        "Subscribe again; a new view comes first.";
    /// The agent is ending.
    Stopping = "stopping", Unreachable, "The agent is stopping.",
        "Try again; the next command starts it anew.";
    /// A fault of the agent itself.
    Internal = "internal", Failed, "The agent failed at something that should have worked.",
        "Run passcoded --verbose and report what its log says.";
    /// No password is stored with the profile.
    NoPassword = "no_password", Profile, "No password is stored with this profile.",
        "Store one with: passcode password set PROFILE";
    /// The password is given with a code only.
    JoinedOnly = "joined_only", Refused, "The password of this profile is given together with a code only.",
        "Store it again without --joined-only to have it by itself: passcode password set PROFILE";
}

/// How the words of [`FaultCode::NotReady`] begin when a wait is all that it takes.
const COMES_IN: &str = "The next code comes in ";

/// The words for a wait of so many seconds, for [`FaultCode::NotReady`].
pub fn comes_in(seconds: u128) -> String {
    format!("{COMES_IN}{seconds} seconds.")
}

/// Seconds after which the code comes, read from such words: clients say so before they wait.
pub fn seconds_of(words: &str) -> Option<u64> {
    words.strip_prefix(COMES_IN)?.split(' ').next()?.parse().ok()
}

/// One failure: its code, what happened and what to do, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which of the closed list.
    pub code: FaultCode,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// A failure with its own account of what happened.
    pub fn because(code: FaultCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: code.hint().to_owned() }
    }

    /// The same failure with its own advice.
    pub fn advise(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self::because(code, code.message())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_happened_and_what_to_do() {
        for code in FaultCode::ALL {
            assert!(code.message().ends_with('.'), "{}: a sentence", code.name());
            assert!(code.hint().len() > 10, "{}: advice", code.name());
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }

    #[test]
    fn limits_named_in_texts_are_the_limits_in_force() {
        use crate::limits;
        assert!(FaultCode::TooLarge.message().contains(&limits::REQUEST_BYTES.to_string()));
        assert!(FaultCode::TooDeep.message().contains(&limits::JSON_DEPTH.to_string()));
        assert!(FaultCode::TooSlow.message().contains(&limits::MESSAGE_TIME.as_secs().to_string()));
        assert!(FaultCode::TooManyProfiles.message().contains(&limits::PROFILES.to_string()));
        assert!(FaultCode::BadName.hint().contains(&limits::LABEL_BYTES.to_string()));
        let passphrases = [limits::PASSPHRASE_BYTES.start(), limits::PASSPHRASE_BYTES.end()];
        let hint = FaultCode::BadPassphrase.hint();
        assert!(passphrases.iter().all(|bytes| hint.contains(&bytes.to_string())));
    }
}
