//! The Secret Service (`org.freedesktop.secrets`), looked at before our entries are touched: whether there is a
//! collection for them, and whether it is open. The library that reads entries unlocks what is locked, and waits for the
//! user as long as it takes; what is looked at here never asks anybody.

use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use zbus_secret_service_keyring_store::Store;

use super::native::trouble;
use crate::ports::keyring::wire::Trouble;

mod blank;
mod prompt;
mod provider;

use provider::Provider;

/// What entries are made with: the name that users see.
pub const MODIFIERS: [(&str, &str); 1] = [("label", "Passcode Agent: key of the vault")];

/// A keyring that is open.
pub struct Keyring {
    provider: Provider,
    is_blank: bool,
}

/// Finds the keyring and sees to it that its default collection is open, and that none of our entries, which belong to
/// `users`, is in one that is not. The user is asked, and waited for, only with `may_ask`.
pub fn open(users: &[String], may_ask: bool) -> Result<Keyring, Trouble> {
    let provider = Provider::find()?;
    let collection = match provider.default_collection()? {
        Some(collection) => collection,
        None if may_ask => provider.make_default_collection()?,
        None => return Err(Trouble::NoCollection),
    };
    // Without a password it opens without a question.
    let is_blank = blank::is_blank(&collection);
    if provider.is_locked(&collection)? && (may_ask || is_blank) {
        provider.unlock(&collection, may_ask)?;
    }
    if provider.is_locked(&collection)? || !(may_ask || provider.are_open(users)?) {
        return Err(Trouble::Locked);
    }
    Ok(Keyring { provider, is_blank })
}

/// The entries, over a connection of their own.
pub fn store() -> Result<Arc<dyn CredentialStoreApi>, Trouble> {
    Ok(Store::new().map_err(trouble)?)
}

/// What a failure of the library means.
pub fn failure(_: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Refused
}

impl Keyring {
    /// Whether it was one and the same provider all the time. When one goes, the bus starts another, which is locked and
    /// shows nothing: that nothing is there is then not true.
    pub fn has_stayed(&self) -> Result<(), Trouble> {
        self.provider.has_stayed()
    }

    /// Whether it has no password.
    pub fn is_blank(&self) -> bool {
        self.is_blank
    }
}
