//! What every page has around it: head, header with the ways that are open, footer; and how times are written.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::parts::form;
use super::visit::{Guest, Visit};

const LOGO: PreEscaped<&str> = PreEscaped(include_str!("logo.svg"));

const SHOWN: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");
const MACHINE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// How wide a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// One card with one thing to do.
    Card,
    /// Lists and tables.
    Wide,
}

/// A page with a title and its main part.
pub fn page(visit: &Visit, width: Width, title: &str, main: &Markup) -> Response {
    let guest = visit.guest();
    let signed_on = guest.is_some_and(|guest| guest.is_signed_on);
    let issuer = &visit.service.issuer;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (issuer) }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    a.brand href="/" { (LOGO) span { (issuer) } }
                    @if let Some(guest) = guest { (ways(visit, guest)) }
                }
                main #main.(if width == Width::Card { "card" } else { "wide" })
                    data-signed-on=(if signed_on { "yes" } else { "no" }) { (main) }
                footer { "Reference pairing service for Passcode Agent. Not for production." }
            }
        }
    };
    html_response(markup.into_string())
}

fn html_response(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn ways(visit: &Visit, guest: &Guest) -> Markup {
    html! {
        nav aria-label="Main" {
            @if guest.is_signed_on {
                a href="/" { "Home" }
                a href="/devices" { "My Devices" }
                @if guest.user.is_admin { a href="/admin/users" { "Administration" } }
            }
            (form(visit, "/sign-off", &html! { button.quiet type="submit" { "Sign Off" } }))
        }
    }
}

/// A time as people read it.
pub fn when(at: i64) -> Markup {
    let Ok(at) = OffsetDateTime::from_unix_timestamp(at) else { return html! { "—" } };
    let shown = at.format(SHOWN).unwrap_or_default();
    html! { time datetime=(at.format(MACHINE).unwrap_or_default()) { (shown) } }
}

/// A time that may not have come.
pub fn when_or(at: Option<i64>, otherwise: &str) -> Markup {
    at.map_or_else(|| html! { (otherwise) }, when)
}

/// How long, as people say it.
pub fn minutes(seconds: i64) -> String {
    match seconds {
        ..=59 => format!("{seconds} s"),
        60..=119 => "1 minute".to_owned(),
        _ => format!("{} minutes", seconds / 60),
    }
}
