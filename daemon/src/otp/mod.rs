//! Passcodes: HOTP (RFC 4226), TOTP (RFC 6238) and Steam's variant, computed from a secret and a moving
//! factor. Knows no clock, no profile and no storage: callers bring the time or the counter.

mod parameters;
mod step;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use passcode_proto::profile::{Algorithm, CodeType};
use passcode_proto::secret::SecretText;

pub use self::parameters::{ParameterFault, Parameters, STEAM_DIGITS};
pub use self::step::Step;
use crate::secret::Secret;

/// Fewest bits that a secret must have by RFC 4226 §4, R6.
const REQUIRED_BITS: usize = 128;

/// Longest passcode, in bytes: the buffer that holds one never grows, so that no copy is left behind.
const LONGEST_CODE: usize = 8;

/// Whether `secret` has fewer than the 128 bits that RFC 4226 requires (§4, R6).
pub fn is_weak(secret: &Secret) -> bool {
    secret.expose().len() * 8 < REQUIRED_BITS
}

impl Parameters {
    /// The passcode for `moving_factor`: the counter of a HOTP profile, the number of the time step of any
    /// other. Zero-padded to [`digits`](Self::digits) characters.
    pub fn code(&self, secret: &Secret, moving_factor: u64) -> SecretText {
        // With steps of one second, totp-rs takes the moving factor as it is. It wipes its copies of the
        // secret and of the code when they are dropped (feature `zeroize`).
        let token = totp_rs::Builder::new()
            .with_algorithm(self.computed_with())
            .with_digits(self.digits())
            .with_step_duration(1)
            .with_secret(secret.expose())
            .build_noncompliant()
            .generate(moving_factor);
        let mut text = String::with_capacity(LONGEST_CODE);
        write!(text, "{token}").expect("a String takes any text");
        SecretText::new(text)
    }

    fn computed_with(&self) -> totp_rs::Algorithm {
        match (self.kind(), self.algorithm()) {
            (CodeType::Steam, _) => totp_rs::Algorithm::Steam,
            (_, Algorithm::Sha1) => totp_rs::Algorithm::SHA1,
            (_, Algorithm::Sha256) => totp_rs::Algorithm::SHA256,
            (_, Algorithm::Sha512) => totp_rs::Algorithm::SHA512,
        }
    }
}
