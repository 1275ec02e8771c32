//! The ways out of the agent: small traits, each with one real and one fake implementation, handed in together.
//! Nothing else in the agent reads a clock, opens a file of the vault or asks for the vault's key.

use std::sync::Arc;

pub mod clock;
pub mod keyfile;
pub mod keystore;
mod place;
pub mod sqlite;
pub mod store;

#[cfg(any(test, feature = "fakes"))]
pub mod fake;

/// Everything the agent reaches outside itself.
#[derive(Clone)]
pub struct Ports {
    /// The time.
    pub clock: Arc<dyn clock::Clock>,
    /// Where the sealed rows are.
    pub stores: Arc<dyn store::Stores>,
    /// Where the device secret is; none when the user has not chosen.
    pub keystore: Option<Arc<dyn keystore::KeyStore>>,
}
