//! The API that agents speak, as `docs/pairing-api.yaml` describes it. What it does is done elsewhere: here calls are
//! read, answers written and refusals told.

mod binary;
mod call;
mod challenges;
mod devices;
mod exchange;
pub mod problem;
mod signature;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodFilter, MethodRouter, any};
use serde_json::Value;

use self::call::Call;
use self::problem::Problem;
use crate::service::Service;

pub fn router() -> Router<Arc<Service>> {
    use MethodFilter as M;
    let device = on(M::GET, devices::state).merge(on(M::DELETE, devices::remove));
    Router::new()
        .route("/pairing/v1/challenges", on(M::POST, challenges::issue))
        .route("/pairing/v1/devices", on(M::POST, exchange::exchange))
        .route("/pairing/v1/devices/{device}", device)
        .route("/pairing/v1/devices/{device}/resync", on(M::POST, devices::resynchronise))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .route("/pairing", any(async || Problem::NotFound))
        .route("/pairing/", any(async || Problem::NotFound))
        .route("/pairing/{*rest}", any(async || Problem::NotFound))
}

/// Work on the database blocks, so it is done off the threads that serve.
fn on(
    method: MethodFilter,
    act: fn(&Service, &Call) -> Result<Response, Problem>,
) -> MethodRouter<Arc<Service>> {
    routing::on(method, async move |State(service): State<Arc<Service>>, call: Call| {
        let done = tokio::task::spawn_blocking(move || act(&service, &call)).await;
        done.unwrap_or(Err(Problem::Internal)).unwrap_or_else(IntoResponse::into_response)
    })
}

fn json(status: StatusCode, body: &Value) -> Response {
    text(status, body.to_string())
}

fn text(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
