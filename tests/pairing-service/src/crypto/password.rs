//! Passwords, by Argon2id (RFC 9106) at the library's present cost: 19 MiB, two passes.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// What is kept of a password.
///
/// # Panics
/// When the system has neither memory nor random bytes.
pub fn hash(password: &str) -> String {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.expect("a password can be hashed").to_string()
}

/// Whether a password is the one of which `hash` was kept.
pub fn is_right(password: &str, hash: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// What a password is compared with when there is no such user, so that this takes as long. No password has this hash.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA\
                          $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_nobody_costs_what_one_of_somebody_does() {
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(NOBODY), cost(&hash("a password")));
        assert!(argon2::PasswordHash::new(NOBODY).is_ok());
        assert!(!is_right("a password", NOBODY));
    }

    #[test]
    fn a_password_is_right_only_against_its_own_hash() {
        let hash = hash("a password");
        assert!(is_right("a password", &hash));
        assert!(!is_right("another password", &hash));
    }
}
