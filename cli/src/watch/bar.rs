//! A bar for the time that is left, and the same in words. Pure.

/// The signs that a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Blocks in eighths of a column.
    Blocks,
    /// ASCII alone.
    Ascii,
}

/// Eighths of a column, from one to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar of exactly `columns` columns, filled as far as `left` of `whole` reaches: the filled part, and the rest.
pub fn bar(left: u64, whole: u64, columns: usize, signs: Signs) -> (String, String) {
    let (left, whole) = (left.min(whole), whole.max(1));
    let part =
        |steps: usize| (left as u128 * (columns * steps) as u128).div_ceil(whole.into()) as usize;
    match signs {
        Signs::Ascii => ("#".repeat(part(1)), "-".repeat(columns - part(1))),
        Signs::Blocks => {
            let eighths = part(8);
            let mut filled = "█".repeat(eighths / 8);
            filled.extend((eighths % 8).checked_sub(1).map(|eighth| EIGHTHS[eighth]));
            (filled, " ".repeat(columns - eighths.div_ceil(8)))
        }
    }
}

/// Columns that [`left_in_words`] takes at the most.
pub const LEFT_COLUMNS: usize = 4;

/// Seconds in at most four columns: `9 s`, `30 s`, `59 m`, `24 h`; parts of a minute or an hour count as one.
pub fn left_in_words(seconds: u64) -> String {
    match seconds {
        0..100 => format!("{seconds} s"),
        100..=5940 => format!("{} m", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600).min(99)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::width;

    #[test]
    fn a_bar_shows_what_is_left() {
        let drawn = |left, columns| bar(left, 30, columns, Signs::Blocks);
        assert_eq!(drawn(30, 10), ("██████████".into(), "".into()));
        assert_eq!(drawn(15, 10), ("█████".into(), "     ".into()));
        assert_eq!(drawn(16, 10), ("█████▍".into(), "    ".into()));
        assert_eq!(drawn(0, 10), ("".into(), "          ".into()));
        assert_eq!(bar(10, 30, 9, Signs::Ascii), ("###".into(), "------".into()));
    }

    #[test]
    fn time_left_is_told_in_four_columns() {
        let told = [0, 9, 99, 100, 5940, 5941, 86_400].map(left_in_words);
        assert_eq!(told, ["0 s", "9 s", "99 s", "2 m", "99 m", "2 h", "24 h"]);
    }

    proptest! {
        #[test]
        fn a_bar_is_always_as_wide_as_asked(left in any::<u64>(), whole in any::<u64>(), columns in 0usize..300) {
            for signs in [Signs::Blocks, Signs::Ascii] {
                let (filled, rest) = bar(left, whole, columns, signs);
                prop_assert_eq!(width(&filled) + width(&rest), columns);
            }
        }

        #[test]
        fn a_bar_never_grows_as_time_goes_by(whole in 1u64..100_000, columns in 0usize..100, left in 1u64..100_000) {
            let length = |left| bar(left, whole, columns, Signs::Ascii).0.len();
            prop_assert!(length(left - 1) <= length(left));
        }

        #[test]
        fn time_left_never_needs_more_columns(seconds in any::<u64>()) {
            prop_assert!(width(&left_in_words(seconds)) <= LEFT_COLUMNS);
        }
    }
}
