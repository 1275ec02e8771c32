//! The `passphrase` key store: device secrets in `vault.passphrase`, beside the vault, sealed under a key that is made
//! of a passphrase. Once that was given, the key stays in memory until the store is told to forget it.
//!
//! The file begins with the line `passcode pass 1` and its newline (16 bytes), then come the [`Recipe`] (21 bytes) and
//! one or two secrets of 32 bytes, sealed as `aead` does it; the seal vouches for the bytes before it too. The file is
//! replaced as a whole, and what it held before is overwritten.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::keystore::{
    Access, Anchor, DEVICE_SECRET_BYTES, Kept, KeyStore, KeyStoreFault, SECRETS,
};
use super::one_file::{self, OneFile};
use super::{anchor_file, keyfile, place};
use crate::aead::{self, SEAL_BYTES};
use crate::kdf::{Cost, RECIPE_BYTES, Recipe, Starved};
use crate::memory::page::{KEY_BYTES, KeyPage};
use crate::secret::Secret;

const NAME: &str = "vault.passphrase";
const HEADER: &[u8; 16] = b"passcode pass 1\n";
const HEAD_BYTES: usize = HEADER.len() + RECIPE_BYTES;
const MOST_BYTES: usize = HEAD_BYTES + SECRETS * DEVICE_SECRET_BYTES + SEAL_BYTES;

/// The device secrets in a file that opens with a passphrase.
pub struct PassphraseFile {
    folder: PathBuf,
    cost: Cost,
    /// Never held while something takes its time: [`KeyStore::forget`] waits for nobody.
    opened: Mutex<Option<Arc<Opened>>>,
}

/// What is known since the passphrase was given.
struct Opened {
    recipe: Recipe,
    key: KeyPage,
}

/// The file, as it is read.
struct Sealed {
    head: [u8; HEAD_BYTES],
    recipe: Recipe,
    sealed: Vec<u8>,
}

impl PassphraseFile {
    /// The file of the given data folder, which need not exist yet. A passphrase that is set costs as much as `cost`
    /// says to try, from then on.
    pub fn new(folder: impl Into<PathBuf>, cost: Cost) -> Self {
        Self { folder: folder.into(), cost, opened: Mutex::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn file(&self) -> Result<Option<Sealed>, KeyStoreFault> {
        if !place::check_folder(&self.folder)? {
            return Ok(None);
        }
        let bytes = place::read_unread_file(&self.path(), NAME, MOST_BYTES)?;
        bytes.map(|bytes| Sealed::read(&bytes).ok_or(KeyStoreFault::Damaged)).transpose()
    }

    fn opened(&self) -> Result<Arc<Opened>, KeyStoreFault> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.clone().ok_or(KeyStoreFault::PassphraseNeeded)
    }

    fn remember(&self, opened: Option<Opened>) {
        let opened = opened.map(Arc::new);
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = opened;
    }

    fn open_as_before(&self, file: &Sealed) -> Result<Vec<Secret>, KeyStoreFault> {
        file.open(self.opened()?.key.expose()).ok_or(KeyStoreFault::PassphraseNeeded)
    }

    fn open_with(&self, file: &Sealed, passphrase: &Secret) -> Result<Vec<Secret>, KeyStoreFault> {
        let opened = Opened::make(file.recipe.clone(), passphrase)?;
        let secrets = file.open(opened.key.expose()).ok_or(KeyStoreFault::WrongPassphrase)?;
        self.remember(Some(opened));
        Ok(secrets)
    }

    fn write_under(&self, opened: &Opened, secrets: &[&Secret]) -> Result<(), KeyStoreFault> {
        let mut plain = Zeroizing::new(Vec::with_capacity(SECRETS * DEVICE_SECRET_BYTES));
        secrets.iter().for_each(|secret| plain.extend_from_slice(secret.expose()));
        let head = head(&opened.recipe);
        let sealed = aead::seal(opened.key.expose(), &head, &plain);
        Ok(place::write_file(&self.folder, NAME, &[&head[..], &sealed].concat())?)
    }
}

impl OneFile for PassphraseFile {
    fn secrets(&self) -> Result<Vec<Secret>, KeyStoreFault> {
        self.file()?.map_or(Ok(Vec::new()), |file| self.open_as_before(&file))
    }

    fn write(&self, secrets: &[&Secret]) -> Result<(), KeyStoreFault> {
        self.write_under(&*self.opened()?, secrets)
    }
}

impl KeyStore for PassphraseFile {
    fn load(&self, access: Access<'_>) -> Result<Kept, KeyStoreFault> {
        let secrets = match (self.file()?, access.passphrase) {
            (None, _) => Vec::new(),
            (Some(file), None) => self.open_as_before(&file)?,
            (Some(file), Some(passphrase)) => self.open_with(&file, passphrase)?,
        };
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
        self.forget();
        if !place::check_folder(&self.folder)? {
            return Ok(());
        }
        place::sweep_drafts(&self.folder, NAME);
        place::wiping::scrub_and_remove(&self.path(), NAME)?;
        anchor_file::remove(&self.folder)
    }

    /// The same passphrase gets a new salt too. Before the first secret there is nothing to write.
    fn set_passphrase(&self, passphrase: &Secret) -> Result<(), KeyStoreFault> {
        let secrets = self.secrets()?;
        let opened = Opened::make(Recipe::random(self.cost)?, passphrase)?;
        if !secrets.is_empty() {
            self.write_under(&opened, &secrets.iter().collect::<Vec<_>>())?;
        }
        self.remember(Some(opened));
        Ok(())
    }

    fn forget(&self) {
        self.remember(None);
    }
}

impl Opened {
    fn make(recipe: Recipe, passphrase: &Secret) -> Result<Self, KeyStoreFault> {
        let key = recipe.key(passphrase.expose())?;
        Ok(Self { recipe, key })
    }
}

impl Sealed {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (head, sealed) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let recipe = Recipe::from_bytes(head.strip_prefix(HEADER)?.try_into().ok()?)?;
        let lengths = [1, SECRETS].map(|secrets| secrets * DEVICE_SECRET_BYTES + SEAL_BYTES);
        let is_whole = lengths.contains(&sealed.len());
        is_whole.then(|| Self { head: *head, recipe, sealed: sealed.to_vec() })
    }

    fn open(&self, key: &[u8; KEY_BYTES]) -> Option<Vec<Secret>> {
        keyfile::cut(aead::open(key, &self.head, &self.sealed)?.expose())
    }
}

fn head(recipe: &Recipe) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    head[..HEADER.len()].copy_from_slice(HEADER);
    head[HEADER.len()..].copy_from_slice(&recipe.to_bytes());
    head
}

impl From<Starved> for KeyStoreFault {
    fn from(_: Starved) -> Self {
        Self::Failed("the system has too little memory for the key of the passphrase")
    }
}

impl fmt::Debug for PassphraseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassphraseFile").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
