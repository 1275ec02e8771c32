//! Secrets as people see them, in base32 (RFC 4648 §6) or hexadecimal, decoded straight into the one buffer
//! that gets wiped. Groups, case and padding do not count; look-alikes of a letter are never guessed.

use passcode_proto::limits;
use zeroize::Zeroizing;

use super::fault::{KeyFault, Likeness};
use crate::secret::Secret;

/// Fewest hexadecimal digits that are taken for a secret and not for a slip in base32: 8 bytes.
const LIKELY_HEX: usize = 16;

/// A secret, and what is odd about the way it was written.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The bytes: at least one, and no more than [`limits::SECRET_BYTES`].
    pub secret: Secret,
    /// Whether its length leaves over a whole character.
    pub odd_length: bool,
}

/// Signs that group a secret for the eye: white space, dashes of every kind, invisible ones. The underscore
/// is none: nobody prints it, and it is a character of other encodings.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c == '-'
        || matches!(c,
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}'
            | '\u{FEFF}')
}

/// Reads base32 of any length. As in Google's, Bitwarden's and many other apps, bits that do not fill a last
/// byte are dropped, whatever they are: services that draw secrets character by character issue such ones.
/// The lengths 1, 3 and 6 (mod 8), which RFC 4648 never gives, are marked as odd. Padding may be missing,
/// short or long, but stands at the end.
pub(super) fn base32(text: &str) -> Result<Decoded, KeyFault> {
    let text = text.trim_end_matches(|c| c == '=' || is_separator(c));
    let (secret, symbols) = decoded(text, 5, base32_value).map_err(|position| {
        let likeness = likeness(text, position);
        KeyFault::NotBase32 { position, likeness }
    })?;
    Ok(Decoded { secret: checked(secret)?, odd_length: matches!(symbols % 8, 1 | 3 | 6) })
}

/// Reads pairs of hexadecimal digits.
pub(super) fn hex(text: &str) -> Result<Decoded, KeyFault> {
    let value = |c: char| c.to_digit(16);
    let (secret, symbols) = decoded(text, 4, value).map_err(|_| KeyFault::NotHex)?;
    if symbols % 2 == 1 {
        return Err(KeyFault::NotHex);
    }
    Ok(Decoded { secret: checked(secret)?, odd_length: false })
}

/// The bytes that the symbols in `text` give, each of `width` bits, and how many symbols there were; or the
/// position, counted from 1, of the first character that is neither symbol nor separator.
fn decoded(
    text: &str,
    width: usize,
    value: impl Fn(char) -> Option<u32>,
) -> Result<(Secret, usize), usize> {
    // Large enough from the start: a buffer that grows leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * width / 8));
    let (mut pending, mut bits, mut symbols) = (0, 0, 0);
    for c in text.chars().filter(|c| !is_separator(*c)) {
        symbols += 1;
        pending = pending << width | value(c).ok_or(symbols)?;
        bits += width;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits & 0xff) as u8);
        }
    }
    Ok((Secret::new(std::mem::take(&mut *bytes)), symbols))
}

fn base32_value(c: char) -> Option<u32> {
    match c.to_ascii_uppercase() {
        c @ 'A'..='Z' => Some(u32::from(c) - u32::from('A')),
        c @ '2'..='7' => Some(u32::from(c) - u32::from('2') + 26),
        _ => None,
    }
}

fn checked(secret: Secret) -> Result<Secret, KeyFault> {
    match secret.expose().len() {
        0 => Err(KeyFault::SecretEmpty),
        length if length > limits::SECRET_BYTES => Err(KeyFault::SecretTooLong),
        _ => Ok(secret),
    }
}

fn likeness(text: &str, position: usize) -> Likeness {
    let symbols = || text.chars().filter(|c| !is_separator(*c));
    let count = symbols().count();
    if count >= LIKELY_HEX && count % 2 == 0 && symbols().all(|c| c.is_ascii_hexdigit()) {
        return Likeness::Hex;
    }
    match symbols().nth(position - 1) {
        Some('0' | '1' | '8' | '9') => Likeness::ForeignDigit,
        _ => Likeness::Nothing,
    }
}
