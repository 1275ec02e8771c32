//! Challenges: a nonce and a key that each following call answers.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::binary::Binary;
use super::call::Call;
use super::problem::Problem;
use crate::limits::CHALLENGE_SECONDS;
use crate::service::Service;
use crate::throttle::{Counted, RetryAfter, place};

/// How soon it may be tried again when too many challenges are open at once, in seconds.
const FULL: RetryAfter = RetryAfter(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {}

pub fn issue(service: &Service, call: &Call) -> Result<Response, Problem> {
    let Asked {} = call.json()?;
    let now = service.clock.now();
    service.throttle.take(Counted::Challenge, &place(call.address), now)?;
    let issued = service.challenges.issue(now).ok_or(FULL)?;
    let body = json!({
        "nonce": Binary(issued.nonce),
        "key": Binary(issued.key),
        "expires_in": CHALLENGE_SECONDS,
    });
    Ok(super::json(StatusCode::CREATED, &body))
}
