//! Secrets that come by standard input: exactly one line, read to the end without a copy that stays in memory.

use std::io::{self, ErrorKind, Read};

use passcode_proto::limits::KEY_BYTES;
use passcode_proto::{Fault, FaultCode, SecretText};
use zeroize::Zeroizing;

use crate::output::Failure;

/// Longest password that `--join` takes, in bytes.
pub const PASSWORD_BYTES: usize = 1024;

/// What is read, and how it is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A pairing key.
    Key,
    /// The static half of a password and code.
    Password,
}

impl Kind {
    const fn limit(self) -> usize {
        match self {
            Self::Key => KEY_BYTES,
            Self::Password => PASSWORD_BYTES,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Key => "pairing key",
            Self::Password => "password",
        }
    }

    /// Refuses a text of more bytes than this kind can have.
    pub fn check_length(self, bytes: usize) -> Result<(), Failure> {
        if bytes <= self.limit() {
            return Ok(());
        }
        let message = format!("The {} is longer than {} bytes.", self.name(), self.limit());
        Err(match self {
            Self::Key => Fault::because(FaultCode::BadKey, message).into(),
            Self::Password => Failure::usage(message, "Give the password alone, on one line."),
        })
    }
}

/// Reads the one line that standard input holds.
pub fn line(kind: Kind) -> Result<SecretText, Failure> {
    one_line(kind, unbuffered_input().map_err(|_| unreadable())?)
}

/// Standard input without the library's buffer, which nobody would wipe.
#[cfg(unix)]
pub fn unbuffered_input() -> io::Result<impl Read> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from)
}

/// Standard input without the library's buffer, which nobody would wipe.
#[cfg(windows)]
pub fn unbuffered_input() -> io::Result<impl Read> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(std::fs::File::from)
}

/// The one line of `source`; a final line break is optional, blank lines after it do not count.
fn one_line(kind: Kind, source: impl Read) -> Result<SecretText, Failure> {
    let bytes = read_all(source, kind.limit() + "\r\n".len() + 1).map_err(|_| unreadable())?;
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at(end);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    kind.check_length(line.len())?;
    if line.is_empty() {
        return Err(missing(kind));
    }
    if !rest.iter().all(u8::is_ascii_whitespace) {
        return Err(extra(kind));
    }
    let text = str::from_utf8(line).map_err(|_| not_text(kind))?;
    Ok(SecretText::new(text.to_owned()))
}

/// Reads until the end or until `most` bytes, into one buffer that never moves and is wiped.
pub fn read_all(mut source: impl Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; most]);
    let mut length = 0;
    while length < most {
        match source.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

fn missing(kind: Kind) -> Failure {
    Failure::usage(
        format!("Standard input holds no {}.", kind.name()),
        format!("Write the {} there, on one line.", kind.name()),
    )
}

fn extra(kind: Kind) -> Failure {
    Failure::usage(
        format!("Standard input holds more than the {}.", kind.name()),
        format!("Write the {} there alone, on one line.", kind.name()),
    )
}

fn not_text(kind: Kind) -> Failure {
    let message = format!("The {} is not text in UTF-8.", kind.name());
    match kind {
        Kind::Key => Fault::because(FaultCode::BadKey, message).into(),
        Kind::Password => Failure::usage(message, "Give the password as text."),
    }
}

fn unreadable() -> Failure {
    Failure::local(
        "input",
        "Standard input cannot be read.",
        "Give the secret by a pipe or a terminal.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bytes: &[u8]) -> Result<String, String> {
        let read = one_line(Kind::Key, bytes);
        read.map(|key| key.expose().to_owned()).map_err(|failure| failure.message().to_owned())
    }

    #[test]
    fn a_final_line_break_is_optional() {
        for bytes in [&b"ABC 234"[..], b"ABC 234\n", b"ABC 234\r\n", b"ABC 234\n\n \n"] {
            assert_eq!(key(bytes), Ok("ABC 234".into()), "{bytes:?}");
        }
    }

    #[test]
    fn a_missing_line_and_an_extra_one_are_refused() {
        assert_eq!(key(b""), Err("Standard input holds no pairing key.".into()));
        assert_eq!(key(b"\nABC"), Err("Standard input holds no pairing key.".into()));
        assert_eq!(
            key(b"ABC\nDEF\n"),
            Err("Standard input holds more than the pairing key.".into())
        );
    }

    #[test]
    fn a_key_up_to_the_limit_is_read_and_a_longer_one_is_refused_unread() {
        let longest = [vec![b'A'; KEY_BYTES], b"\r\n".to_vec()].concat();
        assert_eq!(key(&longest).unwrap().len(), KEY_BYTES);
        let too_long = vec![b'A'; 1024 * 1024];
        assert_eq!(
            key(&too_long),
            Err(format!("The pairing key is longer than {KEY_BYTES} bytes."))
        );
        assert_eq!(
            key(&too_long[..=KEY_BYTES]),
            Err(format!("The pairing key is longer than {KEY_BYTES} bytes."))
        );
    }

    #[test]
    fn a_password_keeps_its_blanks_and_must_be_text() {
        let password = |bytes: &[u8]| one_line(Kind::Password, bytes);
        assert_eq!(password(b" pass word \n").unwrap().expose(), " pass word ");
        assert_eq!(
            password(b"\xFF\n").unwrap_err().message(),
            "The password is not text in UTF-8."
        );
    }
}
