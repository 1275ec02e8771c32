//! The ways out of the agent: small traits, each with one real and one fake implementation, handed in together.
//! Nothing else in the agent reads a clock, opens a file of the vault or asks for the vault's key.

use std::sync::Arc;

use crate::rules::Rules;

pub mod anchor_file;
pub mod child;
pub mod clock;
pub mod courier;
pub mod credential;
pub mod keyfile;
pub mod keyring;
pub mod keystore;
pub mod keystores;
mod one_file;
pub mod passphrase_file;
pub mod pinentry;
mod place;
pub mod prompter;
pub mod session_watch;
pub mod settings;
pub mod sqlite;
pub mod store;
pub mod watch;

#[cfg(any(test, feature = "fakes"))]
pub mod fake;

/// Everything the agent reaches outside itself.
#[derive(Clone)]
pub struct Ports {
    /// The time.
    pub clock: Arc<dyn clock::Clock>,
    /// Where the sealed rows are.
    pub stores: Arc<dyn store::Stores>,
    /// Where device secrets are.
    pub keystores: Arc<dyn keystore::KeyStores>,
    /// Who asks the user.
    pub prompter: Arc<dyn prompter::Prompter>,
    /// Who speaks with organisations' services.
    pub courier: Arc<dyn courier::Courier>,
    /// Where the user's settings are kept.
    pub settings: Arc<dyn settings::Settings>,
    /// What happens to the user's session.
    pub watch: Arc<dyn watch::SessionWatch>,
    /// What holds for this agent.
    pub rules: Arc<Rules>,
}
