//! A row of the live list: marker, name, whose it is, code, bar, seconds. Columns go away as the terminal gets
//! narrower: first whose it is, then the bar. Pure.

use passcode_proto::SecretText;
use passcode_proto::profile::{CodeType, Profile};

use super::bar::{LEFT_COLUMNS, Signs, bar, left_in_words};
use super::draw::{Line, Tone};
use super::model::{Model, Shown};
use crate::text;

/// Columns of the marker of the selected row.
const MARKER: usize = 2;

/// Columns of the longest code, in groups.
const CODE: usize = 9;

/// Blanks between two columns.
const GAP: usize = 2;

/// Fewest columns to which whose a profile is may be cut.
const OWNER: usize = 10;

/// Seconds under which time is low, and hardly there.
const LOW: u64 = 10;
const LAST: u64 = 5;

/// Widths of the columns of all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    name: usize,
    owner: usize,
    bar: usize,
}

impl Columns {
    /// Divides the width of the terminal among the columns.
    pub fn new(profiles: &[&Profile], width: usize) -> Self {
        let bar = match width {
            0..=39 => 0,
            40..=69 => 10,
            _ => 20,
        };
        let left = width.saturating_sub(MARKER + GAP + right(bar));
        let widest = |text: &dyn Fn(&Profile) -> usize| {
            profiles.iter().map(|profile| text(profile)).max().unwrap_or(0)
        };
        let (names, owners) = (
            widest(&|profile| text::width(&name(profile, true))),
            widest(&|profile| text::width(&text::owner(profile))),
        );
        // The name comes first, but leaves half of the room to whose it is.
        let name = names.min(left.saturating_sub(owners.min(left / 2) + GAP));
        let owner = owners.min(left.saturating_sub(name + GAP));
        match owner >= owners.min(OWNER) {
            true => Self { name, owner, bar },
            false => Self { name: names.min(left), owner: 0, bar },
        }
    }
}

/// Columns of code, bar and seconds.
const fn right(bar: usize) -> usize {
    match bar {
        0 => CODE + GAP + LEFT_COLUMNS,
        bar => CODE + GAP + bar + 1 + LEFT_COLUMNS,
    }
}

/// Draws a row.
pub fn row(model: &Model, profile: &Profile, columns: &Columns, now: u64, signs: Signs) -> Line {
    let selected = model.selected().is_some_and(|selected| selected.id == profile.id);
    let (marker, tone) = match (selected, signs) {
        (true, Signs::Blocks) => ("▸ ", Tone::Strong),
        (true, Signs::Ascii) => ("> ", Tone::Strong),
        (false, _) => ("  ", Tone::Plain),
    };
    let name = text::fit(&name(profile, model.is_default(profile.id)), columns.name);
    let mut line = Line::default().with(tone, marker).with(tone, text::pad(&name, columns.name));
    if columns.owner > 0 {
        let owner = text::fit(&text::owner(profile), columns.owner);
        line = line.with(Tone::Dim, format!("  {}", text::pad(&owner, columns.owner)));
    }
    line = line.with(Tone::Plain, " ".repeat(GAP));
    match model.shown(profile.id) {
        Some(Shown::Timed { code, from, to }) => {
            timed(line, code, to.saturating_sub(now), to - from, columns, signs)
        }
        Some(Shown::Spent { code, .. }) => spent(line, code, columns),
        Some(Shown::Missing { why, .. }) => {
            line.with(Tone::Low, text::fit(why, right(columns.bar)))
        }
        None if profile.kind == CodeType::Hotp => {
            line.with(Tone::Dim, invitation(right(columns.bar)))
        }
        None => line.with(Tone::Dim, "…"),
    }
}

fn name(profile: &Profile, default: bool) -> String {
    match default {
        true => format!("{} *", profile.name),
        false => profile.name.to_string(),
    }
}

fn timed(
    line: Line,
    code: &SecretText,
    left: u64,
    whole: u64,
    columns: &Columns,
    signs: Signs,
) -> Line {
    let tone = urgency(left);
    let line = line.with(Tone::Strong, text::pad(&text::grouped(code.expose()), CODE + GAP));
    let (filled, rest) = bar(left, whole, columns.bar, signs);
    let gap = if columns.bar > 0 { 1 } else { 0 };
    let words = left_in_words(left);
    let blanks = gap + LEFT_COLUMNS - text::width(&words);
    line.with(tone, filled).with(Tone::Dim, rest).with(tone, format!("{:blanks$}{words}", ""))
}

fn urgency(left: u64) -> Tone {
    match left {
        ..LAST => Tone::Last,
        LAST..LOW => Tone::Low,
        LOW.. => Tone::Good,
    }
}

fn spent(line: Line, code: &SecretText, columns: &Columns) -> Line {
    let room = right(columns.bar) - CODE - GAP;
    let words = if room >= 21 { "spent; good until used" } else { "spent" };
    line.with(Tone::Strong, text::pad(&text::grouped(code.expose()), CODE + GAP))
        .with(Tone::Dim, text::fit(words, room))
}

fn invitation(room: usize) -> &'static str {
    match room {
        26.. => "HOTP  press Enter to spend",
        _ => "press Enter",
    }
}
