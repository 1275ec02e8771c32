//! Passcodes: HOTP (RFC 4226), and TOTP (RFC 6238), which is HOTP over time steps.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// HMAC-SHA-1: what every device knows.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// The passcode at `counter`.
pub fn passcode(algorithm: Algorithm, seed: &[u8], counter: i64, digits: u8) -> String {
    let message = counter.to_be_bytes();
    let mac = match algorithm {
        Algorithm::Sha1 => mac::<Hmac<Sha1>>(seed, &message),
        Algorithm::Sha256 => mac::<Hmac<Sha256>>(seed, &message),
        Algorithm::Sha512 => mac::<Hmac<Sha512>>(seed, &message),
    };
    let offset = usize::from(mac[mac.len() - 1] & 0x0f);
    let word: [u8; 4] = mac[offset..offset + 4].try_into().expect("four bytes");
    let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % 10_u32.pow(digits.into());
    format!("{number:0width$}", width = digits.into())
}

fn mac<M: Mac + KeyInit>(seed: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(seed).expect("HMAC takes keys of every length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// Whether two passcodes are the same, in a time that does not say where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passcodes_are_those_of_rfc_4226() {
        let seed = b"12345678901234567890";
        for (counter, expected) in (0..).zip(["755224", "287082", "359152", "969429", "338314"]) {
            assert_eq!(passcode(Algorithm::Sha1, seed, counter, 6), expected);
        }
    }

    #[test]
    fn passcodes_are_those_of_rfc_6238() {
        let seed = b"1234567890123456789012345678901234567890123456789012345678901234";
        let at = |algorithm, length: usize, time: i64| {
            passcode(algorithm, &seed[..length], time / 30, 8)
        };
        assert_eq!(at(Algorithm::Sha1, 20, 59), "94287082");
        assert_eq!(at(Algorithm::Sha256, 32, 1_111_111_109), "68084774");
        assert_eq!(at(Algorithm::Sha512, 64, 20_000_000_000), "47863826");
    }
}
