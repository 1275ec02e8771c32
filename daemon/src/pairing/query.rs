//! The parameters behind the question mark of a key. Looked up in the text itself, so that no list of
//! copied values is left behind; unknown parameters are not looked at.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::fault::KeyFault;

/// The parameters of one key, as they are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// The parameters in `text`, up to a fragment.
    pub fn new(text: &'a str) -> Self {
        Self(text.split_once('#').map_or(text, |(parameters, _)| parameters))
    }

    /// No parameters at all.
    pub fn none() -> Self {
        Self("")
    }

    /// Names and values as written. A key copied from a page's source has `&amp;` for `&`.
    fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.0.split('&').map(|pair| pair.strip_prefix("amp;").unwrap_or(pair));
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    /// Whether a parameter is there, with a value or without.
    pub fn has(self, name: &str) -> bool {
        self.pairs().any(|(found, _)| found.eq_ignore_ascii_case(name))
    }

    /// Whether there is a parameter whose name begins so.
    pub fn has_prefixed(self, prefix: &str) -> bool {
        let begins = |name: &str| {
            name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        self.pairs().any(|(name, _)| begins(name))
    }

    /// The value as written; none when the parameter is missing or empty. Apps that write a parameter twice
    /// give it the same value; two values are a fault, since either could be meant.
    pub fn raw(self, name: &'static str) -> Result<Option<&'a str>, KeyFault> {
        let named = self.pairs().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let mut values = named.map(|(_, value)| value).filter(|value| !value.is_empty());
        let Some(first) = values.next() else { return Ok(None) };
        match values.all(|value| value.eq_ignore_ascii_case(first)) {
            true => Ok(Some(first)),
            false => Err(KeyFault::TwoValues { parameter: name }),
        }
    }

    /// The value of a parameter that is not secret, decoded, without white space around it.
    pub fn text(self, name: &'static str) -> Result<Option<String>, KeyFault> {
        let Some(value) = self.raw(name)? else { return Ok(None) };
        let value = form_decoded(value);
        let text = str::from_utf8(&value).map_err(|_| KeyFault::NotUtf8)?.trim();
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }
}

/// Decodes percent escapes, and `+` to a space: PHP, Java, Go and Python write spaces in parameters so by
/// default, and Android reads them so; those who mean a plus write `%2B`. Malformed escapes stay as they are.
pub(super) fn form_decoded(value: &str) -> Zeroizing<Vec<u8>> {
    // No longer than what it was: the buffer never grows.
    let mut decoded = Zeroizing::new(Vec::with_capacity(value.len()));
    for (index, part) in value.split('+').enumerate() {
        if index > 0 {
            decoded.push(b' ');
        }
        decoded.extend(percent_decode_str(part));
    }
    decoded
}
