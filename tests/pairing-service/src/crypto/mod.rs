//! Everything that is computed with keys: what is sealed on disk and to devices, what devices prove, passwords and
//! passcodes. Nothing here knows the database or HTTP.

pub mod otp;
pub mod password;
pub mod proofs;
pub mod seal;
pub mod vault;

use data_encoding::{BASE32, BASE64URL_NOPAD};
use sha2::{Digest, Sha256};

/// Random bytes.
///
/// # Panics
/// When the system has none: nothing here can go on without.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// Random bytes as text that can stand in an address, a cookie or a form.
pub fn random_text<const N: usize>() -> String {
    BASE64URL_NOPAD.encode(&random::<N>())
}

/// A number below 10^`digits`, every one as likely as any other.
pub fn random_digits(digits: usize) -> String {
    const EVEN: u8 = 250;
    let mut text = String::with_capacity(digits);
    while text.len() < digits {
        let [byte] = random();
        if byte < EVEN {
            text.push(char::from(b'0' + byte % 10));
        }
    }
    text
}

/// What people compare to know a device by: shown by its agent and on the pages.
pub fn fingerprint(sign_key: &[u8]) -> String {
    let text = BASE32.encode(&Sha256::digest(sign_key)[..5]);
    format!("{}-{}", &text[..4], &text[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_eight_letters_in_two_groups() {
        assert_eq!(fingerprint(&[0; 32]), "MZUH-VLPY");
    }
}
