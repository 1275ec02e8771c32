//! The `credential` key store: device secrets that systemd keeps. Either the service manager gives us one, in the file
//! `passcode.key` of `$CREDENTIALS_DIRECTORY` (`LoadCredential=`, `LoadCredentialEncrypted=`; 32 bytes, or a key file
//! with one secret), which can only be read; or `systemd-creds` seals them into `vault.cred`, beside the vault, for this
//! user of this computer. What is sealed is a key file with one or two secrets.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::keyfile;
use super::keystore::{Access, Anchor, DEVICE_SECRET_BYTES, Kept, KeyStore, KeyStoreFault};
use super::one_file::{self, OneFile};
use super::{anchor_file, place};
use crate::secret::Secret;

mod systemd_creds;

use systemd_creds::SystemdCreds;

/// What the credential is called, as a file and inside its seal.
const GIVEN: &str = "passcode.key";

const SEALED: &str = "vault.cred";

/// More than any credential of ours has.
const MOST_SEALED_BYTES: usize = 64 * 1024;

/// The device secrets in systemd's keeping.
#[derive(Debug)]
pub struct Credential {
    folder: PathBuf,
    given: Option<PathBuf>,
    tool: SystemdCreds,
}

impl Credential {
    /// The credential in `given`, the folder of the service manager, when there is one of ours in it; else the one in
    /// the data folder `folder`, which need not exist yet, by the program `tool`.
    pub fn new(
        folder: impl Into<PathBuf>,
        given: Option<PathBuf>,
        tool: impl Into<PathBuf>,
    ) -> Self {
        Self { folder: folder.into(), given, tool: SystemdCreds::new(tool) }
    }

    /// The same as this system has it.
    pub fn of_system(folder: impl Into<PathBuf>) -> Self {
        let given = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        Self::new(folder, given, "systemd-creds")
    }

    fn given(&self) -> Result<Option<Secret>, KeyStoreFault> {
        let Some(folder) = self.given.as_deref() else { return Ok(None) };
        let bytes = place::read_given_file(folder, GIVEN, keyfile::MOST_BYTES)?;
        bytes.map(|bytes| read_given(&bytes).ok_or(KeyStoreFault::Damaged)).transpose()
    }

    fn path(&self) -> PathBuf {
        self.folder.join(SEALED)
    }

    fn sealed(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(None);
        }
        Ok(place::read_unread_file(&self.path(), SEALED, MOST_SEALED_BYTES)?)
    }

    /// Changes what `change` changes, unless a credential is given: then `secret` has to be what it is.
    fn change(
        &self,
        secret: &Secret,
        change: fn(&Self, &Secret) -> Result<(), KeyStoreFault>,
    ) -> Result<(), KeyStoreFault> {
        match self.given()? {
            Some(given) if given == *secret => Ok(()),
            Some(_) => Err(KeyStoreFault::ReadOnly),
            None => change(self, secret),
        }
    }
}

impl OneFile for Credential {
    fn secrets(&self) -> Result<Vec<Secret>, KeyStoreFault> {
        self.tool.check()?;
        match self.sealed()? {
            Some(sealed) if sealed.len() > MOST_SEALED_BYTES => Err(KeyStoreFault::Damaged),
            Some(sealed) => keyfile::decode(&self.tool.decrypt(&sealed)?),
            None => Ok(Vec::new()),
        }
    }

    fn write(&self, secrets: &[&Secret]) -> Result<(), KeyStoreFault> {
        let sealed = self.tool.encrypt(&keyfile::encode(secrets))?;
        Ok(place::write_file(&self.folder, SEALED, &sealed)?)
    }
}

impl KeyStore for Credential {
    fn load(&self, _: Access<'_>) -> Result<Kept, KeyStoreFault> {
        let secrets = match self.given()? {
            Some(secret) => vec![secret],
            None => self.secrets()?,
        };
        let anchor = anchor_file::read(&self.folder)?;
        Ok(Kept { secrets, anchor })
    }

    fn add(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        self.change(secret, one_file::add)
    }

    fn keep_only(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        self.change(secret, one_file::keep_only)
    }

    fn note(&self, anchor: Anchor) -> Result<(), KeyStoreFault> {
        anchor_file::write(&self.folder, anchor)
    }

    /// A credential that is given stays where it is; whoever gives it takes it away.
    fn delete(&self) -> Result<(), KeyStoreFault> {
        if place::check_folder(&self.folder)? {
            place::sweep_drafts(&self.folder, SEALED);
            place::wiping::scrub_and_remove(&self.path(), SEALED)?;
            anchor_file::remove(&self.folder)?;
        }
        match self.given()? {
            Some(_) => Err(KeyStoreFault::ReadOnly),
            None => Ok(()),
        }
    }
}

fn read_given(bytes: &[u8]) -> Option<Secret> {
    if bytes.len() == DEVICE_SECRET_BYTES {
        return Some(Secret::new(bytes.to_vec()));
    }
    let [secret] = keyfile::decode(bytes).ok()?.try_into().ok()?;
    Some(secret)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
