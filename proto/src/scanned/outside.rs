//! The outside of one text: what it is by the way it begins, and the names in it that can be shown.

use percent_encoding::percent_decode_str;

use super::{Other, Title};
use crate::label::Label;

/// Fewest characters of a text that is taken for a secret in base32: 80 bits, which is the least that services show.
const LIKELY_SECRET: usize = 16;

/// Digits of an organisation's key.
const DIGITS: usize = 12;

/// What the text is, when it is a pairing key, or what it is instead.
pub fn title(text: &str) -> Result<Title, Other> {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    match scheme.to_ascii_lowercase().as_str() {
        "otpauth" | "apple-otpauth" => Ok(account(rest)),
        "otpauth-migration" => Ok(Title::Export { parts: 1 }),
        "passcode" | "pia" => Ok(Title::Organisation),
        "steam" | "base32" | "hex" => Ok(Title::Secret),
        "http" | "https" => Err(Other::WebPage),
        "wifi" => Err(Other::Network),
        "mailto" | "tel" | "sms" | "smsto" | "mecard" | "begin" | "geo" => Err(Other::Contact),
        _ => unmarked(text),
    }
}

fn unmarked(text: &str) -> Result<Title, Other> {
    let signs = || text.chars().filter(|sign| !matches!(sign, ' ' | '-' | '='));
    let is_base32 = |sign: char| sign.is_ascii_alphabetic() || ('2'..='7').contains(&sign);
    if is_of_organisation(text) {
        return Ok(Title::Organisation);
    }
    match signs().count() >= LIKELY_SECRET && signs().all(is_base32) {
        true => Ok(Title::Secret),
        false => Err(Other::Text),
    }
}

/// 12 digits in any groups, and perhaps the service behind an `@`.
fn is_of_organisation(text: &str) -> bool {
    let digits = text.split_once('@').map_or(text, |(digits, _)| digits);
    let mut signs = digits.chars().filter(|sign| !matches!(sign, ' ' | '-'));
    signs.by_ref().take(DIGITS).filter(char::is_ascii_digit).count() == DIGITS
        && signs.next().is_none()
}

/// The names in what follows `otpauth:`, such as `//totp/ACME:alice?secret=…&issuer=ACME`.
fn account(rest: &str) -> Title {
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = place.trim_start_matches('/').split_once('/').map_or("", |(_, path)| path);
    let path = decoded(path);
    let (prefix, account) = path.split_once(':').unwrap_or(("", &path));
    let issuer = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.eq_ignore_ascii_case("issuer").then(|| decoded(&value.replace('+', " ")))
    });
    let issuer = issuer.filter(|issuer| !issuer.is_empty());
    let label = |text: &str| Label::new(text).unwrap_or_default();
    Title::Account { issuer: label(issuer.as_deref().unwrap_or(prefix)), account: label(account) }
}

/// Without percent escapes; those that are none stay as they are.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
