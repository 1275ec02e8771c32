//! Where the device secret lives: 32 random bytes that open the vault of this computer together with its file.
//! The stores themselves have modules of their own; what the secret is used for is said in the vault's `slot`.

use std::fmt;

use crate::ports::store::StoreFault;
use crate::secret::Secret;

/// Length of a device secret in bytes.
pub const DEVICE_SECRET_BYTES: usize = 32;

/// A keeper of one device secret. All calls may block.
pub trait KeyStore: Send + Sync {
    /// What it is called in the configuration and in `status`.
    fn kind(&self) -> &'static str;

    /// What it does not protect from, when users should know; for `status`.
    fn warning(&self) -> Option<&'static str>;

    /// The device secret, or `None` when there is none.
    fn load(&self) -> Result<Option<Secret>, KeyStoreFault>;

    /// Keeps the secret durably. Never over a different one: that is [`KeyStoreFault::Taken`].
    fn store(&self, secret: &Secret) -> Result<(), KeyStoreFault>;

    /// Forgets the secret; nothing happens when there is none.
    fn delete(&self) -> Result<(), KeyStoreFault>;
}

/// Why a key store cannot do its work. `Display` says what happened, [`KeyStoreFault::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStoreFault {
    /// The disk, the folder or the file.
    Disk(StoreFault),
    /// What is kept there is not a device secret; it is left as it is.
    Damaged,
    /// Another device secret is kept there already.
    Taken,
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
        }
    }
}

impl fmt::Display for KeyStoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(fault) => fault.fmt(f),
            Self::Damaged => f.write_str("the key store does not hold a device secret"),
            Self::Taken => f.write_str("the key store holds another device secret already"),
        }
    }
}

impl std::error::Error for KeyStoreFault {}

impl From<StoreFault> for KeyStoreFault {
    fn from(fault: StoreFault) -> Self {
        Self::Disk(fault)
    }
}
