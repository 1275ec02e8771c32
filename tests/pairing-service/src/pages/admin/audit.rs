//! The audit log, the latest first.

use axum::response::Response;
use maud::html;

use super::super::layout::when;
use super::super::trouble::Trouble;
use super::super::visit::Visit;
use crate::store::audit;

/// Entries on a page.
const PAGE: i64 = 50;

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    let before = visit.query().strip_prefix("before=").and_then(|before| before.parse().ok());
    let before = before.unwrap_or(i64::MAX);
    let entries = visit.service.store.with(|db| audit::page(db, before, PAGE))?;
    let last = entries.last().map(|entry| entry.id).filter(|id| *id > 1);
    let main = html! {
        div.scroll tabindex="0" role="region" aria-label="Audit log" {
            table {
                thead { tr { th scope="col" { "When" } th scope="col" { "Event" } th scope="col" { "Account" } th scope="col" { "Address" } th scope="col" { "About" } } }
                tbody {
                    @for entry in &entries {
                        tr {
                            td { (when(entry.at)) }
                            th scope="row" { (entry.event) }
                            td { (entry.user.as_deref().unwrap_or("—")) }
                            td { (entry.address.as_deref().unwrap_or("—")) }
                            td.about { (entry.about) }
                        }
                    }
                }
            }
        }
        @if let Some(last) = last.filter(|_| entries.len() as i64 == PAGE) {
            p { a href=(format!("/admin/audit?before={last}")) { "Earlier" } }
        }
    };
    Ok(super::page(visit, "Audit Log", None, &main))
}
