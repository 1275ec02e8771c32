//! Sealing of single rows with the vault key. A sealed row opens only with its own key, table, id and revision; whether
//! a row is missing or older than it should be cannot be seen from the row alone.
//!
//! [`VaultKey::seal`] writes down the format. `slot` seals the vault key itself in the same way, under another key.

use std::fmt;

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::ports::store::{Row, Table};
use crate::secret::Secret;

/// Length of the vault key, and of the keys that wrap it, in bytes.
pub const KEY_BYTES: usize = 32;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const DOMAIN: &[u8; 18] = b"passcode vault row";
const FORMAT_VERSION: u8 = 1;

/// The key of all rows; wiped when dropped.
pub struct VaultKey(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl VaultKey {
    /// A new key.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut key = Self::blank();
        getrandom::fill(&mut key.0[..]).map_err(|_| NoRandomness)?;
        Ok(key)
    }

    /// The key that these bytes are, when they are as many as a key has.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::blank();
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// Filled in its final place, so that no copy stays behind on the stack.
    fn blank() -> Self {
        Self(Box::new(Zeroizing::new([0; KEY_BYTES])))
    }

    pub(super) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
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
    /// | 19 | table: slot 1, profile 2, secret 3, usage 4, setting 5 |
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
fn table_number(table: Table) -> u8 {
    match table {
        Table::Slot => 1,
        Table::Profile => 2,
        Table::Secret => 3,
        Table::Usage => 4,
        Table::Setting => 5,
    }
}

/// Nonce, ciphertext and tag. The plaintext is encrypted where it was copied to, so no copy of it is left.
pub(super) fn seal_bytes(key: &[u8; KEY_BYTES], place: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = XNonce::default();
    getrandom::fill(&mut nonce).expect("the system gave random bytes before");
    let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&nonce, place, InOutBuf::from(&mut sealed[NONCE_BYTES..]))
        .expect("a row is shorter than the 256 GiB that the cipher can seal");
    sealed.extend_from_slice(&tag);
    sealed
}

/// What [`seal_bytes`] sealed with this key and place.
pub(super) fn open_bytes(
    key: &[u8; KEY_BYTES],
    place: &[u8],
    sealed: &[u8],
) -> Result<Secret, Unsealable> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealable)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(Unsealable)?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            place,
            InOutBuf::from(plain.as_mut_slice()),
            &Tag::from(*tag),
        )
        .map_err(|_| Unsealable)?;
    Ok(Secret::new(std::mem::take(&mut plain)))
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
