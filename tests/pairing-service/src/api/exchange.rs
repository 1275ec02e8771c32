//! The exchange: a pairing key and a device's public keys, both proven, for a sealed seed.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::binary::Binary;
use super::call::Call;
use super::problem::Problem;
use crate::crypto::fingerprint;
use crate::crypto::proofs::Offer;
use crate::limits::NAME_CHARS;
use crate::pairing::{self, Taken};
use crate::service::{Actor, Service, is_hidden};
use crate::store::audit::Event;
use crate::throttle::{Counted, place};

const KEY_DIGITS: usize = 12;

/// Under which everybody's failed keys are counted.
const EVERYBODY: &str = "";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: String,
    nonce: Binary<16>,
    seal_key: Binary<32>,
    sign_key: Binary<32>,
    sign_proof: Binary<64>,
    seal_proof: Binary<32>,
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
}

/// A member that may be missing, but is no `null` when it is there.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    String::deserialize(from).map(Some)
}

impl Asked {
    fn read(service: &Service, call: &Call) -> Result<Self, Problem> {
        let asked: Result<Self, Problem> = call.json();
        if asked.is_err() {
            burn_nonce(service, call);
        }
        let asked = asked?;
        if asked.key.len() != KEY_DIGITS || !asked.key.bytes().all(|byte| byte.is_ascii_digit()) {
            burn_nonce(service, call);
            return Err(Problem::Malformed("A pairing key has 12 digits."));
        }
        if asked.name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARS) {
            burn_nonce(service, call);
            return Err(Problem::Malformed("A name has 64 characters at the most."));
        }
        Ok(asked)
    }

    /// The name as it can be shown; none when nothing of it can.
    fn shown_name(&self) -> Option<String> {
        let name: String = self.name.iter().flat_map(|name| name.chars()).collect();
        let name = name.replace(is_hidden, " ").trim().to_owned();
        Some(name).filter(|name| !name.is_empty())
    }

    fn offer(&self) -> Offer<'_> {
        Offer {
            key: &self.key,
            nonce: self.nonce.0,
            seal_key: self.seal_key.0,
            sign_key: self.sign_key.0,
            sign_proof: self.sign_proof.0,
            seal_proof: self.seal_proof.0,
        }
    }
}

/// A nonce is used up by a call that is malformed otherwise, too.
fn burn_nonce(service: &Service, call: &Call) {
    let body: Option<Value> = serde_json::from_slice(&call.body).ok();
    let nonce = body.as_ref().and_then(|body| body.get("nonce")?.as_str());
    if let Some(Binary(nonce)) = nonce.and_then(Binary::read) {
        service.challenges.take(&nonce, service.clock.now());
    }
}

pub fn exchange(service: &Service, call: &Call) -> Result<Response, Problem> {
    let asked = Asked::read(service, call)?;
    let now = service.clock.now();
    let challenge = service.challenges.take(&asked.nonce.0, now).ok_or(Problem::NonceInvalid)?;
    let offer = asked.offer();
    if !offer.holds(&service.origin, &challenge) {
        note(service, call, Event::ProofRefused, "")?;
        return Err(Problem::ProofInvalid);
    }
    may_pair(service, call, now)?;
    let name = asked.shown_name();
    match service.store.with(|db| pairing::take_key(service, db, &offer, name.as_deref())) {
        Ok(Taken { answer, new_for: Some(account) }) => {
            let actor = Actor { user: Some(&account), address: Some(call.address) };
            let about = fingerprint(&offer.sign_key);
            service.store.with(|db| service.note(db, Event::KeyTaken, actor, &about))?;
            Ok(super::text(StatusCode::CREATED, answer))
        }
        Ok(Taken { answer, new_for: None }) => Ok(super::text(StatusCode::OK, answer)),
        Err(problem) => {
            note_failure(service, call, problem, now)?;
            Err(problem)
        }
    }
}

/// Whether keys are taken from this address now.
fn may_pair(service: &Service, call: &Call, now: i64) -> Result<(), Problem> {
    let ranges = service.policy()?.ranges;
    if !ranges.is_empty() && !ranges.iter().any(|range| range.contains(call.address)) {
        note(service, call, Event::KeyRefused, Problem::NotAllowed.parts().0)?;
        return Err(Problem::NotAllowed);
    }
    service.throttle.check(Counted::FailedKey, &place(call.address), now)?;
    service.throttle.check(Counted::FailedKeyAnywhere, EVERYBODY, now)?;
    Ok(())
}

fn note_failure(service: &Service, call: &Call, problem: Problem, now: i64) -> Result<(), Problem> {
    if matches!(problem, Problem::KeyUnknown | Problem::KeyExpired | Problem::KeyUsed) {
        service.throttle.count(Counted::FailedKey, &place(call.address), now);
        service.throttle.count(Counted::FailedKeyAnywhere, EVERYBODY, now);
    }
    note(service, call, Event::KeyRefused, problem.parts().0)
}

fn note(service: &Service, call: &Call, event: Event, about: &str) -> Result<(), Problem> {
    let actor = Actor { user: None, address: Some(call.address) };
    Ok(service.store.with(|db| service.note(db, event, actor, about))?)
}
