//! The lines that pinentry speaks (Assuan protocol, as GnuPG documents it): pure, without I/O.

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Longest line of the protocol, in bytes, with its line break.
pub const LINE_BYTES: usize = 1002;

/// What a line of the server says.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// The command is done.
    Ok,
    /// The command failed; the user may have dismissed it.
    Err,
    /// Data: what was typed.
    Data(Secret),
    /// Something that does not matter here: a comment or a status.
    Other,
}

/// Reads a line without its line break.
pub fn read(line: &[u8]) -> Line {
    let is =
        |word: &[u8]| line == word || line.strip_prefix(word).is_some_and(|rest| rest[0] == b' ');
    match line.strip_prefix(b"D ") {
        Some(data) => Line::Data(unescape(data)),
        None if is(b"OK") => Line::Ok,
        None if is(b"ERR") => Line::Err,
        None => Line::Other,
    }
}

/// `%XX` stands for a byte; a `%` that is followed by something else stands for itself.
fn unescape(data: &[u8]) -> Secret {
    let mut plain = Zeroizing::new(Vec::with_capacity(data.len()));
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        let code = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(byte);
        plain.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    Secret::new(std::mem::take(&mut plain))
}

fn byte(digits: &[u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

/// A text as part of a command: no line break or `%` of it can end the line or mean something else. Cut so that the
/// command fits a line.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars().filter(|c| *c == '\n' || !c.is_control()) {
        if escaped.len() + 8 > LINE_BYTES - 32 {
            break;
        }
        match character {
            '%' => escaped.push_str("%25"),
            '\n' => escaped.push_str("%0A"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(read(b"OK"), Line::Ok);
        assert_eq!(read(b"OK Pleased to meet you"), Line::Ok);
        assert_eq!(read(b"ERR 83886179 Operation cancelled"), Line::Err);
        assert_eq!(read(b"OKAY"), Line::Other);
        assert_eq!(read(b"S PIN_REPEATED"), Line::Other);
        assert_eq!(read(b""), Line::Other);
        assert_eq!(read(b"D 2468"), Line::Data(Secret::of("2468")));
        assert_eq!(read(b"D a%25b%0Ac%"), Line::Data(Secret::of("a%b\nc%")));
        assert_eq!(read(b"D %zz%2"), Line::Data(Secret::of("%zz%2")));
    }

    #[test]
    fn no_text_can_be_a_command() {
        assert_eq!(escape("100 %\nGETPIN\r\u{1b}[0m"), "100 %25%0AGETPIN[0m");
        assert!(escape(&"é".repeat(5000)).len() < LINE_BYTES);
    }
}
