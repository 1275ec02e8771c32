//! Opening of HPKE's base mode (RFC 9180, sections 4 to 6), written out: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305, one message.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};

const KEM: [u8; 5] = [b'K', b'E', b'M', 0x00, 0x20];
const SUITE: [u8; 10] = [b'H', b'P', b'K', b'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03];

fn extract(suite: &[u8], salt: &[u8], label: &str, ikm: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(salt).expect("a key of any length");
    mac.update(&[b"HPKE-v1", suite, label.as_bytes(), ikm].concat());
    mac.finalize().into_bytes().into()
}

fn expand<const N: usize>(suite: &[u8], prk: &[u8], label: &str, info: &[u8]) -> [u8; N] {
    let length = u16::try_from(N).expect("a short key").to_be_bytes();
    let info = [&length[..], b"HPKE-v1", suite, label.as_bytes(), info].concat();
    let mut out = [0; N];
    Hkdf::<Sha256>::from_prk(prk)
        .expect("a whole hash")
        .expand(&info, &mut out)
        .expect("a short key");
    out
}

pub fn open(
    own: &StaticSecret,
    enc: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Vec<u8>> {
    let dh = own.diffie_hellman(&PublicKey::from(*enc));
    let context = [&enc[..], PublicKey::from(own).as_bytes()].concat();
    let prk = extract(&KEM, &[], "eae_prk", dh.as_bytes());
    let shared: [u8; 32] = expand(&KEM, &prk, "shared_secret", &context);
    let psk_id_hash = extract(&SUITE, &[], "psk_id_hash", &[]);
    let info_hash = extract(&SUITE, &[], "info_hash", info);
    let context = [&[0][..], &psk_id_hash, &info_hash].concat();
    let secret = extract(&SUITE, &shared, "secret", &[]);
    let key: [u8; 32] = expand(&SUITE, &secret, "key", &context);
    let nonce: [u8; 12] = expand(&SUITE, &secret, "base_nonce", &context);
    let payload = Payload { msg: ciphertext, aad };
    ChaCha20Poly1305::new(&key.into()).decrypt(&Nonce::from(nonce), payload).ok()
}
