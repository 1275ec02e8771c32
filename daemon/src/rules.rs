//! What holds for this agent: the user's configuration under the administrator's policy, merged once at the start. How
//! the files are read is told in `config`; what the profiles ask for beside it is in the vault.

use std::path::PathBuf;
use std::time::Duration;

use crate::kdf::Cost;
use crate::origin::Origin;
use crate::ports::keystore::StoreKind;
use crate::prompts::Rule;

/// Idle time after which a vault with a PIN or passphrase locks, when nothing else is said.
pub const IDLE_LOCK: Duration = Duration::from_secs(3 * 60);

/// Time after which it locks in any case, when nothing else is said.
pub const MAX_OPEN: Duration = Duration::from_secs(12 * 60 * 60);

/// The merged rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Digits that a PIN has to have at the least: 0 (no PIN is needed), 4 or 6.
    pub pin: u8,
    /// Idle time after which the vault locks; none for never.
    pub idle_lock: Option<Duration>,
    /// Time after which it locks in any case; none for never.
    pub max_open: Option<Duration>,
    /// The longest `idle_lock` that the administrator allows; none where any is.
    pub longest_idle_lock: Option<Duration>,
    /// The longest `max_open` that the administrator allows; none where any is.
    pub longest_max_open: Option<Duration>,
    /// Whether recovery codes may be made.
    pub recovery_code: bool,
    /// Where the key of a new vault is kept.
    pub keystore: StoreKind,
    /// The key stores that the administrator allows.
    pub keystores: Vec<StoreKind>,
    /// How much work the key of a PIN is.
    pub cost: Cost,
    /// Keys that type a code wherever the user is, for the tray; none when it is to listen to none.
    pub shortcut: Option<String>,
    /// What the user has said of other programs' prompts.
    pub prompts: Vec<Rule>,
    /// How organisations' services are reached.
    pub network: Network,
}

/// How organisations' services are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The service of keys that name none.
    pub service: Option<Origin>,
    /// A file with certificates (PEM) of an authority of the organisation's own, trusted beside the system's.
    pub authority: Option<PathBuf>,
    /// Which way HTTPS goes.
    pub proxy: Proxy,
}

/// Which way HTTPS goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system says: its settings, or the environment's `https_proxy` and `no_proxy`.
    #[default]
    System,
    /// Straight there.
    Direct,
    /// Through this proxy, `http://host:port`.
    Through(String),
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            pin: 0,
            idle_lock: Some(IDLE_LOCK),
            max_open: Some(MAX_OPEN),
            longest_idle_lock: None,
            longest_max_open: None,
            recovery_code: true,
            keystore: StoreKind::Keyring,
            keystores: StoreKind::ALL.to_vec(),
            cost: Cost::USUAL,
            shortcut: None,
            prompts: Vec::new(),
            network: Network::default(),
        }
    }
}
