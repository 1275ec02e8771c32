//! The Credential Manager of Windows, which is open for as long as the user is signed on.

use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use windows_native_keyring_store::Store;

use super::native::trouble;
use crate::ports::keyring::wire::Trouble;

/// What entries are made with: they stay on this computer, and do not follow the user to others.
pub const MODIFIERS: [(&str, &str); 1] = [("persistence", "Local")];

/// The user's credentials.
pub struct Keyring;

/// Nobody is ever asked.
pub fn open(_: &[String], _: bool) -> Result<Keyring, Trouble> {
    Ok(Keyring)
}

/// The entries.
pub fn store() -> Result<Arc<dyn CredentialStoreApi>, Trouble> {
    Ok(Store::new().map_err(trouble)?)
}

/// What a failure of the library means.
pub fn failure(_: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Refused
}

impl Keyring {
    /// It is a part of the system.
    pub fn has_stayed(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// It is protected by the password of the user.
    pub fn is_blank(&self) -> bool {
        false
    }
}
