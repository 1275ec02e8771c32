//! What a registered container is to its server: a serial and a P-384 key. It signs the SHA-256 of a message (not the
//! SHA-384 that is usual with this curve), in the DER form of ECDSA.

use data_encoding::BASE64URL;
use p384::ecdsa::signature::hazmat::PrehashSigner;
use p384::ecdsa::{Signature, SigningKey};
use p384::pkcs8::{EncodePublicKey, LineEnding};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Bytes of a private key.
const KEY_BYTES: usize = 48;

/// Tries until random bytes are a key: all but a vanishing part are.
const TRIES: usize = 8;

/// The signing key of one registration.
pub struct ContainerKeys(SigningKey);

impl ContainerKeys {
    /// A new key; none when the system gives no random bytes.
    pub fn random() -> Option<Self> {
        (0..TRIES).find_map(|_| {
            let mut bytes = Zeroizing::new([0; KEY_BYTES]);
            getrandom::fill(&mut *bytes).ok()?;
            Self::from_bytes(&*bytes)
        })
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SigningKey::from_slice(bytes).ok().map(Self)
    }

    /// The private bytes.
    pub fn to_bytes(&self) -> Secret {
        Secret::new(self.0.to_bytes().to_vec())
    }

    /// The public half, PEM.
    pub(super) fn public_pem(&self) -> Option<String> {
        self.0.verifying_key().to_public_key_pem(LineEnding::LF).ok()
    }

    /// Signs the parts that there are, joined by bars.
    pub(super) fn sign(&self, parts: &[&str]) -> Option<String> {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        let message = Zeroizing::new(parts.join("|"));
        let digest = Sha256::digest(message.as_bytes());
        let signature: Signature = self.0.sign_prehash(&digest).ok()?;
        Some(BASE64URL.encode(signature.to_der().as_bytes()))
    }
}

/// A registered container that can sign its calls.
pub struct ContainerDevice {
    /// The server's address, without a slash at the end.
    pub server: String,
    /// The container's name there.
    pub serial: String,
    /// Its key.
    pub keys: ContainerKeys,
}

#[cfg(test)]
mod tests {
    use p384::ecdsa::signature::hazmat::PrehashVerifier;

    use super::*;

    #[test]
    fn a_signature_is_of_the_sha_256_of_the_parts_that_there_are() {
        let keys = ContainerKeys::random().unwrap();
        let again = ContainerKeys::from_bytes(keys.to_bytes().expose()).unwrap();
        let signature = again.sign(&["nonce", "", "serial"]).unwrap();
        let der = BASE64URL.decode(signature.as_bytes()).unwrap();
        let signature = Signature::from_der(&der).unwrap();
        let digest = Sha256::digest(b"nonce|serial");
        assert!(keys.0.verifying_key().verify_prehash(&digest, &signature).is_ok());
        assert!(keys.public_pem().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
        assert!(ContainerKeys::from_bytes(&[0; KEY_BYTES]).is_none());
    }
}
