//! Where device secrets live: 32 random bytes that open the vault of this computer together with its file, and the
//! [`Anchor`], a few numbers beside them by which an older copy of the file is noticed.
//!
//! The stores themselves have modules of their own; what a secret is used for is said in the vault's `slot`. A store
//! keeps two secrets while keys are being changed: the old one until the new one is in use.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use crate::ports::store::StoreFault;
use crate::secret::Secret;

/// Length of a device secret in bytes.
pub const DEVICE_SECRET_BYTES: usize = 32;

/// Most secrets that a store keeps at once.
pub const SECRETS: usize = 2;

/// The kinds of key store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// A file beside the vault.
    File,
    /// The desktop's keyring: Secret Service, Keychain or Credential Manager.
    Keyring,
    /// A file that opens with a passphrase.
    Passphrase,
    /// A credential of the service manager.
    Credential,
}

impl StoreKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Keyring, Self::Passphrase, Self::Credential, Self::File];

    /// What it is called in the configuration and in `status`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::Credential => "credential",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What is noted outside the vault's file, and only ever rises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Generation of the vault's manifest when it was last opened or closed.
    pub generation: u64,
    /// Number of the last try of a PIN.
    pub attempt: u64,
    /// How often a block after wrong PINs has followed another.
    pub doublings: u8,
}

impl Anchor {
    /// The numbers of both, whichever is further.
    pub fn merged(self, other: Self) -> Self {
        Self {
            generation: self.generation.max(other.generation),
            attempt: self.attempt.max(other.attempt),
            doublings: self.doublings.max(other.doublings),
        }
    }
}

/// What a store keeps.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The secrets, at most [`SECRETS`]; none when nothing was stored.
    pub secrets: Vec<Secret>,
    /// The anchor, when one was noted.
    pub anchor: Option<Anchor>,
}

/// What the store may use to open itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Access<'a> {
    /// Whether the user has just asked for this, so that the store may ask the user in its turn (a keyring's own
    /// window, for a minute at the most). Without it nothing ever pops up.
    pub may_ask: bool,
    /// The passphrase, for the store that takes one.
    pub passphrase: Option<&'a Secret>,
}

/// A keeper of device secrets. All calls may block, each for a bounded time.
pub trait KeyStore: Send + Sync {
    /// What it does not protect from, when users should know; for `status`.
    fn warning(&self) -> Option<&'static str> {
        None
    }

    /// Everything that is kept. Nothing is made or changed by it.
    fn load(&self, access: Access<'_>) -> Result<Kept, KeyStoreFault>;

    /// Keeps one more secret durably, beside those that are there; nothing happens when it is there already.
    ///
    /// # Errors
    /// [`KeyStoreFault::Taken`] when [`SECRETS`] others are there.
    fn add(&self, secret: &Secret) -> Result<(), KeyStoreFault>;

    /// Forgets every secret but this one, beyond recovery where the store can do that.
    fn keep_only(&self, secret: &Secret) -> Result<(), KeyStoreFault>;

    /// Notes the anchor durably, over the one before.
    fn note(&self, anchor: Anchor) -> Result<(), KeyStoreFault>;

    /// Forgets the secrets and the anchor; nothing happens when there are none.
    fn delete(&self) -> Result<(), KeyStoreFault>;

    /// Sets the passphrase under which secrets are kept from now on, for the store that takes one. The secrets that
    /// are there have to be opened before, or to be none.
    fn set_passphrase(&self, _passphrase: &Secret) -> Result<(), KeyStoreFault> {
        Err(KeyStoreFault::NoPassphrase)
    }

    /// Drops what it holds in memory between calls, for the vault is being locked.
    fn forget(&self) {}
}

/// The key stores of one place, by kind.
pub trait KeyStores: Send + Sync {
    /// The store of this kind.
    fn of(&self, kind: StoreKind) -> Arc<dyn KeyStore>;
}

/// Why a key store cannot do its work. `Display` says what happened, [`KeyStoreFault::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStoreFault {
    /// The disk, the folder or the file.
    Disk(StoreFault),
    /// What is kept there is not a device secret; it is left as it is.
    Damaged,
    /// Other device secrets are kept there already.
    Taken,
    /// There is no such store on this system, or nothing answers.
    Absent(&'static str),
    /// The keyring is locked, and the user was not to be asked or did not unlock it.
    Locked,
    /// It did not answer in time.
    Late,
    /// It failed or went away in the middle of a call.
    Failed(&'static str),
    /// It opens with a passphrase, and none was given.
    PassphraseNeeded,
    /// The passphrase is not the right one.
    WrongPassphrase,
    /// It takes no passphrase.
    NoPassphrase,
    /// It can be read, but not changed.
    ReadOnly,
}

impl KeyStoreFault {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Disk(fault) => fault.hint(),
            Self::Damaged => {
                "Put back the key that belongs to the vault, or move both away and pair again."
            }
            Self::Taken => "Move the old key away if its vault is no longer needed.",
            Self::Absent(_) => {
                "Start it, or choose another key store in config.toml: keystore = \"passphrase\" asks for a passphrase, \
                 \"credential\" takes one from systemd, and \"file\" keeps the key in a file beside the vault, which does \
                 not protect a stolen disk."
            }
            Self::Locked => "Unlock your keyring, or let it ask you with: passcode unlock",
            Self::Late | Self::Failed(_) => {
                "See whether the keyring works, for example with seahorse or KWalletManager, then: passcode unlock"
            }
            Self::PassphraseNeeded => "Unlock it with: passcode unlock",
            Self::WrongPassphrase => "Type it again; letters and blanks count.",
            Self::NoPassphrase => "Only the key store \"passphrase\" takes one.",
            Self::ReadOnly => {
                "Change the credential where it was made, or move to another key store: passcode keystore set KIND"
            }
        }
    }
}

impl fmt::Display for KeyStoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(fault) => fault.fmt(f),
            Self::Damaged => f.write_str("the key store does not hold a device secret"),
            Self::Taken => f.write_str("the key store holds other device secrets already"),
            Self::Absent(what) => write!(f, "{what}"),
            Self::Locked => f.write_str("the keyring is locked"),
            Self::Late => f.write_str("the key store did not answer in time"),
            Self::Failed(what) => write!(f, "{what}"),
            Self::PassphraseNeeded => f.write_str("the key store opens with a passphrase"),
            Self::WrongPassphrase => f.write_str("the passphrase is not the right one"),
            Self::NoPassphrase => f.write_str("this key store takes no passphrase"),
            Self::ReadOnly => f.write_str("the credential can be read, but not changed"),
        }
    }
}

impl std::error::Error for KeyStoreFault {}

impl From<StoreFault> for KeyStoreFault {
    fn from(fault: StoreFault) -> Self {
        Self::Disk(fault)
    }
}
