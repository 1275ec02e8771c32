//! The app that people sign on to: there is nothing in it but the word that they are.

use axum::response::Response;
use maud::html;

use super::layout::{self, Width};
use super::trouble::Trouble;
use super::visit::Visit;

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    let user = visit.user()?;
    let main = html! {
        h1 { "Welcome" }
        p.lead { "Signed on: yes" }
        p { "You are signed on to " (visit.service.issuer) " as " strong { (user.name) } "." }
        div.tiles {
            a.tile href="/devices" {
                strong { "My Devices" } " "
                span { "See, add, order and remove the devices that you sign on with." }
            }
            @if user.is_admin {
                a.tile href="/admin/users" {
                    strong { "Administration" } " "
                    span { "Users, policy and the audit log." }
                }
            }
        }
    };
    Ok(layout::page(visit, Width::Wide, "Home", &main))
}
