//! Takes in what was sent, whole, before anything is answered: a client that still sends can lose the answer. What is
//! much too large, or does not come in time, is not waited for.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::problem::Problem;
use crate::limits::{BODY_SECONDS, DRAINED_BYTES};

pub async fn take_in(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if length(&parts.headers).is_some_and(|length| length > DRAINED_BYTES) {
        return refuse(Problem::TooLarge);
    }
    let body = to_bytes(body, DRAINED_BYTES);
    match tokio::time::timeout(Duration::from_secs(BODY_SECONDS), body).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(_)) => refuse(Problem::TooLarge),
        Err(_) => refuse(Problem::Malformed("The body did not come whole in time.")),
    }
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The rest of the body is still to come, so this connection is of no use any more.
fn refuse(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
