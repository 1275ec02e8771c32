//! What administrators see and decide: users and their devices, the policy, the audit log.

mod audit;
mod policy;
mod user;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{self, Width};
use super::parts::alert;
use super::trouble::Trouble;
use super::visit::{Visit, see};
use super::{get, post};
use crate::service::Service;

pub fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/admin", get(start))
        .route("/admin/users", get(users::list).merge(post(users::add)))
        .route("/admin/users/{user}", get(user::show))
        .route("/admin/users/{user}/password", post(user::reset_password))
        .route("/admin/users/{user}/disable", post(user::disable))
        .route("/admin/users/{user}/enable", post(user::enable))
        .route("/admin/users/{user}/remove", get(user::ask_to_remove).merge(post(user::remove)))
        .route("/admin/users/{user}/devices/{device}/remove", post(user::remove_device))
        .route("/admin/policy", get(policy::show).merge(post(policy::set)))
        .route("/admin/audit", get(audit::show))
}

fn start(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    Ok(see("/admin/users"))
}

/// A page of the administration, with what was wrong with what was entered.
fn page(visit: &Visit, title: &str, error: Option<&str>, main: &Markup) -> Response {
    let main = html! {
        nav.tabs aria-label="Administration" {
            @for (path, name) in [("/admin/users", "Users"), ("/admin/policy", "Policy"), ("/admin/audit", "Audit Log")] {
                a href=(path) aria-current=[(name == title).then_some("page")] { (name) }
            }
        }
        h1 { (title) }
        (alert(error))
        (main)
    };
    let mut page = layout::page(visit, Width::Wide, title, &main);
    if error.is_some() {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}
