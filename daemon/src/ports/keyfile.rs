//! The `file` key store: the device secret in `vault.key`, beside the vault. Nothing but the permissions of the file
//! protect it, so it is used only when the user asks for it.
//!
//! The file has 48 bytes: the line `passcode key v1` with its newline (16 bytes), then the secret (32 bytes). It comes
//! into being whole or not at all, and is never replaced: a new secret needs the old one to be deleted first, so that
//! no vault loses its key by accident.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keystore::{DEVICE_SECRET_BYTES, KeyStore, KeyStoreFault};
use super::place::{self, io_fault};
use super::store::StoreFault;
use crate::secret::Secret;

const NAME: &str = "vault.key";
const HEADER: &[u8; 16] = b"passcode key v1\n";
const FILE_BYTES: usize = HEADER.len() + DEVICE_SECRET_BYTES;

/// The device secret in a file of the data folder.
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

    fn write(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        let draft = place::draft_path(&self.folder, NAME)?;
        if let Err(fault) = write_draft(&draft, secret) {
            place::sweep_drafts(&self.folder, NAME);
            return Err(fault.into());
        }
        match place::settle(&draft, &self.folder, NAME)? {
            true => Ok(()),
            false => Err(KeyStoreFault::Taken),
        }
    }
}

impl KeyStore for KeyFile {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn warning(&self) -> Option<&'static str> {
        Some("the key lies beside the vault: whoever copies this disk can open the vault")
    }

    fn load(&self) -> Result<Option<Secret>, KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(None);
        }
        place::open_unread_file(&self.path(), NAME)?.map(read_secret).transpose()
    }

    fn store(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        place::make_folder(&self.folder)?;
        match self.load()? {
            Some(kept) if kept == *secret => Ok(()),
            Some(_) => Err(KeyStoreFault::Taken),
            None => {
                place::sweep_drafts(&self.folder, NAME);
                self.write(secret)
            }
        }
    }

    fn delete(&self) -> Result<(), KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(());
        }
        place::sweep_drafts(&self.folder, NAME);
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(io_fault(&error, "removing vault.key").into())
            }
            _ => Ok(place::sync_folder(&self.folder)?),
        }
    }
}

fn write_draft(draft: &Path, secret: &Secret) -> Result<(), StoreFault> {
    let mut file = place::create_file(draft)?;
    file.write_all(HEADER)
        .and_then(|()| file.write_all(secret.expose()))
        .and_then(|()| file.sync_all())
        .map_err(|error| io_fault(&error, "writing vault.key"))
}

fn read_secret(mut file: File) -> Result<Secret, KeyStoreFault> {
    let length = file.metadata().map_err(|error| io_fault(&error, "looking at vault.key"))?.len();
    if length != FILE_BYTES as u64 {
        return Err(KeyStoreFault::Damaged);
    }
    let mut bytes = Zeroizing::new([0; FILE_BYTES]);
    file.read_exact(&mut *bytes).map_err(|error| io_fault(&error, "reading vault.key"))?;
    let secret = bytes.strip_prefix(HEADER).ok_or(KeyStoreFault::Damaged)?;
    Ok(Secret::new(secret.to_vec()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
