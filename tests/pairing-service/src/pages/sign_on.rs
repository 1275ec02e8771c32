//! The first step: user name and password. Whether the name or the password was wrong is not told, neither by words nor
//! by the time that it takes.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::layout::{self, Width};
use super::parts::{alert, form};
use super::trouble::Trouble;
use super::visit::{Visit, see};
use crate::crypto::password;
use crate::limits::PASSWORD_BYTES;
use crate::service::Actor;
use crate::store::audit::Event;
use crate::store::devices;
use crate::store::users::{self, User};
use crate::throttle::{Counted, place};

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    if visit.guest().is_some() {
        return Ok(see("/"));
    }
    Ok(page(visit, None))
}

fn page(visit: &Visit, error: Option<&str>) -> Response {
    let invalid = error.map(|_| "true");
    let fields = html! {
        label for="name" { "User name" }
        input #name type="text" name="name" value=(visit.form("name")) autocomplete="username"
            autocapitalize="none" spellcheck="false" required autofocus[error.is_none()] aria-invalid=[invalid];
        label for="password" { "Password" }
        input #password type="password" name="password" autocomplete="current-password" required autofocus[error.is_some()]
            aria-invalid=[invalid] aria-describedby=[error.map(|_| "error")];
        button type="submit" { "Sign On" }
    };
    let main = html! {
        h1 { "Sign on" }
        p { "Use your " (visit.service.issuer) " account." }
        (alert(error))
        (form(visit, "/sign-on", &fields))
    };
    layout::page(visit, Width::Card, "Sign on", &main)
}

pub fn sign_on(visit: &mut Visit) -> Result<Response, Trouble> {
    let now = visit.service.clock.now();
    let name = users::plain_name(visit.form("name"));
    visit.service.throttle.take(Counted::SignOn, &place(visit.address), now)?;
    visit.service.throttle.check(Counted::FailedSignOn, &name, now)?;
    let Some(user) = find(visit, &name)? else {
        visit.service.throttle.count(Counted::FailedSignOn, &name, now);
        let mut page = page(visit, Some("The user name or the password is not right."));
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    let is_signed_on = visit.service.store.with(|db| {
        let is_signed_on = user.is_admin && devices::paired(db, user.id)?.is_empty();
        let event = if is_signed_on { Event::SignedOn } else { Event::PasswordRight };
        let actor = Actor { user: Some(&user.name), address: Some(visit.address) };
        visit.service.note(db, event, actor, "")?;
        Ok::<_, Trouble>(is_signed_on)
    })?;
    visit.begin(user, is_signed_on)?;
    Ok(see("/"))
}

/// The user who has this name and password.
fn find(visit: &Visit, name: &str) -> Result<Option<User>, Trouble> {
    let user = visit.service.store.with(|db| users::by_name(db, name))?;
    let password = visit.form("password");
    let hash = user.as_ref().map_or(password::NOBODY, |user| &user.password);
    let is_right = password.len() <= *PASSWORD_BYTES.end() && password::is_right(password, hash);
    if let Some(user) = user.as_ref().filter(|user| !is_right || user.is_disabled) {
        let why = if user.is_disabled { "disabled" } else { "password" };
        let actor = Actor { user: Some(&user.name), address: Some(visit.address) };
        visit.service.store.with(|db| visit.service.note(db, Event::SignOnRefused, actor, why))?;
    } else if user.is_none() {
        let actor = Actor { user: None, address: Some(visit.address) };
        visit
            .service
            .store
            .with(|db| visit.service.note(db, Event::SignOnRefused, actor, "no such user"))?;
    }
    Ok(user.filter(|user| is_right && !user.is_disabled))
}

pub fn sign_off(visit: &mut Visit) -> Result<Response, Trouble> {
    if visit.guest().is_some() {
        visit.service.store.with(|db| visit.note(db, Event::SignedOff, ""))?;
    }
    visit.end()?;
    Ok(see("/sign-on"))
}
