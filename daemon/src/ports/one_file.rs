//! What key stores share that keep all their secrets in one file, which is replaced as a whole: one more secret, and
//! all but one forgotten. How the file looks is the store's affair.

use super::keystore::{KeyStoreFault, SECRETS};
use crate::secret::Secret;

/// A store of this form.
pub trait OneFile {
    /// The secrets that are kept; none when there is no file.
    fn secrets(&self) -> Result<Vec<Secret>, KeyStoreFault>;

    /// Keeps these durably, and no others.
    fn write(&self, secrets: &[&Secret]) -> Result<(), KeyStoreFault>;
}

/// Keeps one more.
pub fn add(store: &impl OneFile, secret: &Secret) -> Result<(), KeyStoreFault> {
    let kept = store.secrets()?;
    if kept.contains(secret) {
        return Ok(());
    }
    if kept.len() >= SECRETS {
        return Err(KeyStoreFault::Taken);
    }
    store.write(&kept.iter().chain([secret]).collect::<Vec<_>>())
}

/// Forgets every other one.
pub fn keep_only(store: &impl OneFile, secret: &Secret) -> Result<(), KeyStoreFault> {
    match store.secrets()?.as_slice() {
        [only] if only == secret => Ok(()),
        _ => store.write(&[secret]),
    }
}
