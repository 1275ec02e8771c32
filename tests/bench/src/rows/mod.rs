//! What is measured, a file for each chapter.

mod command;
mod connections;
mod counter;
mod disturbed;
mod idle;
mod one_client;
mod scale;
mod start;
mod unlock;

use crate::Outcome;
use crate::report::Report;
use crate::site::Site;

/// A chapter: measures, and reports its rows.
type Chapter = fn(&Site, &mut Report) -> Outcome<()>;

/// All chapters with their names, in the order of the report.
pub const CHAPTERS: &[(&str, Chapter)] = &[
    ("kept", one_client::kept),
    ("connecting", one_client::connecting),
    ("connections", connections::measure),
    ("command", command::measure),
    ("start", start::measure),
    ("unlock", unlock::measure),
    ("counter", counter::measure),
    ("disturbed", disturbed::measure),
    ("scale", scale::measure),
    ("idle", idle::measure),
];

/// Profiles of an ordinary vault.
const PROFILES: usize = 100;

/// One of them.
const PROFILE: &str = "service 50";

fn micros(value: f64) -> String {
    format!("{value:.1} µs")
}

fn millis(value: f64) -> String {
    format!("{:.2} ms", value / 1e3)
}

fn per_second(value: f64) -> String {
    format!("{value:.0}/s")
}
