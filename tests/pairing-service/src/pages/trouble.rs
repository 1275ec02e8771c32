//! Why a page cannot be shown, and the page that says so.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::layout::{self, Width};
use super::visit::{Visit, see};
use crate::throttle::RetryAfter;

pub enum Trouble {
    /// Another page comes first.
    See(&'static str),
    /// The form is not of this session.
    Stale,
    Forbidden,
    NotFound,
    TooMany(RetryAfter),
    Internal,
}

impl From<rusqlite::Error> for Trouble {
    fn from(_: rusqlite::Error) -> Self {
        Self::Internal
    }
}

impl From<RetryAfter> for Trouble {
    fn from(after: RetryAfter) -> Self {
        Self::TooMany(after)
    }
}

impl Trouble {
    pub fn page(&self, visit: &Visit) -> Response {
        let (status, title, text) = match self {
            Self::See(path) => return see(path),
            Self::Stale => (
                StatusCode::FORBIDDEN,
                "This page is out of date",
                "What you sent did not come from a page of this session. Open the page again, and send it from there.".to_owned(),
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "This page is not for you",
                "Your account may not see this page.".to_owned(),
            ),
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "Page not found", "There is no such page.".to_owned())
            }
            Self::TooMany(RetryAfter(seconds)) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many attempts",
                format!("Please try again in {}.", layout::minutes(*seconds)),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong",
                "The service has failed. It is not your fault; please try again.".to_owned(),
            ),
        };
        let main = html! {
            h1 { (title) }
            p role="alert" { (text) }
            p { a.button href="/" { "Go to the start" } }
        };
        let mut response = layout::page(visit, Width::Card, title, &main);
        *response.status_mut() = status;
        if let Self::TooMany(RetryAfter(seconds)) = self {
            response.headers_mut().insert(axum::http::header::RETRY_AFTER, (*seconds).into());
        }
        response
    }
}
