//! What a synchronisation brings, and how it is opened: X25519 with a key that lives for one answer, then AES-256-GCM under
//! the shared secret itself, with an IV of 16 bytes. Who the server is, TLS alone says.

use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{AesGcm, Nonce, aes::Aes256};
use data_encoding::BASE64URL;
use passcode_proto::SecretText;
use serde::{Deserialize, Serialize};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::super::fault::ServiceFault;

/// Most tokens that are taken in one answer.
const MOST: usize = 1000;

/// A token that this computer has already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnToken {
    /// Its name at the server.
    pub serial: String,
    /// `HOTP` or `TOTP`.
    pub tokentype: String,
    /// The counter of its next code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counter: Option<String>,
}

/// What the server has for this computer.
#[derive(Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens with new secrets, as `otpauth://` texts.
    pub added: Vec<SecretText>,
    /// Tokens that this computer has, and that are still its own.
    pub kept: Vec<String>,
}

#[derive(Deserialize)]
struct Plain {
    tokens: PlainTokens,
}

#[derive(Deserialize)]
struct PlainTokens {
    #[serde(default)]
    add: Vec<SecretText>,
    #[serde(default)]
    update: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    serial: String,
}

/// What comes encrypted.
#[derive(Deserialize)]
pub(super) struct Sealed {
    public_server_key: String,
    encryption_params: Parameters,
    container_dict_server: String,
}

#[derive(Deserialize)]
struct Parameters {
    init_vector: String,
    tag: String,
}

/// A key for one answer; none when the system gives no random bytes.
pub(super) fn answer_key() -> Option<StaticSecret> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).ok()?;
    Some(StaticSecret::from(*bytes))
}

pub(super) fn public_text(key: &StaticSecret) -> String {
    BASE64URL.encode(PublicKey::from(key).as_bytes())
}

/// Opens an answer.
pub(super) fn opened(sealed: &Sealed, own: &StaticSecret) -> Result<Tokens, ServiceFault> {
    let bytes =
        |text: &str| BASE64URL.decode(text.as_bytes()).map_err(|_| ServiceFault::Unsealable);
    let theirs: [u8; 32] = bytes(&sealed.public_server_key)?
        .try_into()
        .map_err(|_| ServiceFault::Malformed("its public key is none"))?;
    let shared = own.diffie_hellman(&PublicKey::from(theirs));
    if !shared.was_contributory() {
        return Err(ServiceFault::Malformed("its public key is none"));
    }
    let mut ciphertext = bytes(&sealed.container_dict_server)?;
    ciphertext.extend(bytes(&sealed.encryption_params.tag)?);
    let iv: [u8; 16] = bytes(&sealed.encryption_params.init_vector)?
        .try_into()
        .map_err(|_| ServiceFault::Unsealable)?;
    let cipher = AesGcm::<Aes256, U16>::new(shared.as_bytes().into());
    let plain = cipher.decrypt(&Nonce::<U16>::from(iv), &ciphertext[..]);
    let plain = plain.map(Zeroizing::new).map_err(|_| ServiceFault::Unsealable)?;
    read(&plain)
}

fn read(plain: &[u8]) -> Result<Tokens, ServiceFault> {
    let plain: Plain = serde_json::from_slice(plain)
        .map_err(|_| ServiceFault::Malformed("a part is missing or not of the right form"))?;
    let PlainTokens { add, update } = plain.tokens;
    if add.len() + update.len() > MOST {
        return Err(ServiceFault::Malformed("it has too many tokens"));
    }
    let kept = update.into_iter().map(|known| known.serial).collect();
    Ok(Tokens { added: add, kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seals as a server does, with the private key `theirs`.
    fn sealed(plain: &[u8], to: &StaticSecret, theirs: &StaticSecret) -> Sealed {
        let shared = theirs.diffie_hellman(&PublicKey::from(to));
        let cipher = AesGcm::<Aes256, U16>::new(shared.as_bytes().into());
        let mut ciphertext = cipher.encrypt(&Nonce::<U16>::from([7; 16]), plain).unwrap();
        let tag = ciphertext.split_off(ciphertext.len() - 16);
        Sealed {
            public_server_key: public_text(theirs),
            encryption_params: Parameters {
                init_vector: BASE64URL.encode(&[7; 16]),
                tag: BASE64URL.encode(&tag),
            },
            container_dict_server: BASE64URL.encode(&ciphertext),
        }
    }

    #[test]
    fn what_was_sealed_to_this_computer_opens_here_and_nowhere_else() {
        let (own, theirs, other) =
            (answer_key().unwrap(), answer_key().unwrap(), answer_key().unwrap());
        let plain = br#"{"container":{"serial":"S"},"tokens":{"add":["otpauth://totp/a?secret=AA"],
            "update":[{"serial":"T1","tokentype":"TOTP","counter":5}],"offline":[]}}"#;
        let answer = sealed(plain, &own, &theirs);
        let tokens = opened(&answer, &own).unwrap();
        assert_eq!((tokens.added.len(), tokens.kept), (1, vec!["T1".to_owned()]));
        assert_eq!(opened(&answer, &other), Err(ServiceFault::Unsealable));
        let flipped = Sealed {
            container_dict_server: format!("AAAA{}", &answer.container_dict_server[4..]),
            ..answer
        };
        assert_eq!(opened(&flipped, &own), Err(ServiceFault::Unsealable));
    }

    #[test]
    fn a_server_key_of_low_order_and_nonsense_are_refused() {
        let own = answer_key().unwrap();
        let theirs = answer_key().unwrap();
        let low = Sealed {
            public_server_key: BASE64URL.encode(&[0; 32]),
            ..sealed(b"{}", &own, &theirs)
        };
        assert!(matches!(opened(&low, &own), Err(ServiceFault::Malformed(_))));
        assert!(matches!(
            opened(&sealed(b"{}", &own, &theirs), &own),
            Err(ServiceFault::Malformed(_))
        ));
        let many = format!(r#"{{"tokens":{{"add":[{}"x"]}}}}"#, "\"x\",".repeat(MOST));
        assert!(matches!(
            opened(&sealed(many.as_bytes(), &own, &theirs), &own),
            Err(ServiceFault::Malformed(_))
        ));
    }
}
