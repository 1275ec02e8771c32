//! Keys that only later versions read. They are recognised, so that nobody is told that a good key is none.

/// A key that is known by its shape and cannot be read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterKey {
    /// 12 digits, an organisation's pairing key, or the same as `passcode://`.
    Organisation,
    /// An export of Google Authenticator, `otpauth-migration://`.
    GoogleExport,
    /// A privacyIDEA container or push token, by `pia://` or as a kind of `otpauth://`.
    PrivacyIdea,
    /// A privacyIDEA key whose secret is made in two steps, `2step_…=`.
    TwoStep,
    /// A PSKC file, RFC 6030.
    Pskc,
    /// A JSON file, as other apps export.
    Export,
}

impl LaterKey {
    /// What it is: one sentence.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Organisation => {
                "This version does not pair by an organisation's key of 12 digits yet."
            }
            Self::GoogleExport => "This version does not read exports of Google Authenticator yet.",
            Self::PrivacyIdea => {
                "This version does not read privacyIDEA's containers and push tokens yet."
            }
            Self::TwoStep => "This version does not make secrets in privacyIDEA's two steps yet.",
            Self::Pskc => "This version does not read PSKC files yet.",
            Self::Export => "This version does not read the exports of other apps yet.",
        }
    }

    /// What to do instead: one or two sentences.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Organisation => {
                "If the digits are a secret in base32, write base32: in front of them. Otherwise ask the \
                 organisation for a key that begins with otpauth://."
            }
            Self::PrivacyIdea | Self::TwoStep => {
                "Ask the organisation for an ordinary HOTP or TOTP token, whose key begins with otpauth://."
            }
            Self::GoogleExport | Self::Pskc | Self::Export => {
                "Pair each account by its own key, which begins with otpauth:// or is a secret in base32."
            }
        }
    }
}
