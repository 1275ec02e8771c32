//! The first call: a pairing key and the device's public keys for the sealed seed. Asked again with the same keys, the
//! service answers the same until the first passcode has come, so that nothing is lost when this computer fails between.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::Signer;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR};
use passcode_proto::{Label, limits};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use x25519_dalek::PublicKey;
use zeroize::Zeroizing;

use super::super::Talk;
use super::super::fault::ServiceFault;
use super::answers::{Policy, WirePasscode, WirePolicy, label};
use super::device::DeviceKeys;
use super::{Challenge, DEVICES, bytes, is_token, understood};
use crate::origin::Origin;
use crate::otp::Parameters;
use crate::ports::courier::{Letter, Method};
use crate::secret::Secret;

const TRANSCRIPT: &str = "passcode-pairing-v1 exchange";
const SEAL_PROOF: &[u8] = b"passcode-pairing-v1 seal proof";
const SEED: &str = "passcode-pairing-v1 seed";

/// What the user brings to a service.
pub struct Offer {
    /// The service.
    pub origin: Origin,
    /// The key: 12 digits.
    pub key: Secret,
    /// What the service's page calls this computer.
    pub name: Option<String>,
}

/// What the service gives for it.
#[derive(Debug)]
pub struct Exchanged {
    /// The device's name at the service.
    pub device: String,
    /// Who issues the passcodes.
    pub issuer: Label,
    /// The account.
    pub account: Label,
    /// How passcodes are made.
    pub parameters: Parameters,
    /// The first counter.
    pub counter: u64,
    /// What the organisation asks.
    pub policy: Policy,
    /// What passcodes are made from.
    pub seed: Secret,
}

#[derive(Serialize)]
struct Body<'a> {
    key: &'a str,
    nonce: &'a str,
    seal_key: &'a str,
    sign_key: &'a str,
    sign_proof: &'a str,
    seal_proof: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    device: String,
    issuer: String,
    account: String,
    passcode: WirePasscode,
    policy: WirePolicy,
    sealed_seed: Sealed,
}

#[derive(Deserialize)]
struct Sealed {
    enc: String,
    ciphertext: String,
}

impl Talk {
    /// Exchanges a pairing key for a seed.
    pub async fn exchange(
        &mut self,
        offer: &Offer,
        keys: &DeviceKeys,
    ) -> Result<Exchanged, ServiceFault> {
        let challenge = self.challenge(&offer.origin).await?;
        let letter = Letter {
            method: Method::Post,
            url: offer.origin.join(DEVICES),
            headers: Vec::new(),
            body: Some(body(offer, keys, &challenge)?),
        };
        let reply = self.say(letter).await?;
        let answer: Answer = understood(&reply, &[200, 201])?;
        opened(answer, &offer.origin, keys)
    }
}

fn body(offer: &Offer, keys: &DeviceKeys, challenge: &Challenge) -> Result<Secret, ServiceFault> {
    let seal_key = BASE64URL_NOPAD.encode(&keys.seal_key());
    let sign_key = BASE64URL_NOPAD.encode(&keys.sign_key());
    let key = std::str::from_utf8(offer.key.expose()).map_err(|_| ServiceFault::KeyUnknown)?;
    let lines = [TRANSCRIPT, offer.origin.as_str(), key, &challenge.nonce, &seal_key, &sign_key];
    let transcript = Zeroizing::new(lines.join("\n"));
    let sign_proof = BASE64URL_NOPAD.encode(&keys.sign.sign(transcript.as_bytes()).to_bytes());
    let seal_proof = BASE64URL_NOPAD.encode(&seal_proof(keys, challenge, transcript.as_bytes())?);
    let body = Body {
        key,
        nonce: &challenge.nonce,
        seal_key: &seal_key,
        sign_key: &sign_key,
        sign_proof: &sign_proof,
        seal_proof: &seal_proof,
        name: offer.name.as_deref(),
    };
    let text = serde_json::to_vec(&body);
    text.map(Secret::new).map_err(|_| ServiceFault::Malformed("its nonce cannot be sent back"))
}

/// Shows that the key to seal to is ours: only who has its private half can make this of the service's challenge.
fn seal_proof(
    keys: &DeviceKeys,
    challenge: &Challenge,
    transcript: &[u8],
) -> Result<[u8; 32], ServiceFault> {
    const MALFORMED: ServiceFault = ServiceFault::Malformed("its public key is none");
    let theirs = PublicKey::from(bytes::<32>(&challenge.key).ok_or(MALFORMED)?);
    let shared = keys.seal.diffie_hellman(&theirs);
    // A key of low order would make the shared secret one that anybody knows (RFC 7748 §6.1).
    if !shared.was_contributory() {
        return Err(MALFORMED);
    }
    let mut key = Zeroizing::new([0; 32]);
    let derived = Hkdf::<Sha256>::new(None, shared.as_bytes()).expand(SEAL_PROOF, &mut *key);
    derived.map_err(|_| MALFORMED)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&*key).map_err(|_| MALFORMED)?;
    mac.update(transcript);
    Ok(mac.finalize().into_bytes().into())
}

fn opened(answer: Answer, origin: &Origin, keys: &DeviceKeys) -> Result<Exchanged, ServiceFault> {
    let Answer { device, issuer, account, passcode, policy, sealed_seed } = answer;
    if !is_token(&device) {
        return Err(ServiceFault::Malformed("its name for this computer is not of the right form"));
    }
    let (parameters, counter) = passcode.read()?;
    let policy = Policy::try_from(policy)?;
    let aad = bound(&device, &passcode, policy, keys);
    let seed = unsealed(&sealed_seed, origin, aad.as_bytes(), keys)?;
    if !(1..=limits::SECRET_BYTES).contains(&seed.expose().len()) {
        return Err(ServiceFault::Malformed("its seed is empty or too long"));
    }
    let (issuer, account) = (label(&issuer)?, label(&account)?);
    Ok(Exchanged { device, issuer, account, parameters, counter, policy, seed })
}

/// What the seal vouches for beside the seed.
fn bound(device: &str, passcode: &WirePasscode, policy: Policy, keys: &DeviceKeys) -> String {
    let factor = match (&passcode.counter, passcode.period) {
        (Some(counter), _) => counter.clone(),
        (None, period) => period.unwrap_or_default().to_string(),
    };
    [
        device,
        &passcode.kind,
        &passcode.algorithm,
        &passcode.digits.to_string(),
        &factor,
        &policy.pin.to_string(),
        &BASE64URL_NOPAD.encode(&keys.sign_key()),
        &BASE64URL_NOPAD.encode(&keys.seal_key()),
    ]
    .join("\n")
}

fn unsealed(
    sealed: &Sealed,
    origin: &Origin,
    aad: &[u8],
    keys: &DeviceKeys,
) -> Result<Secret, ServiceFault> {
    type Suite = X25519HkdfSha256;
    let enc = bytes::<32>(&sealed.enc).ok_or(ServiceFault::Unsealable)?;
    let enc = <Suite as Kem>::EncappedKey::from_bytes(&enc);
    let enc = enc.map_err(|_| ServiceFault::Unsealable)?;
    let own = <Suite as Kem>::PrivateKey::from_bytes(keys.seal.as_bytes());
    let own = own.map_err(|_| ServiceFault::Unsealable)?;
    let ciphertext = BASE64URL_NOPAD.decode(sealed.ciphertext.as_bytes());
    let ciphertext = ciphertext.map_err(|_| ServiceFault::Unsealable)?;
    let info = format!("{SEED}\n{origin}");
    let seed = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
        &OpModeR::Base,
        &own,
        &enc,
        info.as_bytes(),
        &ciphertext,
        aad,
    );
    seed.map(Secret::new).map_err(|_| ServiceFault::Unsealable)
}
