//! Secrets that come by standard input, a line each: read to the end without a copy that stays in memory. The order of
//! lines is the same for every command: key, passphrase, PINs or recovery code, password.

mod kind;
#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind, Read};

use passcode_proto::SecretText;
use zeroize::Zeroizing;

use crate::output::Failure;
pub use kind::Kind;

/// Reads the one line that standard input holds.
pub fn line(kind: Kind) -> Result<SecretText, Failure> {
    let mut lines = lines(&[kind], None)?;
    lines.pop().ok_or_else(|| missing(kind, &[kind]))
}

/// Reads the lines that standard input holds: one for each of `wanted`, in this order, then one of `optional` if it is
/// there.
pub fn lines(wanted: &[Kind], optional: Option<Kind>) -> Result<Vec<SecretText>, Failure> {
    split(wanted, optional, unbuffered_input().map_err(|_| unreadable())?)
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

/// The lines of `source`; a final line break is optional, blank lines after the last do not count.
fn split(
    wanted: &[Kind],
    optional: Option<Kind>,
    source: impl Read,
) -> Result<Vec<SecretText>, Failure> {
    let all: Vec<Kind> = wanted.iter().copied().chain(optional).collect();
    let most = all.iter().map(|kind| kind.limit() + "\r\n".len()).sum::<usize>() + 1;
    let bytes = read_all(source, most).map_err(|_| unreadable())?;
    let mut rest = &bytes[..];
    let mut lines = Vec::with_capacity(all.len());
    for kind in &all {
        let is_optional = lines.len() == wanted.len();
        if is_optional && is_blank(rest) {
            break;
        }
        let (line, after) = first_line(rest);
        kind.check_length(line.len())?;
        if line.is_empty() {
            return Err(missing(*kind, if is_optional { &all } else { wanted }));
        }
        lines.push(SecretText::new(kind.check_text(line)?.to_owned()));
        rest = after;
    }
    match is_blank(rest) {
        true => Ok(lines),
        false => Err(extra(&all)),
    }
}

/// The first line without its end, and what comes after it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
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

fn missing(kind: Kind, wanted: &[Kind]) -> Failure {
    let (names, form) = in_words(wanted);
    Failure::usage(
        format!("Standard input holds no {}.", kind.name()),
        format!("Write the {names} there, {form}."),
    )
}

/// Standard input has more lines than these.
pub fn extra(wanted: &[Kind]) -> Failure {
    let (names, form) = in_words(wanted);
    Failure::usage(
        format!("Standard input holds more than the {names}."),
        format!("Write the {names} there alone, {form}."),
    )
}

/// What is wanted, and in which form: `old PIN and the new PIN`, `a line each`.
fn in_words(wanted: &[Kind]) -> (String, &'static str) {
    let names: Vec<&str> = wanted.iter().map(|kind| kind.name()).collect();
    let form = if names.len() == 1 { "on one line" } else { "a line each" };
    (names.join(" and the "), form)
}

fn unreadable() -> Failure {
    Failure::local(
        "input",
        "Standard input cannot be read.",
        "Give the secret by a pipe or a terminal.",
    )
}
