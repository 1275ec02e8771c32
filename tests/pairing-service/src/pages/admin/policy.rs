//! The policy: what agents are asked for, how passcodes of new devices are made, how many devices an account may have,
//! and how pairing keys can be used.

use axum::response::Response;
use maud::{Markup, html};

use super::super::parts::form;
use super::super::trouble::Trouble;
use super::super::visit::{Visit, see};
use crate::crypto::otp::Algorithm;
use crate::ranges::Range;
use crate::store::audit::Event;
use crate::store::devices::Passcodes;
use crate::store::settings::{self, Policy};

/// Longest that a pairing key can be used, in seconds.
const LONGEST_KEY: i64 = 24 * 60 * 60;

const MOST_DEVICES: u32 = 20;

pub fn show(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    let policy = visit.service.policy()?;
    Ok(page(visit, &policy, None))
}

fn page(visit: &Visit, policy: &Policy, error: Option<&str>) -> Response {
    let fields = html! {
        section.panel aria-labelledby="agents" { h2 #agents { "Agents" } (agents(policy)) }
        section.panel aria-labelledby="new" { h2 #new { "Passcodes of New Devices" } (passcodes(policy)) }
        section.panel aria-labelledby="pairing" { h2 #pairing { "Pairing" } (pairing(policy)) }
        button type="submit" { "Save Policy" }
    };
    let saved = visit.query() == "saved";
    let main = html! {
        @if saved { p.saved role="status" { "The policy is saved. Agents learn of it when they ask the next time." } }
        (form(visit, "/admin/policy", &fields))
    };
    super::page(visit, "Policy", error, &main)
}

/// One of several choices.
fn radios(name: &str, legend: &str, chosen: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            div.row {
                @for (value, word) in choices {
                    label.choice {
                        input type="radio" name=(name) value=(value) checked[*value == chosen];
                        span { (word) }
                    }
                }
            }
        }
    }
}

fn agents(policy: &Policy) -> Markup {
    let choices = [("0", "Disable"), ("4", "4-Digit"), ("6", "6-Digit")];
    html! {
        (radios("pin", "PIN", &policy.pin.to_string(), &choices))
        label.choice {
            input type="checkbox" name="export" value="yes" checked[policy.export];
            span { "Agents may export their profile" }
        }
    }
}

fn passcodes(policy: &Policy) -> Markup {
    let Passcodes { is_timed, algorithm, digits } = policy.passcodes;
    let kind = if is_timed { "totp" } else { "hotp" };
    let kinds = [("hotp", "Counter-based (HOTP)"), ("totp", "Time-based (TOTP)")];
    let algorithms = Algorithm::ALL.map(|algorithm| (algorithm.name(), algorithm.name()));
    html! {
        (radios("kind", "Kind", kind, &kinds))
        (radios("digits", "Digits", &digits.to_string(), &[("6", "6"), ("8", "8")]))
        (radios("algorithm", "Algorithm", algorithm.name(), &algorithms))
    }
}

fn pairing(policy: &Policy) -> Markup {
    let ranges: Vec<String> = policy.ranges.iter().cloned().map(String::from).collect();
    html! {
        label for="devices" { "Devices per user, at the most" }
        input #devices type="number" name="devices" min="1" max=(MOST_DEVICES) value=(policy.devices) required;
        label for="lifetime" { "Pairing keys are valid for (seconds)" }
        input #lifetime type="number" name="lifetime" min="1" max=(LONGEST_KEY) value=(policy.key_lifetime) required;
        label for="ranges" { "Pair only from these addresses" }
        textarea #ranges name="ranges" rows="3" spellcheck="false" aria-describedby="ranges-note" { (ranges.join("\n")) }
        p.note #ranges-note { "One range a line, such as 192.0.2.0/24. Empty for everywhere." }
    }
}

pub fn set(visit: &mut Visit) -> Result<Response, Trouble> {
    visit.admin()?;
    let policy = match read(visit) {
        Ok(policy) => policy,
        Err(error) => return Ok(page(visit, &visit.service.policy()?, Some(&error))),
    };
    visit.service.store.with(|db| {
        settings::set_policy(db, &policy)?;
        let about = serde_json::to_string(&policy).unwrap_or_default();
        visit.note(db, Event::PolicyChanged, &about)
    })?;
    Ok(see("/admin/policy?saved"))
}

fn read(visit: &Visit) -> Result<Policy, String> {
    let number = |name: &str, most: i64, what: &str| match visit.form(name).parse::<i64>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("{what} is a number from 1 to {most}.")),
    };
    let lines = visit.form("ranges").lines().map(str::trim).filter(|line| !line.is_empty());
    let algorithm = visit.form("algorithm");
    Ok(Policy {
        pin: match visit.form("pin") {
            "0" => 0,
            "4" => 4,
            "6" => 6,
            _ => return Err("Choose a PIN policy.".to_owned()),
        },
        export: visit.form("export") == "yes",
        passcodes: Passcodes {
            is_timed: visit.form("kind") == "totp",
            algorithm: Algorithm::ALL
                .into_iter()
                .find(|known| known.name() == algorithm)
                .ok_or("Choose an algorithm.")?,
            digits: if visit.form("digits") == "8" { 8 } else { 6 },
        },
        devices: number("devices", MOST_DEVICES.into(), "The number of devices")?
            .try_into()
            .unwrap_or(MOST_DEVICES),
        key_lifetime: number("lifetime", LONGEST_KEY, "The validity of pairing keys")?,
        ranges: lines.map(str::parse).collect::<Result<Vec<Range>, String>>()?,
    })
}
