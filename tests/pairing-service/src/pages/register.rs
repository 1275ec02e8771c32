//! The registration window, the kinds of devices, and the end of pairing. The key in between is on a page of its own.

use axum::response::Response;
use maud::html;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::layout::{self, Width};
use super::parts::{check_mark, desktop, fingerprint, form, qr_code, steps};
use super::setup::expired;
use super::trouble::Trouble;
use super::visit::{Visit, see};
use crate::pairing;
use crate::store::{devices, keys};
use crate::throttle::Counted;

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address that a QR code holds and that opens the agent.
pub fn link(visit: &Visit, digits: &str) -> String {
    let service = utf8_percent_encode(visit.service.origin.as_str(), COMPONENT);
    format!("passcode://pair?key={digits}&service={service}")
}

pub fn window(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.service.store.with(|db| visit.pairing_user(db).map(drop))?;
    let start = html! { button type="submit" autofocus { "Start" } };
    let main = html! {
        (steps(1))
        h1 { "Register a device" }
        p { "Your organisation asks for a second step when you sign on: a passcode from an app on a device of yours." }
        p { "It takes two minutes. Have the passcode app on your computer ready." }
        (form(visit, "/register/start", &start))
    };
    Ok(layout::page(visit, Width::Card, "Register a device", &main))
}

pub fn start(visit: &mut Visit) -> Result<Response, Trouble> {
    let user =
        visit.service.store.with(|db| visit.pairing_user(db).map(|user| user.name.clone()))?;
    visit.service.throttle.take(Counted::NewKey, &user, visit.service.clock.now())?;
    visit.service.store.with(|db| {
        let user = visit.pairing_user(db)?;
        pairing::make_key(&visit.service, db, user, visit.address)?;
        Ok::<_, Trouble>(())
    })?;
    let again = visit.form("to") == "desktop";
    Ok(see(if again { "/register/desktop" } else { "/register/device" }))
}

pub fn kinds(visit: &mut Visit) -> Result<Response, Trouble> {
    let now = visit.service.clock.now();
    let digits = visit.service.store.with(|db| {
        let user = visit.pairing_user(db)?;
        let key = keys::current(db, user.id)?.ok_or(Trouble::See("/register"))?;
        let digits = pairing::digits(&visit.service, user, &key).ok_or(Trouble::Internal)?;
        Ok::<_, Trouble>((key.expires > now).then_some(digits))
    })?;
    let Some(digits) = digits else { return Ok(expired(visit)) };
    let main = html! {
        (steps(2))
        h1 { "Add a New Device" }
        h2 { "Choose the kind of device" }
        a.tile.kind href="/register/desktop" {
            (desktop())
            span { strong { "Desktop" } " " span { "The passcode app on a computer" } }
        }
        h2 { "Or scan this code" }
        p { "An app that can scan reads the pairing key from here. Then choose " strong { "Desktop" } " to finish." }
        (qr_code(&link(visit, &digits)))
    };
    Ok(layout::page(visit, Width::Card, "Add a New Device", &main))
}

pub fn paired(visit: &mut Visit) -> Result<Response, Trouble> {
    let user = visit.user()?;
    let devices = visit.service.store.with(|db| devices::paired(db, user.id))?;
    let newest = devices.iter().max_by_key(|device| device.paired);
    let newest = newest.ok_or(Trouble::See("/register"))?;
    let main = html! {
        div.done {
            (check_mark())
            h1 { "Your device is paired" }
            p { strong { (newest.name) } " " (fingerprint(&newest.sign_key)) }
            p { "When you sign on from now on, enter a passcode from it." }
            p { a.button href="/" { "Continue" } }
        }
    };
    Ok(layout::page(visit, Width::Card, "Paired", &main))
}
