//! The second step: a passcode of one of the user's devices.

use axum::http::header::REFRESH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::html;

use super::layout::{self, Width};
use super::parts::{alert, check_mark, code_field, fingerprint, form};
use super::trouble::Trouble;
use super::visit::{Visit, see};
use crate::passcodes::{self, Verdict};
use crate::store::audit::Event;
use crate::store::devices::{self, Device};
use crate::throttle::Counted;

/// The devices of somebody who has the second step to do.
fn devices(visit: &Visit) -> Result<Vec<Device>, Trouble> {
    let guest = visit.known()?;
    if guest.is_signed_on {
        return Err(Trouble::See("/"));
    }
    let devices = visit.service.store.with(|db| devices::paired(db, guest.user.id))?;
    if devices.is_empty() { Err(Trouble::See("/register")) } else { Ok(devices) }
}

/// The chosen device, or the default one.
fn chosen_of(visit: &Visit, mut devices: Vec<Device>) -> Result<Device, Trouble> {
    let wanted = visit.guest().and_then(|guest| guest.device.as_deref());
    let chosen = devices.iter().position(|device| Some(device.id.as_str()) == wanted);
    let default = || devices.iter().position(|device| device.is_default);
    let at = chosen.or_else(default).unwrap_or(0);
    Ok(devices.swap_remove(at))
}

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    let device = chosen_of(visit, devices(visit)?)?;
    Ok(page(visit, &device, None))
}

fn page(visit: &Visit, device: &Device, error: Option<&str>) -> Response {
    let fields = html! {
        (code_field(error.is_some(), true))
        button type="submit" { "Sign On" }
    };
    let main = html! {
        h1 { "Authentication" }
        p {
            "Enter the passcode that your device shows."
        }
        dl.facts { dt { "Device" } dd { strong #device { (device.name) } " " (fingerprint(&device.sign_key)) } }
        (alert(error))
        (form(visit, "/authentication", &fields))
        p.aside { a href="/authentication/device" { "Change Device" } }
    };
    layout::page(visit, Width::Card, "Authentication", &main)
}

/// What is told about a passcode that was not taken.
pub fn words(verdict: Verdict) -> String {
    match verdict {
        Verdict::Blocked { seconds } => format!(
            "There were too many wrong passcodes. Try again in {}.",
            layout::minutes(seconds)
        ),
        Verdict::NowBlocked => "There were too many wrong passcodes. This device's passcodes are blocked for a few minutes.".to_owned(),
        Verdict::Right | Verdict::Wrong => {
            "The passcode is not right. Each passcode works once; take a new one.".to_owned()
        }
    }
}

pub fn sign_on(visit: &mut Visit) -> Result<Response, Trouble> {
    let mut device = chosen_of(visit, devices(visit)?)?;
    let (code, now) = (visit.code(), visit.service.clock.now());
    visit.service.throttle.take(Counted::Passcode, &visit.known()?.user.name, now)?;
    let verdict = visit.service.store.with(|db| {
        // As it stands now: another request may have used a passcode meanwhile.
        device = devices::by_id(db, &device.id)?.ok_or(Trouble::NotFound)?;
        let verdict = passcodes::check(db, &visit.service.vault, &mut device, &code, now)?;
        note_verdict(visit, db, verdict, &device.id)?;
        Ok::<_, Trouble>(verdict)
    })?;
    if verdict != Verdict::Right {
        let mut page = page(visit, &device, Some(&words(verdict)));
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    }
    visit.service.store.with(|db| visit.note(db, Event::SignedOn, &device.id))?;
    visit.complete()?;
    Ok(see("/signed-on"))
}

/// Writes into the audit log what was found wrong with a passcode.
pub fn note_verdict(
    visit: &Visit,
    db: &rusqlite::Connection,
    verdict: Verdict,
    device: &str,
) -> rusqlite::Result<()> {
    match verdict {
        Verdict::Right => Ok(()),
        Verdict::Wrong | Verdict::Blocked { .. } => visit.note(db, Event::PasscodeRefused, device),
        Verdict::NowBlocked => visit.note(db, Event::PasscodesBlocked, device),
    }
}

pub fn choose(visit: &mut Visit) -> Result<Response, Trouble> {
    let devices = devices(visit)?;
    let now = chosen_of(visit, self::devices(visit)?)?.id;
    let fields = html! {
        fieldset {
            legend { "Sign on with" }
            @for device in &devices {
                label.choice {
                    input type="radio" name="device" value=(device.id) checked[device.id == now];
                    span { strong { (device.name) } " " (fingerprint(&device.sign_key)) }
                }
            }
        }
        button type="submit" { "Use This Device" }
    };
    let main = html! {
        h1 { "Change device" }
        (form(visit, "/authentication/device", &fields))
        p.aside { a href="/authentication" { "Back" } }
    };
    Ok(layout::page(visit, Width::Card, "Change device", &main))
}

pub fn chosen(visit: &mut Visit) -> Result<Response, Trouble> {
    let wanted = visit.form("device");
    if devices(visit)?.iter().any(|device| device.id == wanted) {
        visit.service.store.with(|db| visit.choose(db, wanted))?;
    }
    Ok(see("/authentication"))
}

pub fn signed_on(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.user()?;
    let main = html! {
        div.done {
            (check_mark())
            h1 { "You are signed on" }
            p role="status" { "You are taken to your home page in a moment." }
            p { a.button href="/" { "Continue" } }
        }
    };
    let mut response = layout::page(visit, Width::Card, "Signed on", &main);
    response.headers_mut().insert(REFRESH, HeaderValue::from_static("2; url=/"));
    Ok(response)
}
