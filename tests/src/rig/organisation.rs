//! An organisation's service inside the test: the other side of the pairing API, written from its description alone. It
//! checks every proof and signature that an agent sends, and can be told to answer badly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::{BASE64, BASE64URL_NOPAD as B64};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use passcode_daemon::ports::courier::{Letter, Method, Reply, Undelivered};
use passcode_daemon::ports::fake::courier::json;
use serde_json::{Value, json as object};
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use super::Rig;
use super::keys::RFC_SECRET;

/// A service; clones are the same one.
#[derive(Clone)]
pub struct Organisation(Arc<Mutex<Service>>);

/// What a service answers in the place of what it should.
pub type Instead = Box<dyn FnMut(&Letter, Reply) -> Result<Reply, Undelivered> + Send>;

struct Service {
    origin: String,
    issued: u64,
    keys: BTreeMap<String, Claim>,
    devices: BTreeMap<String, Device>,
    challenges: BTreeMap<String, StaticSecret>,
    pin: u8,
    seed: Vec<u8>,
    digits: u8,
    instead: Option<Instead>,
    away: Option<Undelivered>,
}

#[derive(Default)]
struct Claim {
    by: Option<(String, String)>,
    answer: Option<String>,
    expired: bool,
    done: bool,
}

struct Device {
    sign: VerifyingKey,
    count: u64,
    removed: bool,
    counter: u64,
}

impl Organisation {
    /// A service at `origin`, which the rig's courier reaches. Its seed is the RFC's.
    pub fn at(rig: &Rig, origin: &str) -> Self {
        let service = Service {
            origin: origin.to_owned(),
            issued: 0,
            keys: BTreeMap::new(),
            devices: BTreeMap::new(),
            challenges: BTreeMap::new(),
            pin: 0,
            seed: RFC_SECRET.to_vec(),
            digits: 6,
            instead: None,
            away: None,
        };
        let own = Self(Arc::new(Mutex::new(service)));
        let served = own.clone();
        rig.courier.serve(move |letter| served.deliver(letter));
        own
    }

    /// Shows a new key, with the service behind it.
    pub fn show_key(&self) -> String {
        let mut service = self.service();
        service.issued += 1;
        let digits = format!("{:012}", 987_654_321_000 + service.issued);
        service.keys.insert(digits.clone(), Claim::default());
        format!("{digits}@{}", service.origin)
    }

    /// The time of every key is over.
    pub fn expire_keys(&self) {
        self.service().keys.values_mut().for_each(|claim| claim.expired = true);
    }

    /// The first passcode of every key has come.
    pub fn complete(&self) {
        self.service().keys.values_mut().for_each(|claim| claim.done = true);
    }

    /// Asks for a PIN of so many digits from now on.
    pub fn ask_for_pin(&self, digits: u8) {
        self.service().pin = digits;
    }

    /// Seals this seed from now on, for passcodes of so many digits.
    pub fn seal(&self, seed: &[u8], digits: u8) {
        let mut service = self.service();
        (service.seed, service.digits) = (seed.to_vec(), digits);
    }

    /// Answers as `instead` makes of the right answer.
    pub fn instead(
        &self,
        instead: impl FnMut(&Letter, Reply) -> Result<Reply, Undelivered> + Send + 'static,
    ) {
        self.service().instead = Some(Box::new(instead));
    }

    /// Answers rightly again.
    pub fn mend(&self) {
        let mut service = self.service();
        (service.instead, service.away) = (None, None);
    }

    /// Cannot be reached, for this reason.
    pub fn go_away(&self, why: Undelivered) {
        self.service().away = Some(why);
    }

    /// Somebody has removed every device on the service's page.
    pub fn remove_devices(&self) {
        self.service().devices.values_mut().for_each(|device| device.removed = true);
    }

    /// Devices that are paired.
    pub fn devices(&self) -> usize {
        self.service().devices.values().filter(|device| !device.removed).count()
    }

    /// Has seen calls of a copy of each device that went on to this count.
    pub fn see_count(&self, count: u64) {
        self.service().devices.values_mut().for_each(|device| device.count = count);
    }

    /// The counter that was found by the codes that were sent.
    pub fn counter(&self) -> u64 {
        self.service().devices.values().map(|device| device.counter).max().unwrap_or_default()
    }

    /// Answers a letter.
    pub fn deliver(&self, letter: &Letter) -> Result<Reply, Undelivered> {
        let mut service = self.service();
        if let Some(why) = service.away {
            return Err(why);
        }
        let right = service.answer(letter);
        match service.instead.take() {
            Some(mut instead) => {
                let answer = instead(letter, right);
                service.instead.get_or_insert(instead);
                answer
            }
            None => Ok(right),
        }
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A refusal, RFC 9457.
pub fn problem(status: u16, name: &str) -> Reply {
    let body = object!({ "type": format!("urn:passcode:problem:{name}"), "status": status });
    Reply { media: "application/problem+json".to_owned(), ..json(status, &body.to_string()) }
}

impl Service {
    fn answer(&mut self, letter: &Letter) -> Reply {
        let Some(path) = letter.url.strip_prefix(&self.origin) else {
            return json(404, "{}");
        };
        let path = path.to_owned();
        let body: Value = letter
            .body
            .as_ref()
            .map(|body| serde_json::from_slice(body.expose()).expect("JSON"))
            .unwrap_or_default();
        match (letter.method, path.as_str()) {
            (Method::Post, "/pairing/v1/challenges") => self.challenge(),
            (Method::Post, "/pairing/v1/devices") => self.exchange(&body),
            _ => self.signed(letter, &path, &body),
        }
    }

    fn challenge(&mut self) -> Reply {
        self.issued += 1;
        let secret =
            StaticSecret::from(<[u8; 32]>::from(Sha256::digest(self.issued.to_le_bytes())));
        let nonce = B64.encode(&Sha256::digest(self.issued.to_be_bytes())[..16]);
        let key = B64.encode(PublicKey::from(&secret).as_bytes());
        self.challenges.insert(nonce.clone(), secret);
        json(201, &object!({ "nonce": nonce, "key": key, "expires_in": 120 }).to_string())
    }

    fn exchange(&mut self, body: &Value) -> Reply {
        let text = |name: &str| body[name].as_str().expect("a text").to_owned();
        let Some(challenge) = self.challenges.remove(&text("nonce")) else {
            return problem(401, "nonce-invalid");
        };
        let lines = [text("key"), text("nonce"), text("seal_key"), text("sign_key")].join("\n");
        let transcript = format!("passcode-pairing-v1 exchange\n{}\n{lines}", self.origin);
        assert!(is_proven(body, &challenge, transcript.as_bytes()), "the proofs hold");
        let owner = (text("sign_key"), text("seal_key"));
        let Some(claim) = self.keys.get(&text("key")) else {
            return problem(404, "key-unknown");
        };
        match (&claim.by, &claim.answer) {
            _ if claim.expired => problem(410, "key-expired"),
            (Some(by), _) if *by != owner || claim.done => problem(409, "key-used"),
            (Some(_), Some(answer)) => json(200, answer),
            _ => {
                let answer = self.seal_for(&owner);
                let claim = self.keys.get_mut(&text("key")).expect("it was there");
                (claim.by, claim.answer) = (Some(owner), Some(answer.clone()));
                json(201, &answer)
            }
        }
    }

    fn seal_for(&mut self, (sign_key, seal_key): &(String, String)) -> String {
        let device = format!("d-{}", self.devices.len() + 1);
        let key = bytes::<32>(sign_key);
        let sign = VerifyingKey::from_bytes(&key).expect("a key");
        let known = Device { sign, count: 0, removed: false, counter: 0 };
        self.devices.insert(device.clone(), known);
        let (digits, pin) = (self.digits, self.pin);
        let aad = format!("{device}\nhotp\nSHA1\n{digits}\n0\n{pin}\n{sign_key}\n{seal_key}");
        let info = format!("passcode-pairing-v1 seed\n{}", self.origin);
        let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&bytes::<32>(seal_key));
        let (enc, ciphertext) =
            hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &to.expect("a key"),
                info.as_bytes(),
                &self.seed,
                aad.as_bytes(),
            )
            .expect("sealed");
        object!({
            "device": device, "issuer": "Example Corp", "account": "alice@example.org",
            "passcode": { "type": "hotp", "algorithm": "SHA1", "digits": digits, "counter": "0" },
            "policy": { "pin": pin, "export": true },
            "sealed_seed": { "enc": B64.encode(&enc.to_bytes()), "ciphertext": B64.encode(&ciphertext) },
            "a later member": { "is": "ignored" },
        })
        .to_string()
    }

    fn signed(&mut self, letter: &Letter, path: &str, body: &Value) -> Reply {
        let rest = path.strip_prefix("/pairing/v1/devices/").expect("a known path");
        let (id, verb) = rest.split_once('/').unwrap_or((rest, ""));
        let id = id.to_owned();
        let Some(device) = self.devices.get_mut(&id) else {
            return problem(404, "device-unknown");
        };
        let (nonce, count) = verified(letter, &id, &device.sign);
        if self.challenges.remove(&nonce).is_none() {
            return problem(401, "nonce-invalid");
        }
        if device.removed {
            return problem(410, "device-removed");
        }
        if count <= device.count {
            let mut refusal = problem(409, "count-invalid");
            let body = object!({ "type": "urn:passcode:problem:count-invalid", "count": device.count.to_string() });
            refusal.body = body.to_string().into_bytes().into();
            return refusal;
        }
        device.count = count;
        match (letter.method, verb) {
            (Method::Get, "") => json(
                200,
                &object!({
                    "device": id, "issuer": "Example Corp", "account": "alice@example.org",
                    "state": "paired", "policy": { "pin": self.pin, "export": true },
                    "counter": device.counter.to_string(),
                })
                .to_string(),
            ),
            (Method::Delete, "") => {
                device.removed = true;
                Reply { media: String::new(), ..json(204, "") }
            }
            (Method::Post, "resync") => resynced(device, body),
            _ => json(404, "{}"),
        }
    }
}

/// Finds two successive codes of the RFC's secret, by the RFC's own list.
fn resynced(device: &mut Device, body: &Value) -> Reply {
    let codes: Vec<_> = body["codes"].as_array().expect("codes").iter().collect();
    let found = super::keys::RFC_CODES.windows(2).position(|two| codes == [two[0], two[1]]);
    match found {
        Some(first) => {
            device.counter = first as u64 + 2;
            json(200, &object!({ "counter": device.counter.to_string() }).to_string())
        }
        None => problem(409, "resync-failed"),
    }
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    B64.decode(text.as_bytes()).expect("base64").try_into().expect("the right length")
}

fn is_proven(body: &Value, challenge: &StaticSecret, transcript: &[u8]) -> bool {
    let text = |name: &str| body[name].as_str().expect("a text");
    let sign = VerifyingKey::from_bytes(&bytes::<32>(text("sign_key"))).expect("a key");
    let signature = Signature::from_bytes(&bytes::<64>(text("sign_proof")));
    let shared = challenge.diffie_hellman(&PublicKey::from(bytes::<32>(text("seal_key"))));
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, shared.as_bytes())
        .expand(b"passcode-pairing-v1 seal proof", &mut key)
        .expect("32 bytes");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(transcript);
    sign.verify(transcript, &signature).is_ok()
        && mac.verify_slice(&bytes::<32>(text("seal_proof"))).is_ok()
}

/// The nonce and the count of a letter whose signature holds.
fn verified(letter: &Letter, device: &str, key: &VerifyingKey) -> (String, u64) {
    let header = |name: &str| {
        let mut found = letter.headers.iter().filter(|(header, _)| *header == name);
        found.next().unwrap_or_else(|| panic!("{name} is there")).1.clone()
    };
    let names: BTreeSet<_> = letter.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), letter.headers.len(), "no header twice");
    let body = letter.body.as_ref().map_or(&[][..], |body| body.expose());
    let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)));
    assert_eq!(header("Content-Digest"), digest);
    let input = header("Signature-Input");
    let parameters = input.strip_prefix("sig1=").expect("one signature");
    let value = |name: &str| {
        let (_, rest) = parameters.split_once(&format!(";{name}=")).expect("a parameter");
        rest.split(';').next().expect("a value").trim_matches('"').to_owned()
    };
    assert_eq!((value("keyid").as_str(), value("tag").as_str()), (device, "passcode-pairing"));
    let base = format!(
        "\"@method\": {}\n\"@target-uri\": {}\n\"content-digest\": {digest}\n\"passcode-count\": {}\n\"@signature-params\": {parameters}",
        letter.method.name(),
        letter.url,
        header("Passcode-Count"),
    );
    let signature = header("Signature");
    let signature = signature.strip_prefix("sig1=:").and_then(|rest| rest.strip_suffix(':'));
    let signature = BASE64.decode(signature.expect("a signature").as_bytes()).expect("base64");
    let signature = Signature::from_slice(&signature).expect("64 bytes");
    key.verify(base.as_bytes(), &signature).expect("the signature holds");
    (value("nonce"), header("Passcode-Count").parse().expect("a number"))
}
