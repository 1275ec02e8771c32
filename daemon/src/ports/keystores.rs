//! The key stores of one data folder. There is one of each kind, for some remember what opened them.

use std::path::PathBuf;
use std::sync::Arc;

use super::credential::Credential;
use super::keyfile::KeyFile;
use super::keyring::{KeyringStore, Limits};
use super::keystore::{KeyStore, KeyStores, StoreKind};
use super::passphrase_file::PassphraseFile;
use crate::kdf::Cost;

/// The stores of this system.
pub struct SystemKeyStores {
    file: Arc<KeyFile>,
    keyring: Arc<KeyringStore>,
    passphrase: Arc<PassphraseFile>,
    credential: Arc<Credential>,
}

impl SystemKeyStores {
    /// The stores of the data folder `folder`, which need not exist yet. In the keyring, which all agents of a user
    /// share, the entries are those of `instance`; `program` is `passcoded` itself, as [`super::child::own_program`]
    /// finds it.
    pub fn new(
        folder: impl Into<PathBuf>,
        instance: impl Into<String>,
        program: impl Into<PathBuf>,
    ) -> Self {
        let folder = folder.into();
        Self {
            file: Arc::new(KeyFile::new(&folder)),
            keyring: Arc::new(KeyringStore::new(instance, program, Limits::USUAL)),
            passphrase: Arc::new(PassphraseFile::new(&folder, Cost::USUAL)),
            credential: Arc::new(Credential::of_system(&folder)),
        }
    }
}

impl KeyStores for SystemKeyStores {
    fn of(&self, kind: StoreKind) -> Arc<dyn KeyStore> {
        match kind {
            StoreKind::File => Arc::clone(&self.file) as Arc<dyn KeyStore>,
            StoreKind::Keyring => Arc::clone(&self.keyring) as _,
            StoreKind::Passphrase => Arc::clone(&self.passphrase) as _,
            StoreKind::Credential => Arc::clone(&self.credential) as _,
        }
    }
}
