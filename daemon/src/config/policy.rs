//! The administrator's `policy.toml`. It can only tighten: a longer PIN, shorter times, fewer key stores; what it says of
//! services stands above the user's. That holds for a `policy.toml` beside the user's own configuration too, and the
//! machine's stands above that one.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::{ConfigFault, PinDigits, Reach, Span, load, parse};
use crate::ports::keystore::StoreKind;
use crate::rules::Rules;

/// A policy, with every key that this version knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Digits that a PIN has to have at the least: 0, 4 or 6.
    pub pin: Option<PinDigits>,
    /// The longest idle time that a user may set.
    pub idle_lock: Option<Span>,
    /// The longest time for which a vault may stay open.
    pub max_open: Option<Span>,
    /// Whether recovery codes may be made.
    pub recovery_code: Option<bool>,
    /// The key stores that may be used, the first of them by default.
    pub keystores: Option<Vec<StoreKind>>,
    /// How organisations' services are reached.
    #[serde(flatten)]
    pub network: Reach,
}

pub(super) const KEYS: &[&str] =
    &["pin", "idle_lock", "max_open", "recovery_code", "keystores", "service", "ca", "proxy"];

/// Every key with its meaning and its default, as `passcoded --print-policy` shows it.
pub const DOCUMENTED: &str = r#"# Passcode Agent: policy.toml
# The administrator's. On this machine: /etc/passcode/policy.toml (Windows: %ProgramData%\Passcode Agent\policy.toml).
# It wins over config.toml and can only tighten. Every key with its default; a key that is not known is an error, and
# the agent does not start.

# Digits that a PIN has to have at the least: 0 (no PIN is needed), 4 or 6.
# pin = 0

# The longest idle time after which a vault with PIN or passphrase locks; without it users choose, also "0" for never.
# idle_lock = "3m"

# The longest time for which it may stay open; without it users choose.
# max_open = "12h"

# Whether a recovery code may be made, which opens the vault in the place of a forgotten PIN.
# recovery_code = true

# The key stores that may be used; the first is the one for new vaults.
# keystores = ["keyring", "passphrase", "credential", "file"]

# The organisation's service for pairing keys of 12 digits that name none.
# service = "https://id.example.org"

# A file with certificates (PEM) of an authority of the organisation's own, trusted for such services beside the
# system's; an absolute path.
# ca = "/etc/ssl/example-ca.pem"

# The way to such services: "system" (the system's settings, or https_proxy and no_proxy), "none", or a proxy like
# "http://proxy.example.org:8080".
# proxy = "system"
"#;

impl Policy {
    /// Reads the file at `path`; a file that does not exist asks for nothing.
    pub fn load(path: &Path) -> Result<Self, ConfigFault> {
        load(path, Self::parse)
    }

    /// Reads the text of a policy.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let policy: Self = parse(text, KEYS, "passcoded --print-policy")?;
        match &policy.keystores {
            Some(kinds) if kinds.is_empty() => {
                Err(ConfigFault("\"keystores\" has to name one at the least".to_owned()))
            }
            _ => Ok(policy),
        }
    }

    /// The rules with what this policy asks for.
    pub(super) fn tighten(&self, rules: Rules) -> Rules {
        let keystores = match &self.keystores {
            Some(allowed) => {
                allowed.iter().copied().filter(|kind| rules.keystores.contains(kind)).collect()
            }
            None => rules.keystores.clone(),
        };
        Rules {
            pin: self.pin.map_or(rules.pin, |PinDigits(digits)| digits.max(rules.pin)),
            idle_lock: shorter(rules.idle_lock, self.idle_lock),
            max_open: shorter(rules.max_open, self.max_open),
            longest_idle_lock: shorter(rules.longest_idle_lock, self.idle_lock),
            longest_max_open: shorter(rules.longest_max_open, self.max_open),
            recovery_code: rules.recovery_code && self.recovery_code != Some(false),
            keystores,
            ..rules
        }
    }
}

/// The shorter of two limits, of which either may be none.
fn shorter(chosen: Option<Duration>, allowed: Option<Span>) -> Option<Duration> {
    let allowed = allowed.and_then(Span::limit);
    chosen.into_iter().chain(allowed).min()
}
