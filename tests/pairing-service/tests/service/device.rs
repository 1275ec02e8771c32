//! A device that speaks the protocol: it proves its keys, opens its seed, makes passcodes and signs calls (RFC 9421).
//! Each step gives what it would send, so that tests can send something else.

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD};
use ed25519_dalek::{Signer, SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::hpke;
use crate::https::{Answer, Header, Https};

pub struct Device {
    pub origin: String,
    pub https: Https,
    pub sign: SigningKey,
    pub seal: StaticSecret,
    pub name: String,
    /// What it was told when it was paired.
    pub told: Value,
    pub seed: Vec<u8>,
    /// The count of its next signed call.
    pub count: u64,
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("random bytes");
    bytes
}

pub fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

pub fn bytes<const N: usize>(text: &Value) -> [u8; N] {
    let bytes = BASE64URL_NOPAD.decode(text.as_str().expect("text").as_bytes()).expect("base64url");
    bytes.try_into().expect("that length")
}

impl Device {
    pub fn new(origin: &str, https: &Https) -> Self {
        Self {
            origin: origin.to_owned(),
            https: https.clone(),
            sign: SigningKey::from_bytes(&random()),
            seal: StaticSecret::from(random()),
            name: "Test device".to_owned(),
            told: Value::Null,
            seed: Vec::new(),
            count: 0,
        }
    }

    pub fn sign_key(&self) -> String {
        text(self.sign.verifying_key().as_bytes())
    }

    pub fn seal_key(&self) -> String {
        text(PublicKey::from(&self.seal).as_bytes())
    }

    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.sign.verifying_key().as_bytes());
        let text = BASE32.encode(&hash[..5]);
        format!("{}-{}", &text[..4], &text[4..])
    }

    pub fn id(&self) -> &str {
        self.told["device"].as_str().expect("it is paired")
    }

    pub fn path(&self) -> String {
        format!("/pairing/v1/devices/{}", self.id())
    }

    pub fn challenge(&self) -> Value {
        let answer = self.https.post_json("/pairing/v1/challenges", &json!({}));
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    /// The body of an exchange that answers `challenge`.
    pub fn offer(&self, challenge: &Value, key: &str) -> Value {
        let nonce = challenge["nonce"].as_str().expect("a nonce");
        let (seal_key, sign_key) = (self.seal_key(), self.sign_key());
        let head = "passcode-pairing-v1 exchange";
        let transcript = [head, &self.origin, key, nonce, &seal_key, &sign_key].join("\n");
        json!({
            "key": key,
            "nonce": nonce,
            "seal_key": seal_key,
            "sign_key": sign_key,
            "sign_proof": text(&self.sign.sign(transcript.as_bytes()).to_bytes()),
            "seal_proof": text(&self.seal_proof(&bytes(&challenge["key"]), &transcript)),
            "name": self.name,
        })
    }

    fn seal_proof(&self, challenge: &[u8; 32], transcript: &str) -> [u8; 32] {
        let shared = self.seal.diffie_hellman(&PublicKey::from(*challenge));
        let mut key = [0; 32];
        let info = b"passcode-pairing-v1 seal proof";
        Hkdf::<Sha256>::new(None, shared.as_bytes()).expand(info, &mut key).expect("32 bytes");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
        mac.update(transcript.as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub fn send(&self, offer: &Value) -> Answer {
        self.https.post_json("/pairing/v1/devices", offer)
    }

    /// Brings a key.
    pub fn bring(&self, key: &str) -> Answer {
        self.send(&self.offer(&self.challenge(), key))
    }

    /// Brings a key, and opens the seed that it is given for it.
    pub fn pair(&mut self, key: &str) {
        let answer = self.bring(key);
        assert_eq!(answer.status, 201, "{answer:?}");
        self.told = answer.json();
        self.seed = self.open().expect("a seed for this device");
    }

    /// Opens the seed of [`Device::told`] as what that says that it is.
    pub fn open(&self) -> Option<Vec<u8>> {
        let (told, passcode) = (&self.told, &self.told["passcode"]);
        let word = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let start = if passcode["type"] == "hotp" { "counter" } else { "period" };
        let aad = [
            word(&told["device"]),
            word(&passcode["type"]),
            word(&passcode["algorithm"]),
            word(&passcode["digits"]),
            word(&passcode[start]),
            word(&told["policy"]["pin"]),
            self.sign_key(),
            self.seal_key(),
        ]
        .join("\n");
        let info = format!("passcode-pairing-v1 seed\n{}", self.origin);
        let sealed = &told["sealed_seed"];
        let ciphertext = sealed["ciphertext"].as_str().expect("text").as_bytes();
        let ciphertext = BASE64URL_NOPAD.decode(ciphertext).expect("base64url");
        hpke::open(&self.seal, &bytes(&sealed["enc"]), info.as_bytes(), aad.as_bytes(), &ciphertext)
    }

    /// Its passcode at a counter or time step.
    pub fn code(&self, counter: i64) -> String {
        let passcode = &self.told["passcode"];
        let digits = passcode["digits"].as_u64().expect("a number");
        let mac = match passcode["algorithm"].as_str() {
            Some("SHA1") => mac::<Hmac<Sha1>>(&self.seed, counter),
            Some("SHA256") => mac::<Hmac<Sha256>>(&self.seed, counter),
            _ => mac::<Hmac<Sha512>>(&self.seed, counter),
        };
        let at = usize::from(mac[mac.len() - 1] & 15);
        let number =
            u32::from_be_bytes(mac[at..at + 4].try_into().expect("four bytes")) & (u32::MAX >> 1);
        let number = u64::from(number) % 10_u64.pow(u32::try_from(digits).expect("few digits"));
        format!("{number:0digits$}", digits = usize::try_from(digits).expect("few digits"))
    }

    /// The headers of a signed call with a new nonce and the next count.
    pub fn signed(&mut self, method: &str, path: &str, body: &str) -> Vec<Header<'static>> {
        let nonce = self.challenge()["nonce"].as_str().expect("a nonce").to_owned();
        let count = self.count;
        self.count += 1;
        self.sign(&nonce, count, method, path, body)
    }

    pub fn sign(
        &self,
        nonce: &str,
        count: u64,
        method: &str,
        path: &str,
        body: &str,
    ) -> Vec<Header<'static>> {
        let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)));
        let params = format!(
            "(\"@method\" \"@target-uri\" \"content-digest\" \"passcode-count\");created=1700000000;\
             keyid=\"{}\";nonce=\"{nonce}\";alg=\"ed25519\";tag=\"passcode-pairing\"",
            self.id()
        );
        let base = format!(
            "\"@method\": {method}\n\"@target-uri\": {}{path}\n\"content-digest\": {digest}\n\
             \"passcode-count\": {count}\n\"@signature-params\": {params}",
            self.origin
        );
        let signature = self.sign.sign(base.as_bytes()).to_bytes();
        let mut headers = vec![
            ("Content-Digest", digest),
            ("Passcode-Count", count.to_string()),
            ("Signature-Input", format!("sig1={params}")),
            ("Signature", format!("sig1=:{}:", BASE64.encode(&signature))),
        ];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        headers
    }

    /// Makes a signed call.
    pub fn call(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let headers = self.signed(method, path, body);
        self.https.send(method, path, &headers, body.as_bytes())
    }

    pub fn state(&mut self) -> Answer {
        self.call("GET", &self.path(), "")
    }

    pub fn resynchronise(&mut self, codes: &[String]) -> Answer {
        self.call("POST", &format!("{}/resync", self.path()), &json!({"codes": codes}).to_string())
    }

    pub fn remove(&mut self) -> Answer {
        self.call("DELETE", &self.path(), "")
    }
}

fn mac<M: Mac + KeyInit>(seed: &[u8], counter: i64) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(seed).expect("a key of any length");
    mac.update(&counter.to_be_bytes());
    mac.finalize().into_bytes().to_vec()
}
