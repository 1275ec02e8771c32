//! Keys of containers, as privacyIDEA 3.11 and later shows them: `pia://container/SERIAL?…`. Good for some minutes, and for
//! one registration.

use std::fmt;

use passcode_proto::SecretText;
use url::Url;

use crate::origin::Origin;
use crate::pairing::tidy;

/// Longest value that is taken, in bytes.
const LONGEST: usize = 512;

/// What a container's key says.
#[derive(Clone, PartialEq, Eq)]
pub struct ContainerKey {
    /// The container's name at its server.
    pub serial: String,
    /// What makes the registration fresh; whoever has it can register.
    pub nonce: SecretText,
    /// When the key was made, as the server writes it.
    pub time: String,
    /// The server's address without a slash at the end; it may have a path.
    pub server: String,
    /// Whether the user has to give a passphrase beside the key.
    pub asks_passphrase: bool,
    /// Whether the passphrase is sent along, because it is one that the server keeps elsewhere.
    pub sends_passphrase: bool,
}

impl fmt::Debug for ContainerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[container key]")
    }
}

/// Why a container's key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerFault {
    /// A part is missing or not of its form.
    Malformed,
    /// It asks not to verify the server's certificate.
    Unverified,
    /// It asks for another way to sign.
    Algorithm,
    /// The server is not reached over HTTPS.
    Server,
}

impl ContainerFault {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Malformed => "Copy the key again, from pia:// to its last character.",
            Self::Unverified => {
                "The administrator has to set the policy container_ssl_verify back; trust the server's authority by \
                 \"ca\" in config.toml or policy.toml instead."
            }
            Self::Algorithm => "Ask the organisation for a key for secp384r1 and SHA256.",
            Self::Server => {
                "The administrator has to set privacyIDEA_server_url to an https:// address."
            }
        }
    }
}

impl fmt::Display for ContainerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "The container's key is not whole.",
            Self::Unverified => {
                "The key asks not to verify the server's certificate, which is never done."
            }
            Self::Algorithm => {
                "The key asks for signatures of a kind that this agent does not make."
            }
            Self::Server => "The key names a server that is not reached over HTTPS.",
        })
    }
}

/// The container's key in `text`; none when it is a key of another kind.
pub fn container_key(text: &str) -> Result<Option<ContainerKey>, ContainerFault> {
    let text = tidy(text);
    let is_one = text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("pia://"));
    match is_one {
        true => read(text).map(Some),
        false => Ok(None),
    }
}

fn read(text: &str) -> Result<ContainerKey, ContainerFault> {
    let url = Url::parse(text).map_err(|_| ContainerFault::Malformed)?;
    if url.host_str() != Some("container") {
        return Err(ContainerFault::Malformed);
    }
    let value = |name: &str| {
        let found = url.query_pairs().find(|(found, _)| found == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let needed = |name: &str| Some(value(name)).filter(|value| is_fit(value));
    let needed = |name: &str| needed(name).ok_or(ContainerFault::Malformed);
    let is = |name: &str, wanted: &str| {
        let found = value(name);
        found.is_empty() || found.eq_ignore_ascii_case(wanted)
    };
    if !is("ssl_verify", "True") {
        return Err(ContainerFault::Unverified);
    }
    if !is("key_algorithm", "secp384r1") || !is("hash_algorithm", "SHA256") {
        return Err(ContainerFault::Algorithm);
    }
    Ok(ContainerKey {
        serial: needed("serial")?,
        nonce: SecretText::new(needed("nonce")?),
        time: needed("time")?,
        server: server(&needed("url")?)?,
        asks_passphrase: !value("passphrase").is_empty(),
        sends_passphrase: value("send_passphrase").eq_ignore_ascii_case("True"),
    })
}

/// What is signed is joined by bars, so nothing in it may be one.
fn is_fit(value: &str) -> bool {
    (1..=LONGEST).contains(&value.len())
        && !value.contains(|sign: char| sign == '|' || sign.is_control())
}

fn server(address: &str) -> Result<String, ContainerFault> {
    let url = Url::parse(address).map_err(|_| ContainerFault::Server)?;
    let origin = Origin::of(&url).map_err(|_| ContainerFault::Server)?;
    let bare = url.username().is_empty() && url.password().is_none();
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err(ContainerFault::Server);
    }
    Ok(origin.join(url.path().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "pia://container/SMPH00012345?issuer=privacyIDEA&ttl=10&nonce=a1b2c3&\
        time=2026-11-23T20%3A07%3A53.623297%2B00%3A00&url=https%3A//localhost%3A5443/&serial=SMPH00012345&\
        key_algorithm=secp384r1&hash_algorithm=SHA256&ssl_verify=True&passphrase=&send_passphrase=False";

    fn changed(from: &str, to: &str) -> Result<Option<ContainerKey>, ContainerFault> {
        assert!(KEY.contains(from));
        container_key(&KEY.replace(from, to))
    }

    #[test]
    fn a_containers_key_is_read_as_the_server_writes_it() {
        let key = container_key(KEY).unwrap().unwrap();
        assert_eq!((key.serial.as_str(), key.nonce.expose()), ("SMPH00012345", "a1b2c3"));
        assert_eq!(key.time, "2026-11-23T20:07:53.623297+00:00");
        assert_eq!(key.server, "https://localhost:5443");
        assert!(!key.asks_passphrase && !key.sends_passphrase);
        let asks = changed(
            "passphrase=&send_passphrase=False",
            "passphrase=Your%20birthday%3F&send_passphrase=True",
        );
        let asks = asks.unwrap().unwrap();
        assert!(asks.asks_passphrase && asks.sends_passphrase);
        let below = changed("5443/", "5443/pi/").unwrap().unwrap();
        assert_eq!(below.server, "https://localhost:5443/pi");
        assert_eq!(format!("{below:?}"), "[container key]");
    }

    #[test]
    fn a_key_that_asks_for_less_than_it_has_to_is_refused() {
        for (from, to, fault) in [
            ("ssl_verify=True", "ssl_verify=False", ContainerFault::Unverified),
            ("secp384r1", "secp256r1", ContainerFault::Algorithm),
            ("SHA256", "MD5", ContainerFault::Algorithm),
            ("https%3A", "http%3A", ContainerFault::Server),
            ("nonce=a1b2c3", "nonce=", ContainerFault::Malformed),
            ("nonce=a1b2c3", "nonce=a%7Cb", ContainerFault::Malformed),
            ("pia://container/", "pia://pipush/", ContainerFault::Malformed),
        ] {
            assert_eq!(changed(from, to), Err(fault), "{to}");
        }
        assert_eq!(container_key("otpauth://totp/a?secret=AA"), Ok(None));
    }

    #[test]
    fn what_copying_leaves_around_a_key_does_not_count() {
        let whole = container_key(KEY).unwrap();
        let (start, end) = KEY.split_at(90);
        for text in [
            format!(" \"{KEY}\"\n"),
            format!("<{KEY}>"),
            format!("{start}\r\n{end}"),
            KEY.replace("pia://", "PIA://"),
        ] {
            assert_eq!(container_key(&text).unwrap(), whole, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(pia://container/)?\\PC{0,80}") {
            let _ = container_key(&text);
        }

        #[test]
        fn no_key_with_a_part_that_was_changed_makes_it_panic(
            at in 0..KEY.len(),
            length in 0..40_usize,
            part in "[a-zA-Z0-9?&=%:/|#@é._-]{0,40}",
        ) {
            let rest = &KEY[(at + length).min(KEY.len())..];
            if let Ok(Some(key)) = container_key(&format!("{}{part}{rest}", &KEY[..at])) {
                prop_assert!(key.server.starts_with("https://"));
                prop_assert!(!key.server.ends_with('/') && !key.server.contains(['?', '#', '@']));
                prop_assert!(!key.serial.contains('|') && !key.time.contains('|'));
            }
        }
    }
}
