//! A key store in memory that fails on command. Clones share what is kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ports::keystore::{KeyStore, KeyStoreFault};
use crate::secret::Secret;

/// The fake key store; clones are the same store.
#[derive(Clone, Default)]
pub struct FakeKeyStore(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    secret: Option<Vec<u8>>,
    failing: Option<KeyStoreFault>,
}

impl FakeKeyStore {
    /// An empty store in which everything works.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every call fails from now on, until [`FakeKeyStore::mend`].
    pub fn fail(&self, fault: KeyStoreFault) {
        self.kept().failing = Some(fault);
    }

    /// Everything works again.
    pub fn mend(&self) {
        self.kept().failing = None;
    }

    /// What is kept.
    pub fn kept_bytes(&self) -> Option<Vec<u8>> {
        self.kept().secret.clone()
    }

    /// Puts a secret there, or takes it away, behind the agent's back.
    pub fn plant(&self, secret: Option<Vec<u8>>) {
        self.kept().secret = secret;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> Result<MutexGuard<'_, Kept>, KeyStoreFault> {
        let kept = self.kept();
        match &kept.failing {
            Some(fault) => Err(fault.clone()),
            None => Ok(kept),
        }
    }
}

impl KeyStore for FakeKeyStore {
    fn kind(&self) -> &'static str {
        "fake"
    }

    fn warning(&self) -> Option<&'static str> {
        None
    }

    fn load(&self) -> Result<Option<Secret>, KeyStoreFault> {
        Ok(self.working()?.secret.clone().map(Secret::new))
    }

    fn store(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        let mut kept = self.working()?;
        match &kept.secret {
            Some(other) if other != secret.expose() => Err(KeyStoreFault::Taken),
            _ => {
                kept.secret = Some(secret.expose().to_vec());
                Ok(())
            }
        }
    }

    fn delete(&self) -> Result<(), KeyStoreFault> {
        self.working()?.secret = None;
        Ok(())
    }
}
