//! Keys that only later versions read. They are recognised, so that nobody is told that a good key is none.

/// A key that is known by its shape and cannot be read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterKey {
    /// A privacyIDEA push token, or a container as a kind of `otpauth://`; those of `pia://` are read.
    PrivacyIdea,
    /// A PSKC file, RFC 6030.
    Pskc,
    /// A JSON file, as other apps export.
    Export,
}

impl LaterKey {
    /// What it is: one sentence.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::PrivacyIdea => {
                "This version does not read privacyIDEA's push tokens, nor its containers but by pia://."
            }
            Self::Pskc => "This version does not read PSKC files yet.",
            Self::Export => "This version does not read the exports of other apps yet.",
        }
    }

    /// What to do instead: one or two sentences.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::PrivacyIdea => {
                "Ask the organisation for an ordinary HOTP or TOTP token, whose key begins with otpauth://."
            }
            Self::Pskc | Self::Export => {
                "Pair each account by its own key, which begins with otpauth:// or is a secret in base32."
            }
        }
    }
}
