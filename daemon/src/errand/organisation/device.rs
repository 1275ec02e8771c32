//! What a paired computer is to its organisation: an id and two keys, X25519 to seal to and Ed25519 to sign with.

use data_encoding::BASE32;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::origin::Origin;
use crate::secret::Secret;

/// The keys of one pairing. The one to seal to is of no use once the seed has come.
pub struct DeviceKeys {
    pub(super) sign: SigningKey,
    pub(super) seal: StaticSecret,
}

impl DeviceKeys {
    /// New keys; none when the system gives no random bytes.
    pub fn random() -> Option<Self> {
        let (mut sign, mut seal) =
            (zeroize::Zeroizing::new([0; 32]), zeroize::Zeroizing::new([0; 32]));
        getrandom::fill(&mut *sign).ok()?;
        getrandom::fill(&mut *seal).ok()?;
        Self::from_bytes(&*sign, &*seal)
    }

    /// The keys of these bytes, 32 each.
    pub fn from_bytes(sign: &[u8], seal: &[u8]) -> Option<Self> {
        let sign = SigningKey::from_bytes(sign.try_into().ok()?);
        let seal: [u8; 32] = seal.try_into().ok()?;
        Some(Self { sign, seal: StaticSecret::from(seal) })
    }

    /// The private bytes: to sign with, and to open with.
    pub fn to_bytes(&self) -> (Secret, Secret) {
        let sign = Secret::new(self.sign.as_bytes().to_vec());
        (sign, Secret::new(self.seal.as_bytes().to_vec()))
    }

    /// What people compare, as in [`fingerprint`].
    pub fn fingerprint(&self) -> String {
        fingerprint(self.sign.verifying_key().as_bytes())
    }

    pub(super) fn sign_key(&self) -> [u8; 32] {
        self.sign.verifying_key().to_bytes()
    }

    pub(super) fn seal_key(&self) -> [u8; 32] {
        PublicKey::from(&self.seal).to_bytes()
    }
}

/// A paired computer that can sign its calls.
pub struct Device {
    /// The service.
    pub origin: Origin,
    /// The name that the service gave it.
    pub id: String,
    /// Number of its last call; only rises.
    pub count: u64,
    pub(super) sign: SigningKey,
}

impl Device {
    /// A device whose key to sign with is of these bytes, 32 of them.
    pub fn new(origin: Origin, id: String, count: u64, sign: &[u8]) -> Option<Self> {
        let sign = SigningKey::from_bytes(sign.try_into().ok()?);
        Some(Self { origin, id, count, sign })
    }
}

/// A public key to sign with as people compare it: 40 bits of its SHA-256 in base32, `ABCD-EFGH`.
pub fn fingerprint(sign_key: &[u8; 32]) -> String {
    let text = BASE32.encode(&Sha256::digest(sign_key)[..5]);
    format!("{}-{}", &text[..4], &text[4..])
}
