//! All users, and the form that adds one.

use axum::response::Response;
use maud::{Markup, html};

use super::super::parts::form;
use super::super::trouble::Trouble;
use super::super::visit::{Visit, see};
use crate::limits::PASSWORD_BYTES;
use crate::service::UserFault;
use crate::store::devices;
use crate::store::users::{self, User};

pub fn list(visit: &mut Visit) -> Result<Response, Trouble> {
    page(visit, None)
}

fn page(visit: &Visit, error: Option<&str>) -> Result<Response, Trouble> {
    visit.admin()?;
    let users = visit.service.store.with(|db| {
        let users = users::all(db)?.into_iter();
        let with_devices = users.map(|user| Ok((devices::paired(db, user.id)?.len(), user)));
        with_devices.collect::<Result<Vec<(usize, User)>, Trouble>>()
    })?;
    let main = html! {
        div.scroll tabindex="0" role="region" aria-label="Users" { (table(&users)) }
        section.panel aria-labelledby="add" {
            h2 #add { "Add a User" }
            (form(visit, "/admin/users", &fields(visit)))
        }
    };
    Ok(super::page(visit, "Users", error, &main))
}

fn table(users: &[(usize, User)]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Devices" } th scope="col" { "State" } } }
            tbody {
                @for (devices, user) in users {
                    tr {
                        th scope="row" { a href=(format!("/admin/users/{}", user.id)) { (user.name) } }
                        td { (if user.is_admin { "Administrator" } else { "User" }) }
                        td { (devices) }
                        td { (if user.is_disabled { "Disabled" } else { "Active" }) }
                    }
                }
            }
        }
    }
}

fn fields(visit: &Visit) -> Markup {
    html! {
        label for="name" { "User name" }
        input #name name="name" value=(visit.form("name")) autocomplete="off" autocapitalize="none" required maxlength="64";
        label for="password" { "First password" }
        input #password type="password" name="password" autocomplete="new-password" required
            minlength=(PASSWORD_BYTES.start()) aria-describedby="password-note";
        p.note #password-note { "At least 8 characters." }
        label.choice { input type="checkbox" name="admin" value="yes"; span { "Administrator" } }
        button type="submit" { "Add User" }
    }
}

pub fn add(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    let is_admin = visit.form("admin") == "yes";
    match visit.service.add_user(visit.form("name"), visit.form("password"), is_admin) {
        Ok(()) => Ok(see("/admin/users")),
        Err(UserFault::Store(error)) => Err(error.into()),
        Err(fault) => page(visit, Some(&fault.to_string())),
    }
}
