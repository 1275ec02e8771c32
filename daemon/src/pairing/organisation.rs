//! Keys of organisations: 12 digits that a service exchanges for a secret. They are found however people write them: in
//! groups, in words, with the service behind an `@`, or as the address `passcode://pair?…` that QR codes hold.

use passcode_proto::SecretText;

use super::fault::KeyFault;
use super::query::Query;
use super::secret_text::is_separator;
use super::shape::tidy;
use crate::origin::Origin;

/// Digits of a key.
const DIGITS: usize = 12;

/// An organisation's key.
#[derive(Debug, PartialEq, Eq)]
pub struct OrganisationKey {
    /// The 12 digits alone.
    pub digits: SecretText,
    /// The service, when the key names it.
    pub service: Option<Origin>,
}

/// The organisation's key in `text`; none when it is a key of another kind, or none.
///
/// # Errors
/// When it is an organisation's key that is not whole, or whose service has no possible address.
pub fn organisation_key(text: &str) -> Result<Option<OrganisationKey>, KeyFault> {
    let text = tidy(text);
    if let Some(link) = link(text) {
        return read_link(link).map(Some);
    }
    if let Some((key, service)) = text.split_once('@')
        && let Some(digits) = digits_alone(key)
    {
        let service = service.parse().map_err(|_| KeyFault::Service)?;
        return Ok(Some(OrganisationKey { digits, service: Some(service) }));
    }
    let digits = digits_alone(text).or_else(|| in_words(text));
    Ok(digits.map(|digits| OrganisationKey { digits, service: None }))
}

fn link(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    scheme.eq_ignore_ascii_case("passcode").then_some(rest)
}

fn read_link(rest: &str) -> Result<OrganisationKey, KeyFault> {
    let (verb, query) = rest.split_once('?').ok_or(KeyFault::Link)?;
    if !verb.trim_end_matches('/').eq_ignore_ascii_case("pair") {
        return Err(KeyFault::Link);
    }
    let query = Query::new(query);
    let digits = query.raw("key")?.and_then(digits_alone).ok_or(KeyFault::Link)?;
    let service = query.text("service")?.map(|service| service.parse());
    let service = service.transpose().map_err(|_| KeyFault::Service)?;
    Ok(OrganisationKey { digits, service })
}

/// The digits of a text that is nothing but 12 of them, with spaces and dashes at will.
fn digits_alone(text: &str) -> Option<SecretText> {
    let mut digits = String::with_capacity(DIGITS);
    for sign in text.chars().filter(|sign| !is_separator(*sign) && *sign != '+') {
        if !sign.is_ascii_digit() || digits.len() == DIGITS {
            return None;
        }
        digits.push(sign);
    }
    (digits.len() == DIGITS).then(|| SecretText::new(digits))
}

/// The one group of 12 digits in a sentence. A secret in base32 may have such a group too: it is no sentence.
fn in_words(text: &str) -> Option<SecretText> {
    let is_secret = |sign: char| sign.is_ascii_uppercase() || ('2'..='7').contains(&sign);
    let begins =
        |mark: &str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let is_marked = text.contains("://") || ["base32:", "hex:", "0x"].into_iter().any(begins);
    if is_marked || text.chars().all(|sign| is_secret(sign) || is_separator(sign)) {
        return None;
    }
    let is_of_key = |sign: char| sign.is_ascii_digit() || is_separator(sign);
    let mut keys = text
        .split(|sign| !is_of_key(sign))
        .filter(|group| stands_alone(text, group))
        .filter_map(digits_alone);
    let key = keys.next()?;
    keys.next().is_none().then_some(key)
}

/// Whether no letter touches the group, as in a word or a secret.
fn stands_alone(text: &str, group: &str) -> bool {
    let start = group.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (&text[..start], &text[start + group.len()..]);
    let touches = |sign: Option<char>, edge: Option<char>| {
        sign.is_some_and(char::is_alphanumeric) && edge.is_some_and(|edge| edge.is_ascii_digit())
    };
    !touches(before.chars().next_back(), group.chars().next())
        && !touches(after.chars().next(), group.chars().next_back())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Option<(String, Option<String>)> {
        let key = organisation_key(text).unwrap()?;
        Some((key.digits.expose().to_owned(), key.service.map(|service| service.to_string())))
    }

    #[test]
    fn a_key_is_found_however_it_is_written() {
        for text in [
            "123456789012",
            "1234 5678 9012",
            "1234-5678-9012",
            " \"123 456 789 012\"\n",
            "Your pairing key is 1234 5678 9012.",
            "Pairing Key: 1234-5678-9012 (valid for 30 minutes)",
            "key=123456789012",
            "passcode://pair?key=123456789012",
            "PASSCODE://pair/?key=1234+5678+9012",
        ] {
            assert_eq!(key(text), Some(("123456789012".to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn a_key_may_name_its_service() {
        for text in [
            "123456789012@id.example.org",
            "1234 5678 9012@https://id.example.org/",
            "passcode://pair?key=123456789012&service=https%3A%2F%2Fid.example.org",
            "passcode://pair?service=id.example.org&amp;key=123456789012",
        ] {
            let service = Some("https://id.example.org".to_owned());
            assert_eq!(key(text), Some(("123456789012".to_owned(), service)), "{text}");
        }
    }

    #[test]
    fn other_keys_and_texts_are_left_alone() {
        for text in [
            "",
            "12345678901",
            "1234567890123",
            "GEZDGNBVGY3TQOJQ",
            "ABCD 2345 6723 4567 EFGH",
            "abcd 2345 6723 4567x",
            "base32:234567234567",
            "otpauth://totp/a?secret=234567234567",
            "call 123456789012 or 210987654321",
            "x123456789012",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_that_is_not_whole_and_a_service_that_cannot_be_are_faults() {
        for (text, fault) in [
            ("passcode://pair", KeyFault::Link),
            ("passcode://pair?key=1234", KeyFault::Link),
            ("passcode://unpair?key=123456789012", KeyFault::Link),
            ("passcode://pair?key=123456789012&service=http%3A%2F%2Fa.b", KeyFault::Service),
            ("123456789012@http://id.example.org", KeyFault::Service),
            ("123456789012@", KeyFault::Service),
        ] {
            assert_eq!(organisation_key(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = organisation_key(&text);
        }

        #[test]
        fn digits_in_groups_are_the_digits(digits in "[0-9]{12}", gaps in prop::collection::vec(0usize..12, 0..4)) {
            let mut text = digits.clone();
            let mut gaps = gaps;
            gaps.sort_unstable_by(|a, b| b.cmp(a));
            gaps.iter().for_each(|gap| text.insert(*gap, ' '));
            prop_assert_eq!(key(&text), Some((digits, None)));
        }
    }
}
