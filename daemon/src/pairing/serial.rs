//! The name that a service has for the secret of a key: `serial=` of an `otpauth://` text, as privacyIDEA writes it.

use super::query::Query;

/// The serial in `text`, when there is one.
pub fn serial(text: &str) -> Option<String> {
    let (_, query) = text.split_once('?')?;
    Query::new(query).text("serial").ok()?
}
