//! Sealing of single rows with the vault key. A sealed row opens only with its own key, table, id and revision; whether
//! a row is missing or older than it should be cannot be seen from the row alone, but from `manifest`.
//!
//! [`VaultKey::seal`] writes down the format. `slot` seals the vault key itself in the same way, under another key.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::aead;
use crate::memory::page::KeyPage;
use crate::ports::store::{Row, Table};
use crate::secret::Secret;

pub use crate::memory::page::KEY_BYTES;

const DOMAIN: &[u8; 18] = b"passcode vault row";
const FORMAT_VERSION: u8 = 1;

/// The key of all rows, in a page of its own; wiped when dropped.
pub struct VaultKey(KeyPage);

impl VaultKey {
    /// A new key.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut key = KeyPage::blank();
        getrandom::fill(key.expose_mut()).map_err(|_| NoRandomness)?;
        Ok(Self(key))
    }

    /// The key that these bytes are, when they are as many as a key has.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY_BYTES {
            return None;
        }
        let mut key = KeyPage::blank();
        key.expose_mut().copy_from_slice(bytes);
        Some(Self(key))
    }

    /// Its bytes, for tests that make sure that they are nowhere else.
    #[cfg(any(test, feature = "fakes"))]
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        self.expose()
    }

    /// A key of which `fill` makes the bytes.
    pub(super) fn filled(fill: impl FnOnce(&mut [u8])) -> Self {
        let mut key = KeyPage::blank();
        fill(&mut key.expose_mut()[..]);
        Self(key)
    }

    /// Another key, for another purpose: HKDF-SHA256 (RFC 5869) of this one.
    pub(super) fn derive(&self, purpose: &[u8]) -> Self {
        Self::filled(|bytes| {
            Hkdf::<Sha256>::new(None, self.expose())
                .expand(purpose, bytes)
                .expect("32 bytes are within what HKDF can give");
        })
    }

    /// The same key once more, for another owner.
    pub(super) fn copy(&self) -> Self {
        Self::filled(|bytes| bytes.copy_from_slice(self.expose()))
    }

    pub(super) fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose()
    }

    /// Seals one writing of a row.
    ///
    /// The sealed bytes are a random nonce (24 bytes), the XChaCha20 ciphertext (as long as the plaintext) and the
    /// Poly1305 tag (16 bytes). The tag also covers the row's place, 32 bytes:
    ///
    /// | bytes | are |
    /// |---|---|
    /// | 0–17 | `passcode vault row`, ASCII |
    /// | 18 | format version, 1 |
    /// | 19 | table: slot 1, profile 2, secret 3, usage 4, setting 5, manifest 6, attempt 7, device 8 |
    /// | 20–23 | id, big-endian |
    /// | 24–31 | revision, big-endian |
    ///
    /// # Panics
    /// When the system that has given random bytes for the key gives none any more.
    pub fn seal(&self, table: Table, id: u32, revision: u64, plain: &[u8]) -> Row {
        let sealed = seal_bytes(self.expose(), &row_place(table, id, revision), plain);
        Row { table, id, revision, sealed }
    }

    /// Opens a row: what was sealed with this key in this place, or an error.
    pub fn open(&self, row: &Row) -> Result<Secret, Unsealable> {
        open_bytes(self.expose(), &row_place(row.table, row.id, row.revision), &row.sealed)
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[vault key]")
    }
}

fn row_place(table: Table, id: u32, revision: u64) -> [u8; 32] {
    let mut place = [0; 32];
    place[..18].copy_from_slice(DOMAIN);
    place[18] = FORMAT_VERSION;
    place[19] = table_number(table);
    place[20..24].copy_from_slice(&id.to_be_bytes());
    place[24..].copy_from_slice(&revision.to_be_bytes());
    place
}

/// Part of the format: never renumbered.
pub(super) fn table_number(table: Table) -> u8 {
    match table {
        Table::Slot => 1,
        Table::Profile => 2,
        Table::Secret => 3,
        Table::Usage => 4,
        Table::Setting => 5,
        Table::Manifest => 6,
        Table::Attempt => 7,
        Table::Device => 8,
        Table::Password => 9,
    }
}

/// See [`aead::seal`].
pub(super) fn seal_bytes(key: &[u8; KEY_BYTES], place: &[u8], plain: &[u8]) -> Vec<u8> {
    aead::seal(key, place, plain)
}

/// What [`seal_bytes`] sealed with this key and place.
pub(super) fn open_bytes(
    key: &[u8; KEY_BYTES],
    place: &[u8],
    sealed: &[u8],
) -> Result<Secret, Unsealable> {
    aead::open(key, place, sealed).ok_or(Unsealable)
}

/// The bytes were not sealed with this key, in this place, or have been changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsealable;

impl fmt::Display for Unsealable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of the vault has been changed or does not belong to it")
    }
}

impl std::error::Error for Unsealable {}

/// The system gives no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system gives no random bytes")
    }
}

impl std::error::Error for NoRandomness {}

#[cfg(test)]
mod tests;
