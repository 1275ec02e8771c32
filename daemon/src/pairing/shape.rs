//! Which kind of key a text is: only its outside is looked at, and keys that cannot be read yet are told
//! from texts that are no keys at all.

use super::fault::KeyFault;
use super::later::LaterKey;
use super::secret_text::is_separator;

/// A key that can be read, without what marked it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    /// What follows `otpauth://`.
    OtpAuth(&'a str),
    /// The secret after `steam://`, as Bitwarden writes Steam's.
    Steam(&'a str),
    /// A secret in base32, with or without `base32:` in front.
    Base32(&'a str),
    /// A secret in hexadecimal after `hex:` or `0x`.
    Hex(&'a str),
}

/// Pairs of signs that mail, chat and shells put around a key.
const WRAPPINGS: [(char, char); 7] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('<', '>'),
    ('\u{201c}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
    ('\u{ab}', '\u{bb}'),
];

/// `text` without what copying leaves around a key: white space, invisible characters, quotes, brackets.
pub(crate) fn tidy(text: &str) -> &str {
    let mut text = text.trim_matches(is_invisible);
    while let Some(inner) = WRAPPINGS.iter().find_map(|wrapping| unwrapped(text, *wrapping)) {
        text = inner.trim_matches(is_invisible);
    }
    text
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}')
}

/// What stands between `open` and `close`. Markup, which has more than one bracket, is left alone.
fn unwrapped(text: &str, (open, close): (char, char)) -> Option<&str> {
    let inner = text.strip_prefix(open)?.strip_suffix(close)?;
    (!inner.contains(open)).then_some(inner)
}

/// Tells what kind of key the tidied `text` is.
pub(super) fn recognise(text: &str) -> Result<Shape<'_>, KeyFault> {
    if text.is_empty() {
        return Err(KeyFault::Empty);
    }
    if let Some(what) = file(text) {
        return Err(KeyFault::NotYet { what });
    }
    if is_organisation_key(text) {
        return Err(KeyFault::NeedsService);
    }
    match text.split_once(':') {
        Some((mark, rest)) => marked(mark, rest),
        None => unmarked(text),
    }
}

/// Files that people may paste whole.
fn file(text: &str) -> Option<LaterKey> {
    if text.starts_with(['{', '[']) {
        return Some(LaterKey::Export);
    }
    let markup = text.strip_prefix('<')?;
    let declared = markup.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("?xml"));
    (declared || markup.contains("KeyContainer")).then_some(LaterKey::Pskc)
}

/// 12 digits are always an organisation's key, alone or as `123456789012@id.example.org`.
fn is_organisation_key(text: &str) -> bool {
    let key = text.split_once('@').map_or(text, |(key, _)| key);
    let mut signs = key.chars().filter(|c| !is_separator(*c));
    signs.by_ref().take(12).filter(char::is_ascii_digit).count() == 12 && signs.next().is_none()
}

fn marked<'a>(mark: &str, rest: &'a str) -> Result<Shape<'a>, KeyFault> {
    let is = |name: &str| mark.eq_ignore_ascii_case(name);
    if is("base32") {
        return Ok(Shape::Base32(rest));
    }
    if is("hex") {
        return Ok(Shape::Hex(rest));
    }
    let rest = rest.strip_prefix("//").ok_or(KeyFault::NotAKey)?;
    // Apple writes the former on pages, so that the key opens in its own app.
    if is("apple-otpauth") || is("otpauth") {
        return if has_second_key(rest) {
            Err(KeyFault::SeveralKeys)
        } else {
            Ok(Shape::OtpAuth(rest))
        };
    }
    if is("steam") {
        return Ok(Shape::Steam(rest));
    }
    Err(later_or_foreign(is))
}

fn later_or_foreign(is: impl Fn(&str) -> bool) -> KeyFault {
    if is("passcode") || is("pia") {
        KeyFault::NeedsService
    } else if is("motp") {
        KeyFault::UnknownKind
    } else if is("http") || is("https") {
        KeyFault::WebAddress
    } else {
        KeyFault::NotAKey
    }
}

/// Whether another line begins a key too; one long key may be broken into lines anywhere else.
fn has_second_key(rest: &str) -> bool {
    rest.lines().skip(1).any(|line| {
        let line = line.trim_start();
        line.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("otpauth://"))
    })
}

/// A text without a mark is a secret, unless it has signs that stand in no kind of secret.
fn unmarked(text: &str) -> Result<Shape<'_>, KeyFault> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return Ok(Shape::Hex(digits));
    }
    let is_possible = |c: char| c.is_alphanumeric() || c == '=' || is_separator(c);
    if text.chars().all(is_possible) { Ok(Shape::Base32(text)) } else { Err(KeyFault::NotAKey) }
}
