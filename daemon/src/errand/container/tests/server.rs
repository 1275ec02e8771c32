//! A server inside the test: the other side of the conversation, written from what privacyIDEA was seen to do. It checks
//! every signature, spends each nonce once, and can be told to answer badly.

use std::sync::{Arc, Mutex};

use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{AesGcm, Nonce, aes::Aes256};
use data_encoding::BASE64URL;
use p384::ecdsa::signature::hazmat::PrehashVerifier;
use p384::ecdsa::{Signature, VerifyingKey};
use p384::pkcs8::DecodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::ports::courier::{Letter, Reply};
use crate::ports::fake::courier::{self, FakeCourier};

pub const SERIAL: &str = "SMPH00012345";
pub const TIME: &str = "2026-11-23T20:07:53.623297+00:00";

/// Changes what is answered to the call at a path.
type Tweak = Box<dyn FnMut(&str, &mut Reply) + Send>;

/// What the server knows.
#[derive(Default)]
pub struct State {
    /// The address of the server.
    pub address: String,
    /// The nonces that are good, for which call.
    pub nonces: Vec<(String, String)>,
    /// The passphrase, where one is asked for, and whether it is sent along.
    pub passphrase: Option<(&'static str, bool)>,
    /// The key of the container.
    pub key: Option<VerifyingKey>,
    /// The answer to the next synchronisation, in clear.
    pub plain: String,
    /// What the client said that it has.
    pub own: Value,
    /// Whether a client may do what policies can forbid.
    pub forbids: bool,
    /// The key of the server for one answer.
    pub seals: Option<[u8; 32]>,
    pub tweak: Option<Tweak>,
}

type Answered = Result<Value, (u16, i64)>;

/// A server at `address`, which the courier reaches.
pub fn server(address: &str) -> (FakeCourier, Arc<Mutex<State>>) {
    let finalize = format!("{address}/container/register/finalize");
    let state = State {
        address: address.to_owned(),
        nonces: vec![("a1b2c3".to_owned(), finalize)],
        plain: r#"{"container":{"serial":"S"},"tokens":{"add":[],"update":[]}}"#.to_owned(),
        ..State::default()
    };
    let (courier, state) = (FakeCourier::default(), Arc::new(Mutex::new(state)));
    let served = state.clone();
    courier.serve(move |letter| Ok(served.lock().unwrap().reply(letter)));
    (courier, state)
}

impl State {
    fn reply(&mut self, letter: &Letter) -> Reply {
        let path =
            letter.url.strip_prefix(&self.address).expect("a call of this server").to_owned();
        let body = serde_json::from_slice(letter.body.as_ref().unwrap().expose()).unwrap();
        let mut reply = match self.answer(&path, &body) {
            Ok(value) => {
                courier::json(200, &json!({"result": {"status": true, "value": value}}).to_string())
            }
            Err((status, code)) => courier::json(status, &refusal(code).to_string()),
        };
        reply.date = Some(1_800_000_000);
        if let Some(tweak) = &mut self.tweak {
            tweak(&path, &mut reply);
        }
        reply
    }

    fn answer(&mut self, path: &str, body: &Value) -> Answered {
        if body["container_serial"] != SERIAL {
            return Err((404, 601));
        }
        match path {
            "/container/register/finalize" => self.finalize(body),
            _ if self.key.is_none() => Err((400, 3001)),
            "/container/challenge" => Ok(self.challenge(body)),
            "/container/synchronize" => self.synchronize(body),
            "/container/rollover" => {
                self.check(path, body, &[])?;
                if self.forbids {
                    return Err((403, 303));
                }
                Ok(json!({"container_url": {"value": "pia://container/another"}}))
            }
            "/container/register/terminate/client" => {
                self.check(path, body, &[])?;
                self.key = None;
                Ok(json!({"success": true}))
            }
            _ => Err((404, 601)),
        }
    }

    fn finalize(&mut self, body: &Value) -> Answered {
        if self.key.is_some() {
            return Err((400, 3000));
        }
        let sent = body.get("passphrase").map(|sent| sent.as_str().unwrap());
        let expected = self.passphrase.map(|(passphrase, _)| passphrase).unwrap_or_default();
        let is_sent = self.passphrase.is_some_and(|(_, is_sent)| is_sent);
        assert_eq!(sent.is_some(), is_sent, "a passphrase goes out only where it has to");
        self.key =
            VerifyingKey::from_public_key_pem(body["public_client_key"].as_str().unwrap()).ok();
        let about = [text(body, "device_brand"), text(body, "device_model"), expected.to_owned()];
        let checked = self.check("/container/register/finalize", body, &about);
        if checked.is_err() {
            self.key = None;
        }
        checked.map(|()| json!({"success": true, "policies": {"container_client_rollover": true}}))
    }

    fn challenge(&mut self, body: &Value) -> Value {
        let nonce = format!("nonce{}", self.nonces.len());
        self.nonces.push((nonce.clone(), text(body, "scope")));
        json!({"nonce": nonce, "time_stamp": TIME, "enc_key_algorithm": "x25519", "transaction_id": "1"})
    }

    fn synchronize(&mut self, body: &Value) -> Answered {
        let more = [text(body, "public_enc_key_client"), text(body, "container_dict_client")];
        self.check("/container/synchronize", body, &more)?;
        self.own = serde_json::from_str(&more[1]).map_err(|_| (500, -500))?;
        let theirs = BASE64URL.decode(more[0].as_bytes()).map_err(|_| (500, -500))?;
        let theirs = PublicKey::from(<[u8; 32]>::try_from(theirs).unwrap());
        let own = StaticSecret::from(self.seals.unwrap_or([7; 32]));
        let cipher = AesGcm::<Aes256, U16>::new(own.diffie_hellman(&theirs).as_bytes().into());
        let mut sealed =
            cipher.encrypt(&Nonce::<U16>::from([9; 16]), self.plain.as_bytes()).unwrap();
        let tag = sealed.split_off(sealed.len() - 16);
        Ok(json!({
            "public_server_key": BASE64URL.encode(PublicKey::from(&own).as_bytes()),
            "encryption_algorithm": "AES",
            "encryption_params": {
                "algorithm": "AES", "mode": "GCM",
                "init_vector": BASE64URL.encode(&[9; 16]), "tag": BASE64URL.encode(&tag),
            },
            "container_dict_server": BASE64URL.encode(&sealed),
            "server_url": "https://elsewhere.example/",
            "policies": {},
        }))
    }

    /// Whether the signature is of one of the open nonces, which is spent by it.
    fn check(&mut self, path: &str, body: &Value, more: &[String]) -> Result<(), (u16, i64)> {
        let scope = format!("{}{path}", self.address);
        let signature =
            BASE64URL.decode(text(body, "signature").as_bytes()).map_err(|_| (500, -500))?;
        let signature = Signature::from_der(&signature).map_err(|_| (400, 3002))?;
        let key = self.key.unwrap();
        let fits = |(nonce, wanted): &(String, String)| {
            let mut parts = vec![nonce.as_str(), TIME, SERIAL, &scope];
            parts.extend(more.iter().map(String::as_str).filter(|part| !part.is_empty()));
            let digest = Sha256::digest(parts.join("|").as_bytes());
            *wanted == scope && key.verify_prehash(&digest, &signature).is_ok()
        };
        let spent = self.nonces.iter().position(fits).ok_or((400, 3002))?;
        self.nonces[spent].0 = "spent".to_owned();
        Ok(())
    }
}

fn refusal(code: i64) -> Value {
    json!({"result": {"status": false, "error": {"code": code, "message": "ERR: not for people"}}})
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}
