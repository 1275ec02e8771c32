//! The pairing API of an organisation's service, as `docs/pairing-api.yaml` describes it: an exchange of a key of 12 digits
//! for a sealed seed, and calls that the device signs.
//!
//! `device` has the keys, `exchange` the first call, `calls` the others, `signing` the signatures (RFC 9421).

mod answers;
mod calls;
mod device;
mod exchange;
mod problem;
mod signing;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Talk;
use super::fault::ServiceFault;
use crate::origin::Origin;
use crate::ports::courier::{Letter, Method, Reply};
use crate::secret::Secret;

pub use answers::{Policy, Standing};
pub use device::{Device, DeviceKeys, fingerprint};
pub use exchange::{Exchanged, Offer};

/// The one kind of body that is accepted, and the one of problems.
const JSON: &str = "application/json";

/// Where the service hands out what makes a call fresh.
const CHALLENGES: &str = "/pairing/v1/challenges";

/// Where its devices are.
const DEVICES: &str = "/pairing/v1/devices";

/// What makes one call fresh.
#[derive(Deserialize)]
struct Challenge {
    nonce: String,
    key: String,
}

impl Talk {
    /// Gets a challenge for the next call.
    async fn challenge(&mut self, origin: &Origin) -> Result<Challenge, ServiceFault> {
        let letter = Letter {
            method: Method::Post,
            url: origin.join(CHALLENGES),
            headers: Vec::new(),
            body: Some(Secret::of("{}")),
        };
        let reply = self.say(letter).await?;
        let challenge: Challenge = understood(&reply, &[201])?;
        match is_token(&challenge.nonce) {
            true => Ok(challenge),
            false => Err(ServiceFault::Malformed("its nonce is not of the right form")),
        }
    }
}

/// The body of a good answer.
fn understood<T: DeserializeOwned>(reply: &Reply, good: &[u16]) -> Result<T, ServiceFault> {
    accepted(reply, good)?;
    if reply.media != JSON {
        return Err(ServiceFault::NotAService);
    }
    serde_json::from_slice(&reply.body)
        .map_err(|_| ServiceFault::Malformed("a part is missing or not of the right form"))
}

/// Tells a good answer from a refusal.
fn accepted(reply: &Reply, good: &[u16]) -> Result<(), ServiceFault> {
    match reply.status {
        status if good.contains(&status) => Ok(()),
        300..=399 => Err(ServiceFault::Redirected),
        _ => Err(problem::read(reply)),
    }
}

/// Whether it can stand in a header and in what is signed.
fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}
