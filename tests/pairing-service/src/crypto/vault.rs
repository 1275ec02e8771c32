//! The service's own key, a file beside the database: it seals what the database must not show, and marks what only
//! this service can have made. Whoever has both files has everything; a real service keeps such a key in hardware.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::random;

const NONCE_BYTES: usize = 24;

/// The service's key.
pub struct Vault(Zeroizing<[u8; 32]>);

impl Vault {
    /// The key in the file at `path`, which is made when there is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        match fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => {
                let key = bytes.as_slice().try_into();
                let key = key.map_err(|_| io::Error::other("the service's key has 32 bytes"))?;
                Ok(Self(Zeroizing::new(key)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(error),
        }
    }

    fn make(path: &Path) -> io::Result<Self> {
        let key = Zeroizing::new(random());
        write_private(path, key.as_ref())?;
        Ok(Self(key))
    }

    fn derived(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.0.as_ref())
            .expand(purpose.as_bytes(), key.as_mut())
            .expect("32 bytes can be derived");
        key
    }

    /// Seals `plain`; it opens only for the same purpose and place.
    ///
    /// # Panics
    /// When `plain` is longer than memory.
    pub fn seal(&self, purpose: &str, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random();
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = XChaCha20Poly1305::new((&*self.derived(purpose)).into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("memory for what is sealed");
        [&nonce[..], &sealed].concat()
    }

    /// What [`Vault::seal`] sealed; none when it was not, or has been changed since.
    pub fn open_sealed(
        &self,
        purpose: &str,
        place: &str,
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let cipher = XChaCha20Poly1305::new((&*self.derived(purpose)).into());
        cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// A mark that only this service can make, by which it finds or knows again what it does not keep.
    pub fn mark(&self, purpose: &str, what: &str) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&*self.derived(purpose))
            .expect("a key of 32 bytes");
        mac.update(what.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Writes a file that nobody but its owner can read, and that was not there before.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
