//! privacyIDEA's containers: this computer is registered as one by a key `pia://container/…`, is given the secrets of its
//! tokens when it synchronises, can hand them over to another computer, and leaves. Everything that it sends is signed by a
//! key of its own; what it is sent is encrypted to a key that lives for one answer.
//!
//! `uri` reads keys, `device` has the signing key, `calls` speaks, `tokens` is what a synchronisation brings.

mod calls;
mod device;
#[cfg(test)]
mod tests;
mod tokens;
mod uri;

pub use device::{ContainerDevice, ContainerKeys};
pub use tokens::{OwnToken, Tokens};
pub use uri::{ContainerFault, ContainerKey, container_key};
