//! My Devices: what somebody signs on with, in which order, under which names.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{self, Width, when_or};
use super::parts::{alert, fingerprint, form};
use super::trouble::Trouble;
use super::visit::{Visit, see};
use crate::limits::NAME_CHARS;
use crate::service::is_name;
use crate::store::audit::Event;
use crate::store::devices::{self, Device};
use crate::store::settings;

pub fn list(visit: &mut Visit) -> Result<Response, Trouble> {
    page(visit, None)
}

fn page(visit: &Visit, error: Option<&str>) -> Result<Response, Trouble> {
    let user = visit.user()?;
    let (devices, most) = visit.service.store.with(|db| {
        let devices = devices::paired(db, user.id)?;
        Ok::<_, Trouble>((devices, settings::policy(db)?.devices as usize))
    })?;
    let main = html! {
        h1 { "My Devices" }
        (alert(error))
        @if devices.is_empty() { p { "You have no device yet." } }
        ol.cards {
            @for (at, device) in devices.iter().enumerate() {
                li.panel { (card(visit, device, at == 0, at + 1 == devices.len())) }
            }
        }
        @if devices.len() < most {
            (form(visit, "/register/start", &html! { button type="submit" { "Add a New Device" } }))
        } @else {
            p.note { "Your organisation allows " (most) " at the most. Remove one to add another." }
        }
    };
    let mut page = layout::page(visit, Width::Wide, "My Devices", &main);
    if error.is_some() {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn card(visit: &Visit, device: &Device, is_first: bool, is_last: bool) -> Markup {
    let to = |verb: &str| format!("/devices/{}/{verb}", device.id);
    let name = &device.name;
    html! {
        div.title {
            h2 { (name) }
            @if device.is_default { span.badge { "Default" } }
        }
        dl.facts {
            dt { "Fingerprint" } dd { (fingerprint(&device.sign_key)) }
            dt { "Paired since" } dd { (when_or(device.paired, "—")) }
            dt { "Last used" } dd { (when_or(device.last_used, "never")) }
        }
        div.row {
            (form(visit, &to("move"), &html! {
                @if !is_first {
                    button.small type="submit" name="to" value="up" aria-label=(format!("Move {name} up")) { "Move Up" }
                }
                @if !is_last {
                    button.small type="submit" name="to" value="down" aria-label=(format!("Move {name} down")) { "Move Down" }
                }
            }))
            @if !device.is_default {
                (form(visit, &to("default"), &html! {
                    button.small type="submit" aria-label=(format!("Make {name} the default")) { "Make Default" }
                }))
            }
            a.button.small.danger href=(to("remove")) aria-label=(format!("Remove {name}")) { "Remove" }
        }
        details {
            summary { "Rename" }
            (form(visit, &to("rename"), &html! {
                label for=(format!("name-{}", device.id)) { "New name" }
                input id=(format!("name-{}", device.id)) name="name" value=(name) maxlength=(NAME_CHARS) required;
                button.small type="submit" { "Save" }
            }))
        }
    }
}

/// The device that the path names, when it is one of the user's.
fn own(visit: &Visit, devices: Vec<Device>) -> Result<Device, Trouble> {
    let wanted = visit.param("device");
    devices.into_iter().find(|device| device.id == wanted).ok_or(Trouble::NotFound)
}

/// Does something with the device that the path names, and shows the list again.
fn change(
    visit: &Visit,
    act: impl FnOnce(&rusqlite::Connection, &Device, Vec<String>) -> Result<(), Trouble>,
) -> Result<Response, Trouble> {
    let user = visit.user()?;
    visit.service.store.with(|db| {
        let devices = devices::paired(db, user.id)?;
        let ids = devices.iter().map(|device| device.id.clone()).collect();
        act(db, &own(visit, devices)?, ids)
    })?;
    Ok(see("/devices"))
}

pub fn rename(visit: &mut Visit) -> Result<Response, Trouble> {
    let name = visit.form("name").trim();
    if !is_name(name) {
        return page(visit, Some("A name has 1 to 64 letters, digits and signs."));
    }
    change(visit, |db, device, _| {
        devices::rename(db, &device.id, name)?;
        Ok(visit.note(db, Event::DeviceRenamed, &format!("{} ({name})", device.id))?)
    })
}

pub fn reorder(visit: &mut Visit) -> Result<Response, Trouble> {
    change(visit, |db, device, mut ids| {
        let at = ids.iter().position(|id| *id == device.id).ok_or(Trouble::NotFound)?;
        let to = if visit.form("to") == "up" { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to.filter(|to| *to < ids.len()) {
            ids.swap(at, to);
            devices::order(db, ids.iter().map(String::as_str))?;
            visit.note(db, Event::DevicesOrdered, &ids.join(" "))?;
        }
        Ok(())
    })
}

pub fn make_default(visit: &mut Visit) -> Result<Response, Trouble> {
    let user = visit.user()?.id;
    change(visit, |db, device, _| {
        devices::make_default(db, user, &device.id)?;
        Ok(visit.note(db, Event::DevicesOrdered, &format!("{} is the default", device.id))?)
    })
}

pub fn ask_to_remove(visit: &mut Visit) -> Result<Response, Trouble> {
    let user = visit.user()?;
    let devices = visit.service.store.with(|db| devices::paired(db, user.id))?;
    let is_last = devices.len() == 1;
    let device = own(visit, devices)?;
    let main = html! {
        h1 { "Remove this device?" }
        p { strong { (device.name) } " " (fingerprint(&device.sign_key)) }
        p { "Its passcodes are not taken any more. To use it again, it has to be paired again." }
        @if is_last { p { "It is your only device: you register a new one when you sign on the next time." } }
        (form(visit, &format!("/devices/{}/remove", device.id), &html! {
            button.danger type="submit" { "Remove" }
        }))
        p.aside { a href="/devices" { "Keep It" } }
    };
    Ok(layout::page(visit, Width::Card, "Remove this device?", &main))
}

pub fn remove(visit: &mut Visit) -> Result<Response, Trouble> {
    change(visit, |db, device, _| {
        Ok(visit.service.remove_device(db, device, visit.actor(), "its user")?)
    })
}
