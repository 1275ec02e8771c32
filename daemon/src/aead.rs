//! Sealing of bytes under a key: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha). What is sealed, under which key and for
//! which place, is told where it is used.

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Length of a key in bytes.
pub const KEY_BYTES: usize = 32;

/// By how many bytes what is sealed is longer than what it was.
pub const SEAL_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// Length of the nonce that what is sealed begins with, in bytes.
pub const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// A random nonce (24 bytes), the ciphertext (as long as the plaintext) and the tag (16 bytes), which vouches for
/// `place` too. The plaintext is encrypted where it was copied to, so no copy of it is left.
///
/// # Panics
/// When the system that has given random bytes for the key gives none any more.
pub fn seal(key: &[u8; KEY_BYTES], place: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = XNonce::default();
    getrandom::fill(&mut nonce).expect("the system gave random bytes before");
    let mut sealed = Vec::with_capacity(plain.len() + SEAL_BYTES);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&nonce, place, InOutBuf::from(&mut sealed[NONCE_BYTES..]))
        .expect("what is sealed is shorter than the 256 GiB that the cipher can seal");
    sealed.extend_from_slice(&tag);
    sealed
}

/// What [`seal`] sealed with this key and place; none when it was not, or has been changed since.
pub fn open(key: &[u8; KEY_BYTES], place: &[u8], sealed: &[u8]) -> Option<Secret> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            place,
            InOutBuf::from(plain.as_mut_slice()),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(Secret::new(std::mem::take(&mut plain)))
}
