//! Issuer and account of an otpauth key, from its label and its `issuer=`.

use passcode_proto::label::Label;
use percent_encoding::percent_decode_str;

use super::fault::KeyFault;

/// Who issued a key, and for which account.
#[derive(Debug)]
pub(super) struct Names {
    pub issuer: Label,
    pub account: Label,
    /// Whether the label names another issuer than `issuer=`, which wins.
    pub two_issuers: bool,
}

impl Names {
    /// Reads a label as it stands in a key, percent-encoded or not, beside the decoded value of `issuer=`.
    /// A `+` in a label is a plus: accounts like `alice+work@example.org` are common.
    pub fn read(label: &str, issuer: Option<&str>) -> Result<Self, KeyFault> {
        let label = percent_decode_str(label).decode_utf8().map_err(|_| KeyFault::NotUtf8)?;
        Self::of(&label, issuer)
    }

    /// The same for a label without percent escapes.
    pub fn of(label: &str, issuer: Option<&str>) -> Result<Self, KeyFault> {
        let (prefix, account) = split(label, issuer);
        let differs =
            |issuer| !prefix.trim().is_empty() && comparable(prefix) != comparable(issuer);
        Ok(Self {
            issuer: Label::new(issuer.unwrap_or(prefix)).map_err(KeyFault::Label)?,
            account: Label::new(account).map_err(KeyFault::Label)?,
            two_issuers: issuer.is_some_and(differs),
        })
    }

    /// Whether the issuer is called Steam.
    pub fn are_of_steam(&self) -> bool {
        self.issuer.as_str().eq_ignore_ascii_case("steam")
    }
}

/// Splits a label at its first colon, unless the issuer has colons itself and begins the label. The colon
/// of an address (`alice@https://cloud.example.org`) separates nothing.
fn split<'a>(label: &'a str, issuer: Option<&str>) -> (&'a str, &'a str) {
    let after_issuer = issuer.and_then(|issuer| label.strip_prefix(issuer));
    if let Some(account) = after_issuer.and_then(|rest| rest.strip_prefix(':')) {
        return (&label[..label.len() - account.len() - 1], account);
    }
    let is_address = |at: usize| {
        label[at + 1..].starts_with("//")
            && label[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let colon = label.match_indices(':').map(|(at, _)| at).find(|at| !is_address(*at));
    colon.map_or(("", label), |at| (&label[..at], &label[at + 1..]))
}

/// An issuer as it is compared: case does not count, and some services write its spaces as `+` in the label.
fn comparable(issuer: &str) -> String {
    issuer.replace('+', " ").trim().to_lowercase()
}
