//! Sealing a seed to a device: HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305. The device opens it only as what it was sealed as: every parameter is vouched for.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, HpkeError, Kem, OpModeS, Serializable};

use crate::origin::Origin;

/// A sealed seed.
pub struct SealedSeed {
    pub enc: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// Seals `seed` to `seal_key`, vouching for the lines of `about`. Fails for low-order keys.
pub fn seed(
    origin: &Origin,
    seal_key: &[u8; 32],
    about: &[&str],
    seed: &[u8],
) -> Result<SealedSeed, HpkeError> {
    let device = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(seal_key)?;
    let info = format!("passcode-pairing-v1 seed\n{origin}");
    let (enc, ciphertext) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &device,
        info.as_bytes(),
        seed,
        about.join("\n").as_bytes(),
    )?;
    Ok(SealedSeed { enc: enc.to_bytes().to_vec(), ciphertext })
}
