//! What a paired device asks, signed: where it stands, to be found again by two passcodes, and to be removed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::problem::Problem;
use super::signature::{self, Caller};
use crate::passcodes;
use crate::service::{Actor, Service};
use crate::store::audit::Event;
use crate::store::devices;
use crate::throttle::Counted;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    codes: [String; 2],
}

pub fn state(service: &Service, call: &Call) -> Result<Response, Problem> {
    let Caller { device, account } = signature::caller(service, call)?;
    has_no_body(call)?;
    let policy = service.policy()?;
    let mut body = json!({
        "device": device.id,
        "issuer": service.issuer,
        "account": account,
        "state": device.state.name(),
        "policy": {"pin": policy.pin, "export": policy.export},
    });
    if !device.passcodes.is_timed {
        body["counter"] = device.next.to_string().into();
    }
    Ok(super::json(StatusCode::OK, &body))
}

pub fn resynchronise(service: &Service, call: &Call) -> Result<Response, Problem> {
    let Caller { device, account } = signature::caller(service, call)?;
    let Codes { codes: [first, second] } = call.json()?;
    if [&first, &second].into_iter().any(|code| !is_passcode(code)) {
        return Err(Problem::Malformed("A passcode has 6 to 8 digits."));
    }
    service.throttle.take(Counted::Resync, &device.id, service.clock.now())?;
    let actor = Actor { user: Some(&account), address: Some(call.address) };
    let counter = service.store.with(|db| {
        let mut device = devices::by_id(db, &device.id)?.ok_or(Problem::DeviceRemoved)?;
        let codes = [first.as_str(), second.as_str()];
        let counter = passcodes::resynchronise(db, &service.vault, &mut device, codes)?;
        let event = counter.map_or(Event::ResyncRefused, |_| Event::Resynchronised);
        service.note(db, event, actor, &device.id)?;
        Ok::<_, Problem>(counter)
    })?;
    let counter = counter.ok_or(Problem::ResyncFailed)?;
    Ok(super::json(StatusCode::OK, &json!({"counter": counter.to_string()})))
}

pub fn remove(service: &Service, call: &Call) -> Result<Response, Problem> {
    let Caller { device, account } = signature::caller(service, call)?;
    has_no_body(call)?;
    let actor = Actor { user: Some(&account), address: Some(call.address) };
    service.store.with(|db| service.remove_device(db, &device, actor, "itself"))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn is_passcode(code: &str) -> bool {
    (6..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_no_body(call: &Call) -> Result<(), Problem> {
    if call.body.is_empty() { Ok(()) } else { Err(Problem::Malformed("No body is awaited.")) }
}
