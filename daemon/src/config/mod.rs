//! The user's `config.toml` under the administrator's `policy.toml`: read once at the start and merged into [`Rules`]. A
//! key that is not known is an error with a suggestion, never ignored: a misspelt safety setting must not look as if it
//! held. What can be written is shown by `passcoded --print-config` and `--print-policy`.

mod file;
mod network;
mod policy;
mod prompts;
mod span;

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::ports::keystore::StoreKind;
use crate::rules::{IDLE_LOCK, MAX_OPEN, Rules};
pub use file::ConfigFile;
pub use network::Reach;
pub use policy::{DOCUMENTED as DOCUMENTED_POLICY, Policy};
use span::Span;

/// The configuration, with every key that this version knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where the key of a new vault is kept.
    pub keystore: Option<StoreKind>,
    /// Digits of a PIN that the user wants: 0, 4 or 6.
    pub pin: Option<PinDigits>,
    /// Idle time after which the vault locks.
    pub idle_lock: Option<Span>,
    /// Time after which it locks in any case.
    pub max_open: Option<Span>,
    /// Keys that type a code wherever the user is.
    pub shortcut: Option<Keys>,
    /// What other programs' prompts ask for.
    pub prompt: Vec<prompts::Written>,
    /// How organisations' services are reached.
    #[serde(flatten)]
    pub network: Reach,
}

/// 0 (no PIN), 4 or 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct PinDigits(u8);

impl TryFrom<u8> for PinDigits {
    type Error = &'static str;

    fn try_from(digits: u8) -> Result<Self, Self::Error> {
        match digits {
            0 | 4 | 6 => Ok(Self(digits)),
            _ => Err("\"pin\" is 0, 4 or 6"),
        }
    }
}

/// Keys to be pressed together, as the tray reads them: letters, digits, blanks and plus signs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Keys(String);

/// Longest name of a combination of keys, in bytes.
const KEYS_BYTES: usize = 64;

impl TryFrom<String> for Keys {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | ' ' | '_');
        match text.len() <= KEYS_BYTES && text.contains('+') && text.chars().all(is_name) {
            true => Ok(Self(text)),
            false => Err("\"shortcut\" is a combination like \"Ctrl+Alt+P\""),
        }
    }
}

/// Names of the keys of [`Config`].
const KEYS: &[&str] =
    &["keystore", "pin", "idle_lock", "max_open", "shortcut", "prompt", "service", "ca", "proxy"];

/// Every key with its meaning and its default, as `passcoded --print-config` shows it.
pub const DOCUMENTED: &str = r#"# Passcode Agent: config.toml
# Every key with its default. A key that is not known is an error. The administrator's policy.toml wins over this file.

# Where the key of a new vault is kept; one that is there is moved by: passcode keystore set KIND
#   "keyring"     in the desktop's keyring (Secret Service, Keychain, Credential Manager)
#   "passphrase"  in a file that opens with a passphrase, which is asked for at each unlock
#   "credential"  in a credential of systemd: passcode.key, or one that systemd-creds (256 or later) seals
#   "file"        in vault.key beside the vault, readable by you alone. Whoever has a copy of both
#                 files can open the vault; a stolen disk is not protected.
# keystore = "keyring"

# Digits of a PIN that is asked for at each unlock: 0 (none), 4 or 6. Profiles may ask for one too; the longest counts.
# pin = 0

# A vault with PIN or passphrase locks when no code was given for so long: "90s", "3m", "1h"; "0" is never.
# idle_lock = "3m"

# It locks in any case when it was open for so long; "0" is never.
# max_open = "12h"

# Keys that type the default profile's code into the window that has the focus, while the tray runs: an example, as
# there is no default. Some desktops ask the user once.
# shortcut = "Ctrl+Alt+P"

# What prompts of other programs ask for, beside what is known of them; the first rule that fits decides. Each key of a
# rule may be left out: "text" is a line of the prompt, "program" who shows it, "host" where it logs in, all three with
# * for anything and ? for one character; "profile" is whose code or password is meant; "answer" is "code", "password",
# "password+code", "ask" (the user) or "refuse". Try one with: passcode askpass --explain "PROMPT"
# [[prompt]]
# text = "Token for *"
# program = "ssh"
# host = "*.example.org"
# profile = "work"
# answer = "code"

# The organisation's service for pairing keys of 12 digits that name none, like "https://id.example.org". Without it
# such keys need --service.
# service = "https://id.example.org"

# A file with certificates (PEM) of an authority of the organisation's own, trusted for such services beside the
# system's; an absolute path.
# ca = "/etc/ssl/example-ca.pem"

# The way to such services: "system" (the system's settings, or https_proxy and no_proxy), "none", or a proxy like
# "http://proxy.example.org:8080". A login for it is stored in the vault by: passcode service proxy-login
# proxy = "system"
"#;

/// What is wrong with a configuration, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault(pub String);

impl std::fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigFault {}

impl Config {
    /// Reads the file at `path`; a file that does not exist is an empty configuration.
    pub fn load(path: &Path) -> Result<Self, ConfigFault> {
        load(path, Self::parse)
    }

    /// Reads the text of a configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        parse(text, KEYS, "passcoded --print-config")
    }

    /// What holds, under these policies.
    ///
    /// # Errors
    /// When the configuration names a key store that a policy forbids.
    pub fn under(&self, policies: &[Policy]) -> Result<Rules, ConfigFault> {
        let rules = Rules {
            pin: self.pin.map_or(0, |PinDigits(digits)| digits),
            idle_lock: self.idle_lock.map_or(Some(IDLE_LOCK), Span::limit),
            max_open: self.max_open.map_or(Some(MAX_OPEN), Span::limit),
            prompts: self.prompt.iter().map(prompts::Written::rule).collect::<Result<_, _>>()?,
            shortcut: self.shortcut.as_ref().map(|Keys(keys)| keys.clone()),
            network: network::merged(policies.iter().map(|policy| &policy.network), &self.network),
            ..Rules::default()
        };
        let rules = policies.iter().fold(rules, |rules, policy| policy.tighten(rules));
        match self.keystore {
            Some(kind) if rules.keystores.contains(&kind) => Ok(Rules { keystore: kind, ..rules }),
            Some(_) => Err(ConfigFault(format!(
                "\"keystore\" is one that the administrator's policy forbids; it allows: {}",
                names(&rules.keystores)
            ))),
            None => {
                let first = rules.keystores.first().copied().unwrap_or(rules.keystore);
                Ok(Rules { keystore: first, ..rules })
            }
        }
    }
}

fn names(kinds: &[StoreKind]) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

fn load<T: Default>(
    path: &Path,
    parse: impl Fn(&str) -> Result<T, ConfigFault>,
) -> Result<T, ConfigFault> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            parse(&text).map_err(|fault| ConfigFault(format!("{}: {fault}", path.display())))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
        Err(error) => {
            Err(ConfigFault(format!("{} cannot be read: {}.", path.display(), error.kind())))
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str, keys: &[&str], help: &str) -> Result<T, ConfigFault> {
    let table: toml::Table = toml::from_str(text).map_err(|error| not_toml(&error, text))?;
    if let Some(unknown) = table.keys().find(|key| !keys.contains(&key.as_str())) {
        let what = format!("there is no key \"{unknown}\"{}", suggestion(unknown, keys, help));
        return Err(ConfigFault(what));
    }
    table.try_into().map_err(|error: toml::de::Error| ConfigFault(error.message().to_owned()))
}

fn not_toml(error: &toml::de::Error, text: &str) -> ConfigFault {
    let line =
        error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    ConfigFault(format!("line {line} is not TOML: {}", error.message()))
}

fn suggestion(unknown: &str, keys: &[&str], help: &str) -> String {
    let nearest =
        keys.iter().max_by_key(|key| (strsim::jaro_winkler(key, unknown) * 1000.0) as u32);
    match nearest.filter(|key| strsim::jaro_winkler(key, unknown) > 0.7) {
        Some(key) => format!("; did you mean \"{key}\"?"),
        None => format!("; {help} shows every key"),
    }
}

#[cfg(test)]
mod tests;
