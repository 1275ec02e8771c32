//! The login for the proxy through which services are reached: kept sealed, opened for each letter.

use passcode_proto::SecretText;
use serde::{Deserialize, Serialize};

use super::OpenVault;
use crate::ports::courier::ProxyLogin;
use crate::secret::Secret;

/// Name and password as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLogin {
    /// The user's name at the proxy.
    pub user: String,
    /// The password there.
    pub password: SecretText,
}

impl OpenVault {
    /// The login that is stored, if there is one.
    pub fn proxy_login(&self) -> Option<ProxyLogin> {
        let plain = self.key.open(self.proxy.as_ref()?).ok()?;
        let stored: StoredLogin = serde_json::from_slice(plain.expose()).ok()?;
        Some(ProxyLogin { user: stored.user, password: Secret::of(stored.password.expose()) })
    }
}
