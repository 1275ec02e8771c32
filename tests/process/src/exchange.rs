//! How a desktop's window hands a password to gnome-keyring, so that it does not cross the bus in clear: `sx-aes-1` of
//! the library gcr. Diffie and Hellman in group 5 of RFC 3526, HKDF-SHA256, AES-128-CBC.

use aes::Aes128;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use data_encoding::BASE64;
use hkdf::Hkdf;
use num_bigint::BigUint;
use sha2::Sha256;

const PRIME: &str = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34\
    04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899\
    FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552\
    BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF";

/// Length of the prime, and of what both sides share, in bytes.
const PRIME_BYTES: usize = 192;

/// One side of an exchange.
#[derive(Debug)]
pub struct Exchange {
    private: BigUint,
}

impl Default for Exchange {
    fn default() -> Self {
        let mut private = [0; 32];
        getrandom::fill(&mut private).expect("random bytes");
        Self { private: BigUint::from_bytes_be(&private) }
    }
}

impl Exchange {
    /// What is said first.
    pub fn beginning(&self) -> String {
        let public = BigUint::from(2u8).modpow(&self.private, &prime());
        format!("[sx-aes-1]\npublic={}\n", BASE64.encode(&public.to_bytes_be()))
    }

    /// The password, for the side that said `theirs`.
    ///
    /// # Panics
    /// When `theirs` is not what is said in an exchange.
    pub fn seal(&self, theirs: &str, password: &str) -> String {
        let public = theirs.lines().find_map(|line| line.strip_prefix("public="));
        let public = BASE64.decode(public.expect("a public key").trim().as_bytes());
        let public = BigUint::from_bytes_be(&public.expect("base64"));
        let key = key(&public.modpow(&self.private, &prime()).to_bytes_be());
        let mut iv = [0; 16];
        getrandom::fill(&mut iv).expect("random bytes");
        let cipher = Encryptor::<Aes128>::new(&key.into(), &iv.into());
        let sealed = cipher.encrypt_padded_vec::<Pkcs7>(password.as_bytes());
        let (sealed, iv) = (BASE64.encode(&sealed), BASE64.encode(&iv));
        format!("{}secret={sealed}\niv={iv}\n", self.beginning())
    }
}

fn prime() -> BigUint {
    BigUint::parse_bytes(PRIME.as_bytes(), 16).expect("a number")
}

fn key(shared: &[u8]) -> [u8; 16] {
    let mut padded = [0; PRIME_BYTES];
    padded[PRIME_BYTES - shared.len()..].copy_from_slice(shared);
    let mut key = [0; 16];
    Hkdf::<Sha256>::new(None, &padded).expand(&[], &mut key).expect("16 bytes");
    key
}
