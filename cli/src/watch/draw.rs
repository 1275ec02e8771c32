//! A frame of the live list, as lines of toned text. Pure: the model, a size and a time give the frame; no line is
//! ever wider than the terminal, and there are never more lines than it has rows.

use passcode_proto::reply::LockState;

use super::bar::Signs;
use super::model::Model;
use super::rows::{self, Columns};
use crate::text;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As the terminal has it.
    Plain,
    /// What matters less.
    Dim,
    /// What stands out.
    Strong,
    /// Time enough.
    Good,
    /// Not much time left.
    Low,
    /// Hardly any time left.
    Last,
}

/// A line of pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<(Tone, String)>);

impl Line {
    /// The line with another piece after it.
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// The columns that the line takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text::width(text)).sum()
    }

    /// The line with blanks up to `columns`, or cut to them.
    pub fn fill(self, columns: usize) -> Self {
        let blanks = columns.saturating_sub(self.width());
        self.with(Tone::Plain, " ".repeat(blanks)).cut(columns)
    }

    /// The line with at most `columns`.
    pub fn cut(self, columns: usize) -> Self {
        let mut room = columns;
        let mut cut = Self::default();
        for (tone, text) in self.0 {
            let text = text::fit(&text, room);
            room -= text::width(&text);
            cut = cut.with(tone, text);
        }
        cut
    }
}

/// Columns and rows of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

impl Size {
    /// Lines above the list: a heading, and a blank one when there is room.
    const fn above(self) -> usize {
        match self.rows {
            0..=2 => 0,
            3..=9 => 1,
            _ => 2,
        }
    }

    /// Lines below the list.
    const fn below(self) -> usize {
        match self.rows {
            0..=1 => 0,
            2..=9 => 1,
            _ => 2,
        }
    }

    /// Rows that the list has.
    pub const fn list(self) -> usize {
        self.rows - self.above() - self.below()
    }
}

/// Draws a frame.
pub fn frame(model: &Model, size: Size, now: u64, signs: Signs) -> Vec<Line> {
    let mut lines = Vec::with_capacity(size.rows);
    lines.extend([heading(model, size), Line::default()].into_iter().take(size.above()));
    let (_, visible) = model.visible();
    match visible.is_empty() {
        false => {
            let columns = Columns::new(&visible, size.columns);
            lines.extend(
                visible.iter().map(|profile| rows::row(model, profile, &columns, now, signs)),
            );
        }
        true => lines.extend(in_place_of_rows(model).into_iter().take(size.list())),
    }
    lines.resize(size.rows - size.below(), Line::default());
    lines.extend([Line::default(), footer(model)].into_iter().skip(2 - size.below()));
    lines.into_iter().map(|line| line.cut(size.columns)).collect()
}

fn heading(model: &Model, size: Size) -> Line {
    let title = Line::default().with(Tone::Strong, "passcode");
    let (listed, (top, visible)) = (model.listed().len(), model.visible());
    let shown = match (visible.len(), listed) {
        (0, 0) => String::new(),
        (shown, all) if shown == all => text::count(all as u64, "profile"),
        (shown, all) => format!("{}-{} of {all}", top + 1, top + shown),
    };
    let right = text::width(&shown);
    title.fill(size.columns.saturating_sub(right)).with(Tone::Dim, shown)
}

/// What is said when there is no row to show.
fn in_place_of_rows(model: &Model) -> Vec<Line> {
    let Some(view) = &model.view else {
        return match model.away {
            true => said(
                "The agent is away.",
                "The list comes alive again when the agent does: passcode agent start",
            ),
            false => said("Asking the agent…", ""),
        };
    };
    match view.state {
        LockState::Open if !model.filter.text.is_empty() => {
            said("No profile fits the filter.", "Esc leaves it.")
        }
        LockState::Open | LockState::Empty => {
            said("Nothing is paired yet.", "Pair a profile with: passcode pair")
        }
        LockState::Locked => said("The vault is locked.", "Press u to unlock it."),
        LockState::Opening => said("The vault is being opened…", ""),
        LockState::Broken => said("The vault cannot be used.", "See why with: passcode status"),
    }
}

fn said(what: &str, hint: &str) -> Vec<Line> {
    let line = |tone, text: &str| Line::default().with(tone, format!("  {text}"));
    vec![line(Tone::Strong, what), line(Tone::Dim, hint)]
}

fn footer(model: &Model) -> Line {
    let filter = &model.filter;
    if let Some(question) = &model.question {
        return Line::default()
            .with(Tone::Strong, question.in_words())
            .with(Tone::Dim, "_  Enter unlocks, Esc leaves");
    }
    match model.noted() {
        _ if filter.typing => Line::default()
            .with(Tone::Strong, format!("/{}", filter.text))
            .with(Tone::Dim, "_  Enter keeps, Esc leaves"),
        Some(note) => Line::default().with(Tone::Plain, note),
        None if !filter.text.is_empty() => Line::default()
            .with(Tone::Plain, format!("/{}", filter.text))
            .with(Tone::Dim, "   Enter copy   / change filter   Esc leave it   q quit"),
        None if model.is_locked() => Line::default().with(Tone::Dim, "u unlock   q quit"),
        None => {
            Line::default().with(Tone::Dim, "j k select   Enter copy   / filter   l lock   q quit")
        }
    }
}
