//! The pages that people see, written on the server; nothing in them needs a script. Each page is a function from a
//! [`Visit`] to an answer. What may be changed is changed by forms, which bring back what only this page has.

mod admin;
mod authentication;
mod devices;
mod layout;
mod parts;
mod portal;
mod register;
mod setup;
mod sign_on;
mod trouble;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodFilter, MethodRouter};

use self::trouble::Trouble;
use self::visit::{Came, Visit};
use crate::service::Service;

type Page = fn(&mut Visit) -> Result<Response, Trouble>;

pub fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/", get(portal::show))
        .route("/sign-on", get(sign_on::show).merge(post(sign_on::sign_on)))
        .route("/sign-off", post(sign_on::sign_off))
        .route("/signed-on", get(authentication::signed_on))
        .route("/authentication", get(authentication::show).merge(post(authentication::sign_on)))
        .route(
            "/authentication/device",
            get(authentication::choose).merge(post(authentication::chosen)),
        )
        .route("/register", get(register::window))
        .route("/register/start", post(register::start))
        .route("/register/device", get(register::kinds))
        .route("/register/desktop", get(setup::show).merge(post(setup::finish)))
        .route("/register/paired", get(register::paired))
        .route("/devices", get(devices::list))
        .route("/devices/{device}/rename", post(devices::rename))
        .route("/devices/{device}/move", post(devices::reorder))
        .route("/devices/{device}/default", post(devices::make_default))
        .route("/devices/{device}/remove", get(devices::ask_to_remove).merge(post(devices::remove)))
        .merge(admin::router())
        .route("/style.css", file("text/css", include_str!("style.css")))
        .route("/favicon.svg", file("image/svg+xml", include_str!("favicon.svg")))
        .fallback(nowhere)
}

async fn nowhere(State(service): State<Arc<Service>>, request: Request) -> Response {
    match Came::read(request).await {
        Ok(came) => answer(service, came, |_| Err(Trouble::NotFound)).await,
        Err(status) => status.into_response(),
    }
}

/// Work on the database and on passwords blocks, so it is done off the threads that serve.
fn on(method: MethodFilter, page: Page) -> MethodRouter<Arc<Service>> {
    routing::on(method, async move |State(service): State<Arc<Service>>, request: Request| {
        match Came::read(request).await {
            Ok(came) => answer(service, came, page).await,
            Err(status) => status.into_response(),
        }
    })
}

async fn answer(service: Arc<Service>, came: Came, page: Page) -> Response {
    let answer = tokio::task::spawn_blocking(move || Visit::answer(service, came, page)).await;
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn get(page: Page) -> MethodRouter<Arc<Service>> {
    on(MethodFilter::GET, page)
}

fn post(page: Page) -> MethodRouter<Arc<Service>> {
    on(MethodFilter::POST, page)
}

fn file(kind: &'static str, text: &'static str) -> MethodRouter<Arc<Service>> {
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=3600")];
    routing::get(async move || (headers, text))
}
