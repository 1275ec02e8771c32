//! What a PIN has to be like, for the agent, which decides, and for clients, which tell the user while a PIN is typed.

use std::fmt;

/// Lengths that a PIN can have.
pub const LENGTHS: [u8; 2] = [4, 6];

/// Why a text cannot be a PIN, in words for the user who typed it. Never says what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeakPin {
    /// Something else than the digits 0 to 9.
    NotDigits,
    /// Of another length than a PIN has to have.
    Length {
        /// The shortest that is taken: 4 or 6.
        required: u8,
    },
    /// Too few different digits.
    TooFewDifferent {
        /// Its length.
        length: u8,
        /// How many different digits it needs.
        needed: u8,
    },
    /// Digits that only go up, or only down, one by one.
    Run,
}

/// Checks a new PIN: 4 or 6 digits and not fewer than `required` (0, 4 or 6), at least 3 different ones among 4 and 4
/// among 6, and not a run up or down by one.
pub fn check(pin: &str, required: u8) -> Result<u8, WeakPin> {
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WeakPin::NotDigits);
    }
    let length = match u8::try_from(pin.len()) {
        Ok(length) if LENGTHS.contains(&length) && length >= required => length,
        _ => return Err(WeakPin::Length { required }),
    };
    let needed = if length == 6 { 4 } else { 3 };
    if different(pin) < needed {
        return Err(WeakPin::TooFewDifferent { length, needed });
    }
    if is_run(pin.as_bytes()) {
        return Err(WeakPin::Run);
    }
    Ok(length)
}

fn different(pin: &str) -> u8 {
    let seen = pin.bytes().fold(0u16, |seen, digit| seen | 1 << (digit - b'0'));
    seen.count_ones() as u8
}

fn is_run(digits: &[u8]) -> bool {
    let steps_by =
        |step: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    steps_by(1) || steps_by(-1)
}

impl fmt::Display for WeakPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDigits => f.write_str("A PIN has digits only, 0 to 9."),
            Self::Length { required: 6 } => f.write_str("The PIN has to have 6 digits."),
            Self::Length { .. } => f.write_str("A PIN has 4 or 6 digits."),
            Self::TooFewDifferent { length, needed } => {
                write!(f, "A PIN of {length} digits needs at least {needed} different ones.")
            }
            Self::Run => f.write_str("The digits may not just count up or down."),
        }
    }
}

impl std::error::Error for WeakPin {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_pins_that_organisations_refuse_are_refused_and_for_the_reason() {
        let few = |length, needed| Err(WeakPin::TooFewDifferent { length, needed });
        for (pin, result) in [
            ("1111", few(4, 3)),
            ("8787", few(4, 3)),
            ("123321", few(6, 4)),
            ("112211", few(6, 4)),
            ("1234", Err(WeakPin::Run)),
            ("4321", Err(WeakPin::Run)),
            ("765432", Err(WeakPin::Run)),
            ("012345", Err(WeakPin::Run)),
            ("12a4", Err(WeakPin::NotDigits)),
            ("١٢٣٥", Err(WeakPin::NotDigits)),
            ("", Err(WeakPin::Length { required: 0 })),
            ("12345", Err(WeakPin::Length { required: 0 })),
            ("1357924", Err(WeakPin::Length { required: 0 })),
        ] {
            assert_eq!(check(pin, 0), result, "{pin}");
        }
    }

    #[test]
    fn a_run_does_not_go_round_from_nine_to_zero() {
        for pin in ["7890", "8901", "0987", "1098", "567890"] {
            assert!(check(pin, 0).is_ok(), "{pin}");
        }
    }

    #[test]
    fn a_longer_pin_than_is_required_is_taken_and_a_shorter_one_is_not() {
        assert_eq!(check("2468", 4), Ok(4));
        assert_eq!(check("246813", 4), Ok(6));
        assert_eq!(check("246813", 6), Ok(6));
        assert_eq!(check("2468", 6), Err(WeakPin::Length { required: 6 }));
    }

    proptest! {
        /// The rule once more, counted another way.
        #[test]
        fn a_pin_is_taken_exactly_when_it_follows_the_rules(pin in "[0-9]{3,7}", required in prop::sample::select(vec![0u8, 4, 6])) {
            let digits: Vec<i32> = pin.chars().map(|digit| digit.to_digit(10).unwrap() as i32).collect();
            let different = (0..10).filter(|digit| digits.contains(digit)).count();
            let steps: Vec<i32> = digits.iter().zip(&digits[1..]).map(|(one, next)| next - one).collect();
            let is_run = steps.iter().all(|step| *step == 1) || steps.iter().all(|step| *step == -1);
            let is_right = match digits.len() {
                4 => required <= 4 && different >= 3,
                6 => different >= 4,
                _ => false,
            };
            prop_assert_eq!(check(&pin, required).is_ok(), is_right && !is_run);
        }
    }
}
