//! What can be wrong with an export of Google Authenticator as a whole; what is wrong with one of its keys is told as with
//! any other key.

use std::fmt;

use passcode_proto::limits;

use super::protobuf::Malformed;

/// Why an export was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFault {
    /// It is not what the app writes.
    Damaged,
    /// It is longer than [`limits::EXPORT_BYTES`].
    TooLong,
    /// It holds more keys than are taken at once.
    TooMany,
    /// It holds no key.
    Empty,
    /// Not all its parts are there.
    Missing {
        /// A bit for each that is missing; the lowest is the first.
        parts: u64,
        /// How many there are in all.
        of: u8,
    },
    /// Its parts are of several exports.
    Mixed,
    /// A key is neither HOTP nor TOTP.
    UnknownKind,
    /// A key wants MD5.
    Md5,
    /// Something was said beside the keys that can be meant for one only.
    Overrides,
}

impl ExportFault {
    /// What to do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Damaged => "Show all of the QR code, or export again.",
            Self::TooLong | Self::TooMany => {
                "Export fewer accounts at once, and pair several times."
            }
            Self::Empty => "Choose at least one account when you export.",
            Self::Missing { .. } => {
                "The app shows the parts one after the other. Give a picture of each, together: passcode pair --qr \
                 FILE --qr FILE"
            }
            Self::Mixed => "Take pictures of all QR codes of one export, and of no other.",
            Self::UnknownKind | Self::Md5 => {
                "Export again without that account, and ask its service for a TOTP key with SHA-1."
            }
            Self::Overrides => "Leave out the counter and the parameters.",
        }
    }
}

impl fmt::Display for ExportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "The export of Google Authenticator is damaged.",
            Self::TooLong => {
                return write!(f, "The export is longer than {} bytes.", limits::EXPORT_BYTES);
            }
            Self::TooMany => "The export holds more keys than are taken at once.",
            Self::Empty => "The export holds no key.",
            Self::Missing { parts, of } => return missing(f, *parts, *of),
            Self::Mixed => "The parts are of different exports.",
            Self::UnknownKind => "The export holds a key that is neither HOTP nor TOTP.",
            Self::Md5 => {
                "The export holds a key whose passcodes use MD5, which this program does not make."
            }
            Self::Overrides => {
                "The export holds several keys, which cannot all have the same parameters."
            }
        })
    }
}

fn missing(f: &mut fmt::Formatter<'_>, parts: u64, of: u8) -> fmt::Result {
    let numbers: Vec<String> =
        (0..of).filter(|part| parts >> part & 1 == 1).map(|part| (part + 1).to_string()).collect();
    match &numbers[..] {
        [one] => write!(f, "Part {one} of {of} of the export is missing."),
        [most @ .., last] => {
            write!(f, "Parts {} and {last} of {of} of the export are missing.", most.join(", "))
        }
        [] => write!(f, "No part of the export is missing."),
    }
}

impl From<Malformed> for ExportFault {
    fn from(_: Malformed) -> Self {
        Self::Damaged
    }
}
