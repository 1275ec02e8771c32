//! The `keyring` key store: device secrets and the anchor in the desktop's keyring. Keyrings are reached by libraries
//! that wait for as long as it takes, so every call runs in a child of its own, `passcoded helper keyring`: it is asked
//! one thing by a line, answers by a line, and is killed at its limit. What the child does is in `helper::keyring`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::anchor_file;
use super::child::{self, NoAnswer, Question};
use super::keystore::{Access, Anchor, Kept, KeyStore, KeyStoreFault};
use crate::secret::Secret;

pub mod wire;

use wire::{Answer, Call, Request};

/// The name of the entries of the user's own agent.
pub const USUAL_INSTANCE: &str = "default";

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// When nobody is asked.
    pub quiet: Duration,
    /// When the keyring may ask the user.
    pub asking: Duration,
}

impl Limits {
    /// Those of every agent.
    pub const USUAL: Self = Self { quiet: Duration::from_secs(5), asking: Duration::from_secs(60) };
}

/// The device secrets in the desktop's keyring.
#[derive(Debug)]
pub struct KeyringStore {
    program: PathBuf,
    instance: String,
    limits: Limits,
    /// Whether the keyring was seen to have no password.
    is_blank: AtomicBool,
}

impl KeyringStore {
    /// The entries of `instance`: [`USUAL_INSTANCE`], or [`private_instance`]. `program` is `passcoded` itself.
    pub fn new(instance: impl Into<String>, program: impl Into<PathBuf>, limits: Limits) -> Self {
        let is_blank = AtomicBool::new(false);
        Self { program: program.into(), instance: instance.into(), limits, is_blank }
    }

    fn call(&self, call: Call<'_>, may_ask: bool) -> Result<Kept, KeyStoreFault> {
        let limit = if may_ask { self.limits.asking } else { self.limits.quiet };
        let request = Request { instance: &self.instance, may_ask, call };
        let line = wire::line(&request).ok_or(KeyStoreFault::Failed(NOT_SPOKEN))?;
        let command = child::helper(&self.program, "keyring");
        let question = Question { input: line, stays_open: true, most: wire::LONGEST, limit };
        let answer = child::ask(command, question).map_err(|fault| match fault {
            NoAnswer::Late => KeyStoreFault::Late,
            NoAnswer::Missing | NoAnswer::Failed => KeyStoreFault::Failed(NOT_SPOKEN),
        })?;
        self.understand(&answer.output)
    }

    fn understand(&self, line: &[u8]) -> Result<Kept, KeyStoreFault> {
        let answer = serde_json::from_slice(line);
        match answer.map_err(|_| KeyStoreFault::Failed(NOT_SPOKEN))? {
            Answer::Done => Ok(Kept::default()),
            Answer::Trouble(trouble) => Err(trouble.fault()),
            Answer::Kept { secrets, anchor, is_blank } => {
                self.is_blank.store(is_blank, Ordering::Relaxed);
                let secrets = secrets.iter().map(|text| wire::secret(text)).collect::<Option<_>>();
                let anchor = anchor.and_then(|text| anchor_file::decode(&wire::bytes(text)?));
                Ok(Kept { secrets: secrets.ok_or(KeyStoreFault::Damaged)?, anchor })
            }
        }
    }
}

const NOT_SPOKEN: &str =
    "the agent's helper for the keyring could not be started, or ended without an answer";

impl KeyStore for KeyringStore {
    fn warning(&self) -> Option<&'static str> {
        self.is_blank
            .load(Ordering::Relaxed)
            .then_some("the keyring has no password: whoever copies this disk can open the vault")
    }

    fn load(&self, access: Access<'_>) -> Result<Kept, KeyStoreFault> {
        self.call(Call::Load, access.may_ask)
    }

    fn add(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        self.call(Call::Add(&wire::text(secret.expose())), false).map(drop)
    }

    fn keep_only(&self, secret: &Secret) -> Result<(), KeyStoreFault> {
        self.call(Call::KeepOnly(&wire::text(secret.expose())), false).map(drop)
    }

    fn note(&self, anchor: Anchor) -> Result<(), KeyStoreFault> {
        self.call(Call::Note(&wire::text(&anchor_file::encode(anchor))), false).map(drop)
    }

    fn delete(&self) -> Result<(), KeyStoreFault> {
        self.call(Call::Delete, false).map(drop)
    }
}

/// The name of the entries of an agent that has a data folder of its own, made of the folder's path.
pub fn private_instance(folder: &Path) -> String {
    let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
