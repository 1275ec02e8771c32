//! Profiles, codes and tables in words, for people. Pure: nothing here reads a clock or writes.

use passcode_proto::profile::{CodeType, Profile};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts `text` to at most `columns`, with an ellipsis in the place of what was cut.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        let wider = format!("{cut}{c}…");
        if wider.width() > columns {
            break;
        }
        cut.push(c);
    }
    match columns {
        0 => String::new(),
        _ => cut + "…",
    }
}

/// `text` with blanks after it up to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

/// Rows as lines: every column but the last as wide as its widest text, two blanks between columns.
pub fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (widest, text) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(text.width());
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let padded: Vec<String> =
            row.iter().zip(widths).map(|(text, width)| pad(text, width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A code in groups that are easy to read: `123 456`, `1234 5678`, `123 4567`.
pub fn grouped(code: &str) -> String {
    let half = code.chars().count() / 2;
    match half {
        0..=2 => code.to_owned(),
        _ => {
            let (first, second): (Vec<_>, Vec<_>) =
                code.chars().enumerate().partition(|(at, _)| *at < half);
            let text =
                |part: Vec<(usize, char)>| part.into_iter().map(|(_, c)| c).collect::<String>();
            format!("{} {}", text(first), text(second))
        }
    }
}

/// Issuer and account as far as they are known: `ACME: alice`.
pub fn owner(profile: &Profile) -> String {
    match (profile.issuer.as_str(), profile.account.as_str()) {
        ("", account) => account.to_owned(),
        (issuer, "") => issuer.to_owned(),
        (issuer, account) => format!("{issuer}: {account}"),
    }
}

/// What a profile is, for the note after pairing: `TOTP, SHA1, 6 digits, every 30 s`.
pub fn parameters(profile: &Profile) -> String {
    let Profile { kind, algorithm, digits, period, .. } = profile;
    match kind {
        CodeType::Hotp => format!("{kind}, {algorithm}, {digits} digits"),
        CodeType::Totp => format!("{kind}, {algorithm}, {digits} digits, every {period} s"),
        CodeType::Steam => format!("{kind}, {digits} characters, every {period} s"),
    }
}

/// A number of things: `1 profile`, `3 profiles`.
pub fn count(number: impl Into<u64>, thing: &str) -> String {
    match number.into() {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

/// A time in seconds: `95 s`, `2 min 10 s`, `3 h`; seconds alone up to two minutes.
pub fn duration(seconds: u32) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let parts = match seconds {
        ..120 => [(0, "h"), (0, "min"), (seconds, "s")],
        120..3600 => [(0, "h"), (minutes, "min"), (seconds % 60, "s")],
        3600.. => [(hours, "h"), (minutes, "min"), (0, "s")],
    };
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    if told.is_empty() { "0 s".to_owned() } else { told.join(" ") }
}

/// Whether a character takes room in a line of a terminal.
pub fn is_visible(c: char) -> bool {
    c.width().is_some_and(|columns| columns > 0)
}

/// Most characters that are shown of a text that is not ours.
const FOREIGN: usize = 2000;

/// A text that is not ours, such as a server's prompt, as it can be shown in a terminal: lines, without what moves the
/// cursor, turns the direction of writing, or hides.
pub fn printable(foreign: &str) -> String {
    let shown = |c: &char| *c == '\n' || (!c.is_control() && (is_visible(*c) || *c == ' '));
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    foreign.chars().filter(|c| shown(c) && !turns(c)).take(FOREIGN).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_servers_text_cannot_play_with_the_terminal() {
        let shown = printable("\x1b]0;owned\x07\x1b[2JCode\u{202e}:\r\nnext\u{200b}");
        assert_eq!(shown, "]0;owned[2JCode:\nnext");
        assert_eq!(printable(&"x".repeat(5000)).len(), FOREIGN);
    }

    #[test]
    fn codes_are_read_in_groups() {
        let groups = ["5K3PB", "755224", "7552248", "75522483", "7"].map(grouped);
        assert_eq!(
            groups,
            [
                "5K 3PB".replace(' ', ""),
                "755 224".into(),
                "755 2248".into(),
                "7552 2483".into(),
                "7".into()
            ]
        );
    }

    #[test]
    fn columns_line_up_whatever_the_letters() {
        let row = |name: &str, kind: &str| [name.to_owned(), kind.to_owned(), String::new()];
        assert_eq!(table(&[row("銀行", "TOTP"), row("a", "HOTP")]), ["銀行  TOTP", "a     HOTP"]);
    }

    #[test]
    fn times_are_told_as_people_count_them() {
        let told = [0, 95, 119, 120, 130, 180, 3599, 3600, 3661, 43_200].map(duration);
        assert_eq!(
            told,
            [
                "0 s",
                "95 s",
                "119 s",
                "2 min",
                "2 min 10 s",
                "3 min",
                "59 min 59 s",
                "1 h",
                "1 h 1 min",
                "12 h"
            ]
        );
    }

    proptest! {
        #[test]
        fn a_text_that_was_fitted_is_never_too_wide(text in "\\PC{0,40}", columns in 0usize..40) {
            prop_assert!(width(&fit(&text, columns)) <= columns);
        }

        #[test]
        fn a_text_that_fits_stays_whole(text in "\\PC{0,40}") {
            prop_assert_eq!(fit(&text, width(&text)), text);
        }
    }
}
