//! What a user should know about a key that can be used all the same.

use std::fmt;

/// Something about a pairing key that may surprise later. Quotes nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyWarning {
    /// The secret has fewer than the 128 bits that RFC 4226 requires; real services issue such secrets.
    WeakSecret {
        /// How many it has.
        bits: usize,
    },
    /// The secret has a length that no base32 writer gives, which happens when a character is lost.
    OddLength,
    /// A counter-based key does not say where counting starts.
    NoCounter,
    /// The label and `issuer=` name different issuers.
    TwoIssuers,
    /// The issuer is called Steam, and nothing says whether its five-character codes are meant.
    PerhapsSteam,
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WeakSecret { bits } => {
                return write!(f, "The secret has {bits} bits; RFC 4226 requires at least 128.");
            }
            Self::OddLength => {
                "The secret has a length that secrets do not have: a character may be missing. If its \
                 passcodes are refused, copy the key again."
            }
            Self::NoCounter => "The key does not say where its counter stands; it starts at 0.",
            Self::TwoIssuers => {
                "The key names two issuers; the one that it gives as its issuer parameter is used."
            }
            Self::PerhapsSteam => {
                "The key is read as an ordinary one of six digits. If you want Steam's codes of five \
                 characters, pair again and say that the passcodes have 5 digits."
            }
        })
    }
}
