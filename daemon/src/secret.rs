//! Bytes that must not be seen: a profile's secret while a passcode is computed, the keys of the vault.
//! Where they are kept and how they are sealed is the vault's affair.

use std::fmt;

use zeroize::Zeroizing;

/// Secret bytes: wiped when dropped, copied only where it is spelled out, shown by `Debug` as `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over `bytes`; their buffer is the one that gets wiped, so it must never have grown.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A copy of the bytes of `text`.
    pub fn of(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }

    /// The bytes themselves, for one computation.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
