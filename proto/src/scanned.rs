//! What the texts of QR codes are: which of them are pairing keys, and how these are told apart without being shown. Only
//! the outside of a text is looked at; whether it is a key that can be used the agent finds out.

use std::fmt;

use zeroize::Zeroizing;

use crate::label::Label;
use crate::limits::EXPORT_BYTES;
use crate::secret::SecretText;

mod outside;

/// The texts of some pictures, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The pairing keys, in the order of the texts.
    pub keys: Vec<Candidate>,
    /// What the other texts are.
    pub others: Vec<Other>,
}

/// A text that is a pairing key by its outside.
#[derive(Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it can be told apart by.
    pub title: Title,
    /// The key.
    pub key: SecretText,
}

/// What can be shown of a key. Its `Display` is one line that is safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Title {
    /// A key for an account; issuer and account are empty where it does not say, or says what cannot be printed.
    Account {
        /// Who issued it.
        issuer: Label,
        /// The account.
        account: Label,
    },
    /// The parts of an export that were found.
    Export {
        /// How many.
        parts: usize,
    },
    /// The key of an organisation.
    Organisation,
    /// A secret without a name.
    Secret,
}

/// What a text is that is no pairing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// The address of a web page.
    WebPage,
    /// The password of a wireless network.
    Network,
    /// A name and an address, or a number.
    Contact,
    /// Anything else.
    Text,
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { issuer, account } => match (issuer.as_str(), account.as_str()) {
                ("", "") => f.write_str("a key without a name"),
                (name, "") | ("", name) => f.write_str(name),
                (issuer, account) => write!(f, "{issuer}: {account}"),
            },
            Self::Export { parts: 1 } => f.write_str("an export of Google Authenticator"),
            Self::Export { parts } => {
                write!(f, "an export of Google Authenticator, {parts} parts")
            }
            Self::Organisation => f.write_str("an organisation's key"),
            Self::Secret => f.write_str("a secret without a name"),
        }
    }
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebPage => "the address of a web page",
            Self::Network => "the password of a wireless network",
            Self::Contact => "a contact",
            Self::Text => "some other text",
        })
    }
}

impl Scanned {
    /// Sorts the texts; those that are there twice count once. The parts of an export become one key, which stands where
    /// the first of them does; which are missing, and whether they belong together, the agent finds out.
    pub fn sort(texts: Vec<SecretText>) -> Self {
        let mut sorted = Self::default();
        let mut seen: Vec<SecretText> = Vec::with_capacity(texts.len());
        for text in texts {
            if !seen.contains(&text) {
                sorted.add(&text);
                seen.push(text);
            }
        }
        sorted
    }

    fn add(&mut self, text: &SecretText) {
        match outside::title(text.expose()) {
            Ok(Title::Export { .. }) => self.add_part(text),
            Ok(title) => self.keys.push(Candidate { title, key: text.clone() }),
            Err(other) => self.others.push(other),
        }
    }

    fn add_part(&mut self, text: &SecretText) {
        let is_export = |key: &&mut Candidate| matches!(key.title, Title::Export { .. });
        match self.keys.iter_mut().find(is_export) {
            None => {
                self.keys.push(Candidate { title: Title::Export { parts: 1 }, key: text.clone() })
            }
            Some(export) => export.join(text),
        }
    }
}

impl Candidate {
    fn join(&mut self, part: &SecretText) {
        if let Title::Export { parts } = &mut self.title {
            *parts += 1;
        }
        // Made as long as it has to be: a text that grows leaves a copy behind.
        let length = self.key.expose().len() + 1 + part.expose().len();
        let mut joined = Zeroizing::new(String::with_capacity(length));
        joined.extend([self.key.expose(), "\n", part.expose()]);
        self.key = SecretText::new(std::mem::take(&mut *joined));
    }

    /// Whether it is longer than the agent takes.
    pub fn is_too_long(&self) -> bool {
        self.key.expose().len() > EXPORT_BYTES
    }
}

#[cfg(test)]
mod tests;
