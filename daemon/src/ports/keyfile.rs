//! The `file` key store: device secrets in `vault.key`, beside the vault. Nothing but the permissions of the file
//! protect it, so it is used only when the user asks for it.
//!
//! The file begins with the line `passcode key v1` and its newline (16 bytes), then come one or two secrets of 32 bytes.
//! It is replaced as a whole, and what it held before is overwritten.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::keystore::{
    Access, Anchor, DEVICE_SECRET_BYTES, Kept, KeyStore, KeyStoreFault, SECRETS,
};
use super::one_file::{self, OneFile};
use super::place::wiping::scrub_and_remove;
use super::{anchor_file, place};
use crate::secret::Secret;

const NAME: &str = "vault.key";
const HEADER: &[u8; 16] = b"passcode key v1\n";

/// The most bytes that such a file has.
pub(super) const MOST_BYTES: usize = HEADER.len() + SECRETS * DEVICE_SECRET_BYTES;

/// The device secrets in a file of the data folder.
#[derive(Debug)]
pub struct KeyFile {
    folder: PathBuf,
}

impl KeyFile {
    /// The key file of the given data folder, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }
}

impl OneFile for KeyFile {
    fn secrets(&self) -> Result<Vec<Secret>, KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(Vec::new());
        }
        let bytes = place::read_unread_file(&self.path(), NAME, MOST_BYTES)?;
        bytes.map_or(Ok(Vec::new()), |bytes| decode(&bytes))
    }

    fn write(&self, secrets: &[&Secret]) -> Result<(), KeyStoreFault> {
        Ok(place::write_file(&self.folder, NAME, &encode(secrets))?)
    }
}

impl KeyStore for KeyFile {
    fn warning(&self) -> Option<&'static str> {
        Some("the key lies beside the vault: whoever copies this disk can open the vault")
    }

    fn load(&self, _: Access<'_>) -> Result<Kept, KeyStoreFault> {
        let secrets = self.secrets()?;
        let anchor = anchor_file::read(&self.folder)?;
        Ok(Kept { secrets, anchor })
    }

    fn add(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        one_file::add(self, secret)
    }

    fn keep_only(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        one_file::keep_only(self, secret)
    }

    fn note(&self, anchor: Anchor) -> Result<(), KeyStoreFault> {
        anchor_file::write(&self.folder, anchor)
    }

    fn delete(&self) -> Result<(), KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(());
        }
        // A draft may be another name of the key; without it, wiping the key leaves nothing.
        place::sweep_drafts(&self.folder, NAME);
        scrub_and_remove(&self.path(), NAME)?;
        anchor_file::remove(&self.folder)
    }
}

/// The file's bytes.
pub(super) fn encode(secrets: &[&Secret]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    bytes.extend_from_slice(HEADER);
    secrets.iter().for_each(|secret| bytes.extend_from_slice(secret.expose()));
    bytes
}

/// The secrets that the file's bytes are.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Secret>, KeyStoreFault> {
    let secrets = bytes.strip_prefix(HEADER).ok_or(KeyStoreFault::Damaged)?;
    cut(secrets).ok_or(KeyStoreFault::Damaged)
}

/// Secrets that stand one after the other, at least one and at most [`SECRETS`].
pub(super) fn cut(bytes: &[u8]) -> Option<Vec<Secret>> {
    let (secrets, rest) = bytes.as_chunks::<DEVICE_SECRET_BYTES>();
    let is_whole = rest.is_empty() && (1..=SECRETS).contains(&secrets.len());
    is_whole.then(|| secrets.iter().map(|secret| Secret::new(secret.to_vec())).collect())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
