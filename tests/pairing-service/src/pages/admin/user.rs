//! One user: devices, password, whether the account is open, and its end.

use axum::response::Response;
use maud::{Markup, html};
use rusqlite::Connection;

use super::super::layout::{self, Width, when_or};
use super::super::parts::{fingerprint, form};
use super::super::trouble::Trouble;
use super::super::visit::{Visit, see};
use crate::limits::PASSWORD_BYTES;
use crate::service::{self, Actor};
use crate::store::audit::Event;
use crate::store::devices::{self, Device};
use crate::store::sessions;
use crate::store::users::{self, User};

const LAST_ADMIN: &str = "This is the last administrator who can sign on.";

/// The user whom the path names.
fn named(visit: &Visit, db: &Connection) -> Result<User, Trouble> {
    visit.admin()?;
    let id = visit.param("user").parse().map_err(|_| Trouble::NotFound)?;
    users::by_id(db, id)?.ok_or(Trouble::NotFound)
}

/// Whether nobody could administer without this user.
fn is_last_admin(db: &Connection, user: &User) -> rusqlite::Result<bool> {
    Ok(user.is_admin && !user.is_disabled && users::admins(db)? <= 1)
}

/// Writes into the audit log what the administrator did to a user.
fn note(visit: &Visit, db: &Connection, event: Event, user: &User) -> Result<(), Trouble> {
    let actor = Actor { user: Some(&user.name), address: Some(visit.address) };
    Ok(visit.service.note(db, event, actor, &by(visit)?)?)
}

fn by(visit: &Visit) -> Result<String, Trouble> {
    Ok(format!("by {}", visit.admin()?.name))
}

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    page(visit, None)
}

fn page(visit: &Visit, error: Option<&str>) -> Result<Response, Trouble> {
    let (user, devices) = visit.service.store.with(|db| {
        let user = named(visit, db)?;
        let devices = devices::paired(db, user.id)?;
        Ok::<_, Trouble>((user, devices))
    })?;
    let main = html! {
        p { a href="/admin/users" { "All users" } }
        dl.facts {
            dt { "Role" } dd { (if user.is_admin { "Administrator" } else { "User" }) }
            dt { "State" } dd { (if user.is_disabled { "Disabled" } else { "Active" }) }
        }
        section.panel aria-labelledby="devices" {
            h2 #devices { "Devices" }
            @if devices.is_empty() { p { "None." } } @else { (device_table(visit, &user, &devices)) }
        }
        section.panel aria-labelledby="reset" {
            h2 #reset { "Reset Password" }
            (password_form(visit, &user))
        }
        section.panel aria-labelledby="account" {
            h2 #account { "Account" }
            div.row { (account_forms(visit, &user)) }
        }
    };
    Ok(super::page(visit, &user.name, error, &main))
}

fn device_table(visit: &Visit, user: &User, devices: &[Device]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Devices" {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Fingerprint" } th scope="col" { "Last used" } th scope="col" { "Action" } } }
                tbody {
                    @for device in devices {
                        tr {
                            th scope="row" { (device.name) }
                            td { (fingerprint(&device.sign_key)) }
                            td { (when_or(device.last_used, "never")) }
                            td { (form(visit, &format!("/admin/users/{}/devices/{}/remove", user.id, device.id), &html! {
                                button.small.danger type="submit" aria-label=(format!("Remove {}", device.name)) { "Remove" }
                            })) }
                        }
                    }
                }
            }
        }
    }
}

fn password_form(visit: &Visit, user: &User) -> Markup {
    let fields = html! {
        label for="password" { "New password" }
        input #password type="password" name="password" autocomplete="new-password" required
            minlength=(PASSWORD_BYTES.start());
        button type="submit" { "Reset Password" }
    };
    form(visit, &format!("/admin/users/{}/password", user.id), &fields)
}

fn account_forms(visit: &Visit, user: &User) -> Markup {
    let (verb, word) = if user.is_disabled { ("enable", "Enable") } else { ("disable", "Disable") };
    html! {
        (form(visit, &format!("/admin/users/{}/{verb}", user.id), &html! { button.plain type="submit" { (word) } }))
        a.button.danger href=(format!("/admin/users/{}/remove", user.id)) { "Remove User" }
    }
}

/// Does something to the user whom the path names, unless it says what is wrong, and shows the user again.
fn change(
    visit: &Visit,
    act: impl FnOnce(&Connection, &User) -> Result<Option<&'static str>, Trouble>,
) -> Result<Response, Trouble> {
    let (id, error) = visit.service.store.with(|db| {
        let user = named(visit, db)?;
        let error = act(db, &user)?;
        Ok::<_, Trouble>((user.id, error))
    })?;
    match error {
        Some(error) => page(visit, Some(error)),
        None => Ok(see(&format!("/admin/users/{id}"))),
    }
}

pub fn reset_password(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    let hash = service::hash(visit.form("password"));
    change(visit, |db, user| {
        let Ok(hash) = hash else { return Ok(Some("A password has 8 to 256 characters.")) };
        users::set_password(db, user.id, &hash)?;
        sessions::remove_of(db, user.id)?;
        note(visit, db, Event::PasswordReset, user)?;
        Ok(None)
    })
}

pub fn disable(visit: &mut Visit) -> Result<Response, Trouble> {
    change(visit, |db, user| {
        if is_last_admin(db, user)? {
            return Ok(Some(LAST_ADMIN));
        }
        users::set_disabled(db, user.id, true)?;
        sessions::remove_of(db, user.id)?;
        note(visit, db, Event::UserDisabled, user)?;
        Ok(None)
    })
}

pub fn enable(visit: &mut Visit) -> Result<Response, Trouble> {
    change(visit, |db, user| {
        users::set_disabled(db, user.id, false)?;
        note(visit, db, Event::UserEnabled, user)?;
        Ok(None)
    })
}

pub fn remove_device(visit: &mut Visit) -> Result<Response, Trouble> {
    let wanted = visit.param("device").to_owned();
    change(visit, |db, user| {
        let devices = devices::paired(db, user.id)?;
        let device = devices.iter().find(|device| device.id == wanted);
        let device = device.ok_or(Trouble::NotFound)?;
        let actor = Actor { user: Some(&user.name), address: Some(visit.address) };
        visit.service.remove_device(db, device, actor, &visit.admin()?.name)?;
        Ok(None)
    })
}

pub fn ask_to_remove(visit: &mut Visit) -> Result<Response, Trouble> {
    let user = visit.service.store.with(|db| named(visit, db))?;
    let main = html! {
        h1 { "Remove this user?" }
        p { strong { (user.name) } " can no longer sign on, and the user's devices are removed." }
        (form(visit, &format!("/admin/users/{}/remove", user.id), &html! {
            button.danger type="submit" { "Remove User" }
        }))
        p.aside { a href=(format!("/admin/users/{}", user.id)) { "Keep the User" } }
    };
    Ok(layout::page(visit, Width::Card, "Remove this user?", &main))
}

pub fn remove(visit: &mut Visit) -> Result<Response, Trouble> {
    let is_last = visit.service.store.with(|db| {
        let user = named(visit, db)?;
        if is_last_admin(db, &user)? {
            return Ok::<_, Trouble>(true);
        }
        let actor = Actor { user: Some(&user.name), address: Some(visit.address) };
        for device in devices::all_of(db, user.id)? {
            visit.service.remove_device(db, &device, actor, &visit.admin()?.name)?;
        }
        users::remove(db, user.id)?;
        note(visit, db, Event::UserRemoved, &user)?;
        Ok(false)
    })?;
    if is_last { page(visit, Some(LAST_ADMIN)) } else { Ok(see("/admin/users")) }
}
