//! The system's own keyring, by `keyring-core` and the crate for this system. One that asks the user does so only when
//! the request allows it.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::entries::{Entries, Found, Name};
use super::system;
use crate::ports::keyring::wire::{Request, Trouble};

/// The service of all our entries.
pub(super) const SERVICE: &str = "passcode-agent";

/// Opens the keyring and does what `act` does with our entries. Also tells whether the keyring is known to have no
/// password.
pub fn with_entries(
    request: &Request<'_>,
    act: impl FnOnce(&dyn Entries) -> Result<Found, Trouble>,
) -> Result<(Found, bool), Trouble> {
    let users = Name::ALL.map(|name| name.user(request.instance));
    let keyring = system::open(&users, request.may_ask)?;
    let store = system::store()?;
    let done = act(&Native { store, instance: request.instance });
    keyring.has_stayed()?;
    Ok((done?, keyring.is_blank()))
}

struct Native<'a> {
    store: Arc<dyn CredentialStoreApi>,
    instance: &'a str,
}

impl Native<'_> {
    fn entry(&self, name: Name) -> Result<Entry, Trouble> {
        let modifiers = HashMap::from(system::MODIFIERS);
        let user = name.user(self.instance);
        self.store.build(SERVICE, &user, Some(&modifiers)).map_err(trouble)
    }
}

impl Entries for Native<'_> {
    fn get(&self, name: Name) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(trouble(error)),
        }
    }

    fn set(&self, name: Name, text: &str) -> Result<(), Trouble> {
        self.entry(name)?.set_secret(text.as_bytes()).map_err(trouble)
    }

    fn delete(&self, name: Name) -> Result<(), Trouble> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(trouble(error)),
        }
    }
}

/// Nothing of the error's text is told: it may quote what is kept.
pub(super) fn trouble(error: Error) -> Trouble {
    match error {
        Error::NoStorageAccess(_) => Trouble::Locked,
        Error::PlatformFailure(error) => system::failure(&*error),
        Error::Ambiguous(_) => Trouble::Ambiguous,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Trouble::Damaged,
        _ => Trouble::Refused,
    }
}
