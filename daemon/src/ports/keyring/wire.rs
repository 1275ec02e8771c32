//! The lines between the agent and its helper for the keyring: one object of JSON each way. Secrets and the anchor are
//! base64, the form in which they are kept too, for there are keyrings that keep nothing but text.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::ports::keystore::{DEVICE_SECRET_BYTES, KeyStoreFault};
use crate::secret::Secret;

/// Longest line, in bytes.
pub const LONGEST: usize = 4096;

/// Longest text of an anchor, in bytes.
const LONGEST_ANCHOR: usize = 64;

/// What the helper is asked.
#[derive(Serialize, Deserialize)]
pub struct Request<'a> {
    /// Whose entries, of the agents of this user.
    pub instance: &'a str,
    /// Whether the keyring may ask the user.
    pub may_ask: bool,
    /// What to do.
    #[serde(borrow)]
    pub call: Call<'a>,
}

/// What is done with the entries, as `KeyStore` says it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call<'a> {
    /// Tell all that is kept.
    Load,
    /// Keep this secret too.
    Add(&'a str),
    /// Forget every other secret.
    KeepOnly(&'a str),
    /// Note this anchor.
    Note(&'a str),
    /// Forget everything.
    Delete,
}

/// What the helper answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer<'a> {
    /// What is kept.
    Kept {
        /// The secrets.
        #[serde(borrow)]
        secrets: Vec<&'a str>,
        /// The anchor, when something is noted.
        anchor: Option<&'a str>,
        /// Whether the keyring is known to have no password.
        is_blank: bool,
    },
    /// It is done.
    Done,
    /// It could not be done.
    Trouble(Trouble),
}

/// Why something could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// There is no session bus.
    NoBus,
    /// Nobody on the session bus keeps secrets.
    NoProvider,
    /// The provider has no collection for new secrets.
    NoCollection,
    /// It is locked, and stays so.
    Locked,
    /// An entry holds something else than a secret.
    Damaged,
    /// Both entries hold other secrets.
    Taken,
    /// An entry is there more than once.
    Ambiguous,
    /// The provider has gone, or was replaced by another, during the call.
    WentAway,
    /// The provider refused.
    Refused,
    /// What was stored is not what is read back.
    NotKept,
}

impl Trouble {
    /// What it means for the key store.
    pub fn fault(self) -> KeyStoreFault {
        match self {
            Self::NoBus => KeyStoreFault::Absent(
                "no keyring answers: there is no session bus (DBUS_SESSION_BUS_ADDRESS)",
            ),
            Self::NoProvider => KeyStoreFault::Absent(
                "no keyring answers: no program on the session bus keeps secrets (org.freedesktop.secrets)",
            ),
            Self::NoCollection => {
                KeyStoreFault::Absent("the keyring has no default collection yet")
            }
            Self::Locked => KeyStoreFault::Locked,
            Self::Damaged => KeyStoreFault::Damaged,
            Self::Taken => KeyStoreFault::Taken,
            Self::Ambiguous => {
                KeyStoreFault::Failed("the keyring holds an entry of the agent more than once")
            }
            Self::WentAway => {
                KeyStoreFault::Failed("the keyring went away in the middle of a call")
            }
            Self::Refused => KeyStoreFault::Failed("the keyring refused the call"),
            Self::NotKept => KeyStoreFault::Failed("the keyring did not keep what it was given"),
        }
    }
}

/// The line of a message; none when it is longer than [`LONGEST`]. The buffer never grows, so that no copy of it is left.
pub fn line(message: &impl Serialize) -> Option<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(vec![0; LONGEST]);
    let mut rest = &mut line[..];
    serde_json::to_writer(&mut rest, message).ok()?;
    let (end, _) = rest.split_first_mut()?;
    *end = b'\n';
    let length = LONGEST - (rest.len() - 1);
    line.truncate(length);
    Some(line)
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE64.encode(bytes))
}

/// The bytes of a text.
pub fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    BASE64.decode(text.as_bytes()).ok().map(Zeroizing::new)
}

/// Whether a text can be an anchor, as far as the helper has to know: what is none is not sent.
pub fn is_anchor(text: &str) -> bool {
    text.len() <= LONGEST_ANCHOR && bytes(text).is_some()
}

/// The device secret of a text.
pub fn secret(text: &str) -> Option<Secret> {
    let mut bytes = bytes(text).filter(|bytes| bytes.len() == DEVICE_SECRET_BYTES)?;
    Some(Secret::new(std::mem::take(&mut bytes)))
}
