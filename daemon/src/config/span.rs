//! Lengths of time as people write them: `90s`, `3m`, `12h`, `1d`; `0` for no limit.

use std::time::Duration;

use serde::Deserialize;

/// A length of time; zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(Duration);

impl Span {
    /// The limit that it sets, if any.
    pub fn limit(self) -> Option<Duration> {
        Some(self.0).filter(|length| !length.is_zero())
    }
}

impl TryFrom<String> for Span {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const FORM: &str =
            "a time is written as \"90s\", \"3m\", \"12h\" or \"1d\", or \"0\" for no limit";
        let text = text.trim();
        let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
            Some(end) => text.split_at(end),
            None => (text, ""),
        };
        let number: u32 = number.parse().map_err(|_| FORM)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 60 * 60,
            "d" => 24 * 60 * 60,
            "" if number == 0 => 1,
            _ => return Err(FORM),
        };
        Ok(Self(Duration::from_secs(u64::from(number) * seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in
            [("90s", 90), ("3m", 180), ("3 min", 180), ("12h", 43_200), ("1d", 86_400)]
        {
            let limit = Span::try_from(text.to_owned()).unwrap().limit();
            assert_eq!(limit, Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["0", "0s", "0m"] {
            assert_eq!(Span::try_from(text.to_owned()).unwrap().limit(), None, "{text}");
        }
        for text in ["", "m", "3", "-3m", "3x", "3.5m", "99999999999s"] {
            assert!(Span::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
