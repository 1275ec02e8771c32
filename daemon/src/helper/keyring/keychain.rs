//! The Keychain of macOS: the user's login keychain.

use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi;
use security_framework::os::macos::keychain::{KeychainUserInteractionLock, SecKeychain};

use super::native::trouble;
use crate::ports::keyring::wire::Trouble;

/// What entries are made with: nothing of note.
pub const MODIFIERS: [(&str, &str); 0] = [];

/// `errSecInteractionNotAllowed`: it would have to ask.
const INTERACTION_NOT_ALLOWED: i32 = -25308;

/// The keychain, which is quiet for as long as this is there, unless it may ask.
pub struct Keyring {
    _quiet: Option<KeychainUserInteractionLock>,
}

/// Sees to it that nothing pops up without `may_ask`; a keychain that would have to ask refuses then.
pub fn open(_: &[String], may_ask: bool) -> Result<Keyring, Trouble> {
    let quiet = match may_ask {
        true => None,
        false => Some(SecKeychain::disable_user_interaction().map_err(|_| Trouble::Refused)?),
    };
    Ok(Keyring { _quiet: quiet })
}

/// The entries.
pub fn store() -> Result<Arc<dyn CredentialStoreApi>, Trouble> {
    Ok(Store::new().map_err(trouble)?)
}

/// What a failure of the library means.
pub fn failure(error: &(dyn std::error::Error + 'static)) -> Trouble {
    match error.downcast_ref::<security_framework::base::Error>().map(|error| error.code()) {
        Some(INTERACTION_NOT_ALLOWED) => Trouble::Locked,
        _ => Trouble::Refused,
    }
}

impl Keyring {
    /// It is a part of the system.
    pub fn has_stayed(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// It has the password of the user.
    pub fn is_blank(&self) -> bool {
        false
    }
}
