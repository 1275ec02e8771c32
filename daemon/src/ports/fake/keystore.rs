//! A key store in memory that fails on command. Clones share what is kept. It stands in for every kind of store: a test
//! that moves a vault sees what each of them keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ports::keystore::{
    Access, Anchor, Kept, KeyStore, KeyStoreFault, KeyStores, SECRETS, StoreKind,
};
use crate::secret::Secret;

/// The fake key store; clones are the same store.
#[derive(Clone, Default)]
pub struct FakeKeyStore(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    secrets: Vec<Vec<u8>>,
    anchor: Option<Anchor>,
    /// What opens it; none for a store that opens by itself.
    passphrase: Option<Vec<u8>>,
    /// Whether it was opened since it was last told to forget.
    is_open: bool,
    failing: Option<KeyStoreFault>,
    failing_writes: Option<KeyStoreFault>,
    /// Whether the user unlocks it when it asks.
    unlocks_when_asked: bool,
    asked: usize,
    takes_passphrase: bool,
}

impl FakeKeyStore {
    /// An empty store in which everything works.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store that opens with a passphrase.
    pub fn with_passphrase() -> Self {
        let store = Self::default();
        store.held().takes_passphrase = true;
        store
    }

    /// Every call fails from now on, until [`FakeKeyStore::mend`].
    pub fn fail(&self, fault: KeyStoreFault) {
        self.held().failing = Some(fault);
    }

    /// Every change fails from now on, until [`FakeKeyStore::mend`].
    pub fn fail_writes(&self, fault: KeyStoreFault) {
        self.held().failing_writes = Some(fault);
    }

    /// It is locked from now on, until a call that may ask the user; the user unlocks it then if `unlocks`.
    pub fn lock(&self, unlocks: bool) {
        let mut held = self.held();
        held.failing = Some(KeyStoreFault::Locked);
        held.unlocks_when_asked = unlocks;
    }

    /// How often the user was asked to unlock it.
    pub fn asked(&self) -> usize {
        self.held().asked
    }

    /// Everything works again.
    pub fn mend(&self) {
        let mut held = self.held();
        held.failing = None;
        held.failing_writes = None;
    }

    /// What is kept, oldest first.
    pub fn kept_secrets(&self) -> Vec<Vec<u8>> {
        self.held().secrets.clone()
    }

    /// The only secret that is kept.
    pub fn kept_bytes(&self) -> Option<Vec<u8>> {
        self.held().secrets.first().cloned()
    }

    /// Puts a secret there, or takes all away, behind the agent's back.
    pub fn plant(&self, secret: Option<Vec<u8>>) {
        self.held().secrets = secret.into_iter().collect();
    }

    /// The anchor that is noted.
    pub fn anchor(&self) -> Option<Anchor> {
        self.held().anchor
    }

    /// Sets the anchor, or takes it away, behind the agent's back.
    pub fn plant_anchor(&self, anchor: Option<Anchor>) {
        self.held().anchor = anchor;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> Result<MutexGuard<'_, Held>, KeyStoreFault> {
        let held = self.held();
        match &held.failing {
            Some(fault) => Err(fault.clone()),
            None => Ok(held),
        }
    }

    fn writable(&self) -> Result<MutexGuard<'_, Held>, KeyStoreFault> {
        let held = self.working()?;
        match &held.failing_writes {
            Some(fault) => Err(fault.clone()),
            None if held.passphrase.is_some() && !held.is_open => {
                Err(KeyStoreFault::PassphraseNeeded)
            }
            None => Ok(held),
        }
    }

    fn ask(&self, access: Access<'_>) {
        let mut held = self.held();
        if held.failing == Some(KeyStoreFault::Locked) && access.may_ask {
            held.asked += 1;
            if held.unlocks_when_asked {
                held.failing = None;
            }
        }
    }
}

impl KeyStore for FakeKeyStore {
    fn load(&self, access: Access<'_>) -> Result<Kept, KeyStoreFault> {
        self.ask(access);
        let mut held = self.working()?;
        match (&held.passphrase, access.passphrase) {
            (Some(_), None) if !held.is_open => return Err(KeyStoreFault::PassphraseNeeded),
            (Some(right), Some(given)) if right != given.expose() => {
                return Err(KeyStoreFault::WrongPassphrase);
            }
            _ => held.is_open = true,
        }
        let secrets = held.secrets.iter().cloned().map(Secret::new).collect();
        Ok(Kept { secrets, anchor: held.anchor })
    }

    fn add(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        let mut held = self.writable()?;
        if held.secrets.iter().any(|kept| kept == secret.expose()) {
            return Ok(());
        }
        if held.secrets.len() >= SECRETS {
            return Err(KeyStoreFault::Taken);
        }
        held.secrets.push(secret.expose().to_vec());
        Ok(())
    }

    fn keep_only(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        self.writable()?.secrets = vec![secret.expose().to_vec()];
        Ok(())
    }

    fn note(&self, anchor: Anchor) -> Result<(), KeyStoreFault> {
        let mut held = self.working()?;
        if let Some(fault) = &held.failing_writes {
            return Err(fault.clone());
        }
        held.anchor = Some(anchor);
        Ok(())
    }

    fn delete(&self) -> Result<(), KeyStoreFault> {
        let mut held = self.working()?;
        held.secrets.clear();
        held.anchor = None;
        held.passphrase = None;
        Ok(())
    }

    fn set_passphrase(&self, passphrase: &Secret) -> Result<(), KeyStoreFault> {
        let mut held = self.writable()?;
        if !held.takes_passphrase {
            return Err(KeyStoreFault::NoPassphrase);
        }
        held.passphrase = Some(passphrase.expose().to_vec());
        held.is_open = true;
        Ok(())
    }

    fn forget(&self) {
        self.held().is_open = false;
    }
}

/// Fake stores of every kind; clones are the same stores.
#[derive(Clone)]
pub struct FakeKeyStores(Arc<HashMap<StoreKind, FakeKeyStore>>);

impl Default for FakeKeyStores {
    fn default() -> Self {
        let store = |kind| match kind {
            StoreKind::Passphrase => FakeKeyStore::with_passphrase(),
            _ => FakeKeyStore::new(),
        };
        Self(Arc::new(StoreKind::ALL.into_iter().map(|kind| (kind, store(kind))).collect()))
    }
}

impl FakeKeyStores {
    /// The fake of this kind.
    pub fn fake(&self, kind: StoreKind) -> FakeKeyStore {
        self.0[&kind].clone()
    }
}

impl KeyStores for FakeKeyStores {
    fn of(&self, kind: StoreKind) -> Arc<dyn KeyStore> {
        Arc::new(self.fake(kind))
    }
}
