//! Moments as AWS writes them (RFC 3339): `2026-11-24T17:00:00Z`, `2026-11-24T17:00:00.5+01:00`. Pure.

/// Seconds since 1970 of a moment from then on; nothing when it is none.
pub fn seconds(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let signs = [(4, '-'), (7, '-'), (10, 'T'), (13, ':'), (16, ':')];
    if !signs.iter().all(|(at, sign)| text.get(*at..).is_some_and(|rest| rest.starts_with(*sign))) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let is_real = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let clock = (hour * 60 + minute) * 60 + second;
    let there = days(year, month, day) * 86_400 + clock - offset(text.get(19..)?)?;
    is_real.then(|| u64::try_from(there).ok()).flatten()
}

/// Seconds that a place is before UTC: `Z`, `+01:00`, `.123-05:30`.
fn offset(text: &str) -> Option<i64> {
    let text = text
        .strip_prefix('.')
        .map_or(text, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

/// Days since 1970 in the Gregorian calendar, with years that begin in March, so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = (month + 9) % 12;
    let of_year = (153 * since_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_seconds_wherever_they_are_told() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-24T17:00:00+00:00", 1_795_539_600),
            ("2026-11-24T18:00:00.123+01:00", 1_795_539_600),
            ("2026-11-24T11:30:00-05:30", 1_795_539_600),
            ("2038-01-19T03:14:08Z", 2_147_483_648),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "tomorrow",
            "2026-11-24",
            "2026-13-24T17:00:00Z",
            "2026-11-24T25:00:00Z",
            "2026-11-24T17:00:00",
            "2026-11-24 17:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-24T17:00:00+1",
            "2026-11-24T17:00:0éZ",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
