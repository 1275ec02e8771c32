//! Open challenges, in memory: a nonce, and the private half of the key that goes with it. Each can be answered once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use x25519_dalek::{PublicKey, StaticSecret};

use crate::crypto::random;
use crate::limits::{CHALLENGE_SECONDS, CHALLENGES};

/// What marks a challenge.
pub type Nonce = [u8; 16];

struct Challenge {
    ends: i64,
    key: StaticSecret,
}

#[derive(Default)]
pub struct Challenges(Mutex<HashMap<Nonce, Challenge>>);

/// A challenge as the device sees it.
pub struct Issued {
    pub nonce: Nonce,
    pub key: [u8; 32],
}

impl Challenges {
    /// A new challenge; none while too many are open.
    pub fn issue(&self, now: i64) -> Option<Issued> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, challenge| challenge.ends > now);
        if open.len() >= CHALLENGES {
            return None;
        }
        let (nonce, key) = (random(), StaticSecret::from(random::<32>()));
        let public = PublicKey::from(&key).to_bytes();
        open.insert(nonce, Challenge { ends: now + CHALLENGE_SECONDS, key });
        Some(Issued { nonce, key: public })
    }

    /// Takes a challenge away, so that it cannot be answered again: the private half of its key, when it was open.
    pub fn take(&self, nonce: &Nonce, now: i64) -> Option<StaticSecret> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(nonce).filter(|challenge| challenge.ends > now).map(|challenge| challenge.key)
    }
}
