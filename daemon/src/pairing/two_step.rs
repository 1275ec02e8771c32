//! Secrets that are made in two steps, as privacyIDEA does: the key brings the server's part, this computer adds one of its
//! own, which the user types into the server's page, and both make the secret by PBKDF2 (RFC 8018).

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use passcode_proto::SecretText;
use passcode_proto::profile::Algorithm;
use pbkdf2::pbkdf2_hmac;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::fault::KeyFault;
use super::query::Query;
use crate::secret::Secret;

/// Bytes of our part that a key can ask for, and what it asks for without a word.
const PART: std::ops::RangeInclusive<usize> = 1..=64;
const USUAL_PART: usize = 8;

/// Rounds that a key can ask for, and what it asks for without a word. More would keep the agent from serving.
const ROUNDS: std::ops::RangeInclusive<usize> = 1..=100_000;
const USUAL_ROUNDS: usize = 10_000;

/// Bytes of a secret, one length for each hash.
const OUTPUT: [usize; 3] = [20, 32, 64];

/// Bytes of the sum that stands before our part and tells a slip of the user's.
const SUM: usize = 4;

/// Where our part comes from: so many random bytes, or none.
pub(super) type Source<'a> = &'a dyn Fn(usize) -> Option<Secret>;

/// How a secret is made in two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TwoStep {
    part: usize,
    output: usize,
    rounds: u32,
}

impl TwoStep {
    /// What the key asks for; nothing when its secret is whole.
    pub fn asked(query: Query<'_>, algorithm: Algorithm) -> Result<Option<Self>, KeyFault> {
        if !query.has_prefixed("2step_") {
            return Ok(None);
        }
        let number = |name, usual| -> Result<usize, KeyFault> {
            let text = query.text(name)?;
            text.map_or(Ok(usual), |text| text.parse().map_err(|_| KeyFault::TwoStep))
        };
        let usual_output = match algorithm {
            Algorithm::Sha1 => OUTPUT[0],
            Algorithm::Sha256 => OUTPUT[1],
            Algorithm::Sha512 => OUTPUT[2],
        };
        let part = number("2step_salt", USUAL_PART)?;
        let output = number("2step_output", usual_output)?;
        let rounds = number("2step_difficulty", USUAL_ROUNDS)?;
        match PART.contains(&part) && OUTPUT.contains(&output) && ROUNDS.contains(&rounds) {
            true => Ok(Some(Self { part, output, rounds: rounds as u32 })),
            false => Err(KeyFault::TwoStep),
        }
    }

    /// The secret, and our part as the user types it.
    pub fn made(
        self,
        theirs: &Secret,
        source: Source<'_>,
    ) -> Result<(Secret, SecretText), KeyFault> {
        let part = source(self.part).ok_or(KeyFault::NoRandomness)?;
        // The server takes its own part as text, and SHA-1 whatever the hash of the passcodes.
        let password = Zeroizing::new(HEXLOWER.encode(theirs.expose()));
        let mut secret = Zeroizing::new(vec![0; self.output]);
        pbkdf2_hmac::<Sha1>(password.as_bytes(), part.expose(), self.rounds, &mut secret);
        Ok((Secret::new(std::mem::take(&mut *secret)), typed(&part)))
    }
}

fn typed(part: &Secret) -> SecretText {
    let mut summed = Zeroizing::new(Vec::with_capacity(SUM + part.expose().len()));
    summed.extend_from_slice(&Sha1::digest(part.expose())[..SUM]);
    summed.extend_from_slice(part.expose());
    SecretText::new(BASE32_NOPAD.encode(&summed))
}

/// The system's random bytes.
pub(super) fn random(length: usize) -> Option<Secret> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).ok()?;
    Some(Secret::new(std::mem::take(&mut *bytes)))
}
