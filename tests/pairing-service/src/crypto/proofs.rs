//! What a device proves when it brings a pairing key: that it has the private halves of both keys that it names. The
//! transcript binds both proofs to this service, this key and this challenge.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::origin::Origin;

const SEAL_PROOF: &[u8] = b"passcode-pairing-v1 seal proof";

/// What was brought.
pub struct Offer<'a> {
    pub key: &'a str,
    pub nonce: [u8; 16],
    pub seal_key: [u8; 32],
    pub sign_key: [u8; 32],
    pub sign_proof: [u8; 64],
    pub seal_proof: [u8; 32],
}

impl Offer<'_> {
    fn transcript(&self, origin: &Origin) -> Zeroizing<String> {
        Zeroizing::new(
            [
                "passcode-pairing-v1 exchange",
                origin.as_str(),
                self.key,
                &BASE64URL_NOPAD.encode(&self.nonce),
                &BASE64URL_NOPAD.encode(&self.seal_key),
                &BASE64URL_NOPAD.encode(&self.sign_key),
            ]
            .join("\n"),
        )
    }

    /// Whether both proofs hold for the challenge with this private key.
    pub fn holds(&self, origin: &Origin, challenge: &StaticSecret) -> bool {
        let transcript = self.transcript(origin);
        is_signed(&self.sign_key, transcript.as_bytes(), &self.sign_proof)
            && self.seal_proof_holds(challenge, transcript.as_bytes())
    }

    fn seal_proof_holds(&self, challenge: &StaticSecret, transcript: &[u8]) -> bool {
        let shared = challenge.diffie_hellman(&PublicKey::from(self.seal_key));
        if !shared.was_contributory() {
            return false;
        }
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, shared.as_bytes())
            .expand(SEAL_PROOF, key.as_mut())
            .expect("32 bytes can be derived");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("a key of 32 bytes");
        mac.update(transcript);
        mac.verify_slice(&self.seal_proof).is_ok()
    }
}

/// Whether `sign_key`, which must be no low-order point, has signed `message`.
pub fn is_signed(sign_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(sign_key)
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
        .is_ok()
}
