//! Desktop Setup: the pairing key, how long it can be used, which device has taken it, and the field for that device's
//! first passcode.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::authentication::{note_verdict, words};
use super::layout::{self, Width, when};
use super::parts::{alert, code_field, fingerprint, form, steps};
use super::register::link;
use super::trouble::Trouble;
use super::visit::{Visit, see};
use crate::limits::FIRST_PASSCODE_GRACE;
use crate::pairing::{self, Finished};
use crate::store::audit::Event;
use crate::store::devices::Device;
use crate::store::keys;
use crate::throttle::Counted;

/// Where pairing stands.
struct Standing {
    digits: String,
    expires: i64,
    device: Option<Device>,
}

/// None when the key can no longer be used.
fn standing(visit: &Visit) -> Result<Option<Standing>, Trouble> {
    let now = visit.service.clock.now();
    visit.service.store.with(|db| {
        let user = visit.pairing_user(db)?;
        let device = pairing::pending(db, user.id)?;
        let key = keys::current(db, user.id)?.ok_or(Trouble::See("/register"))?;
        let ends = if device.is_some() { key.expires + FIRST_PASSCODE_GRACE } else { key.expires };
        if ends <= now {
            return Ok(None);
        }
        let digits = pairing::digits(&visit.service, user, &key).ok_or(Trouble::Internal)?;
        Ok(Some(Standing { digits: digits.to_string(), expires: key.expires, device }))
    })
}

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    Ok(match standing(visit)? {
        Some(standing) => page(visit, &standing, None),
        None => expired(visit),
    })
}

/// The key in groups of four, as people type it.
fn groups(digits: &str) -> String {
    let groups: Vec<&str> = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]).collect();
    groups.join(" ")
}

fn page(visit: &Visit, standing: &Standing, error: Option<&str>) -> Response {
    let fields = html! {
        (code_field(error.is_some(), error.is_some()))
        button type="submit" { "Finish" }
    };
    let main = html! {
        (steps(3))
        h1 { "Desktop Setup" }
        ol.do {
            li { "Open the passcode app on your computer." }
            li { "Type this " strong { "Pairing Key" } " there, and choose " strong { "Pair" } "." (key(visit, standing)) }
            li { "Compare the fingerprint, if the app shows one." (taken(standing.device.as_ref())) }
            li { "Enter the first passcode that the app shows." }
        }
        (alert(error))
        (form(visit, "/register/desktop", &fields))
    };
    layout::page(visit, Width::Card, "Desktop Setup", &main)
}

fn key(visit: &Visit, standing: &Standing) -> Markup {
    let left = (standing.expires - visit.service.clock.now()).max(0);
    let link = link(visit, &standing.digits);
    html! {
        output #pairing-key.key aria-label="Pairing Key" data-key=(standing.digits) { (groups(&standing.digits)) }
        p.note {
            @if left > 0 { "Valid until " (when(standing.expires)) " (" (layout::minutes(left)) " left)." }
            @else { "Its time is over; the device that has taken it can still be finished." }
        }
        details {
            summary { "Pair by a link instead" }
            p { a #pairing-link href=(link) { "Open the passcode app" } }
            label for="link" { "Link to copy" }
            input #link.copy type="text" readonly value=(link);
        }
    }
}

fn taken(device: Option<&Device>) -> Markup {
    html! {
        @if let Some(device) = device {
            p.taken #taken role="status" {
                "Taken by " strong { (device.name) } " with fingerprint " (fingerprint(&device.sign_key))
            }
        } @else {
            p.note { "No device has taken the key yet. " a href="/register/desktop" { "Check Again" } }
        }
    }
}

/// The page that says that the time of a key is over.
pub fn expired(visit: &Visit) -> Response {
    let again = html! {
        input type="hidden" name="to" value="desktop";
        button type="submit" { "Get a New Key" }
    };
    let main = html! {
        (steps(3))
        h1 { "The pairing key has expired" }
        p role="alert" { "Nobody can use it any more. Get a new one to go on." }
        (form(visit, "/register/start", &again))
    };
    layout::page(visit, Width::Card, "The pairing key has expired", &main)
}

pub fn finish(visit: &mut Visit) -> Result<Response, Trouble> {
    let code = visit.code();
    let name = visit.known()?.user.name.clone();
    visit.service.throttle.take(Counted::Passcode, &name, visit.service.clock.now())?;
    let finished = visit.service.store.with(|db| {
        let user = visit.pairing_user(db)?;
        let finished = pairing::finish(&visit.service, db, user, &code)?;
        match &finished {
            Finished::Paired(device) => visit.note(db, Event::DevicePaired, &device.id)?,
            Finished::Refused(device, verdict) => note_verdict(visit, db, *verdict, &device.id)?,
            Finished::NoDevice => (),
        }
        Ok::<_, Trouble>(finished)
    })?;
    match finished {
        Finished::Paired(_) => {
            visit.complete()?;
            Ok(see("/register/paired"))
        }
        Finished::Refused(_, verdict) => refused(visit, &words(verdict)),
        Finished::NoDevice => {
            refused(visit, "No device has taken the pairing key yet. Type it into the app first.")
        }
    }
}

fn refused(visit: &Visit, error: &str) -> Result<Response, Trouble> {
    let Some(standing) = standing(visit)? else { return Ok(expired(visit)) };
    let mut page = page(visit, &standing, Some(error));
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}
