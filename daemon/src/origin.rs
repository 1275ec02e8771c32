//! The address of an organisation's service: scheme, host and port alone, as browsers compare them (RFC 6454). Always
//! HTTPS; what stands around the address when people write it down does not count, anything else is refused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

/// Longest address that is taken, in bytes.
const LONGEST: usize = 300;

/// `https://host` or `https://host:port`, in lower case, without the usual port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginFault {
    /// It is none at all.
    Malformed,
    /// It is not HTTPS.
    NotHttps,
    /// It names a user, a path, a query or a fragment.
    TooMuch,
}

impl Origin {
    /// The address as text: `https://id.example.org:8443`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port, as people know the service.
    pub fn host(&self) -> &str {
        self.0.trim_start_matches("https://")
    }

    /// The address of `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address that `url` is on.
    pub fn of(url: &Url) -> Result<Self, OriginFault> {
        match url.scheme() {
            "https" if url.has_host() => Ok(Self(url.origin().ascii_serialization())),
            "https" => Err(OriginFault::Malformed),
            _ => Err(OriginFault::NotHttps),
        }
    }
}

impl FromStr for Origin {
    type Err = OriginFault;

    fn from_str(text: &str) -> Result<Self, OriginFault> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return Err(OriginFault::Malformed);
        }
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("https://{text}")),
        };
        let url = url.map_err(|_| OriginFault::Malformed)?;
        let bare = url.username().is_empty() && url.password().is_none();
        let bare = bare && matches!(url.path(), "" | "/");
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginFault::TooMuch);
        }
        Self::of(&url)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for OriginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is no address of a service; one looks like https://id.example.org",
            Self::NotHttps => "has to begin with https://; keys are exchanged over HTTPS alone",
            Self::TooMuch => "has more than a host and a port; give it like https://id.example.org",
        })
    }
}

impl std::error::Error for OriginFault {}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|fault| serde::de::Error::custom(format!("the service's address {fault}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_however_it_is_written() {
        for text in [
            "https://id.example.org",
            "https://id.example.org/",
            "HTTPS://ID.Example.ORG:443/",
            " id.example.org ",
            "id.example.org:443",
        ] {
            assert_eq!(
                text.parse::<Origin>().unwrap().as_str(),
                "https://id.example.org",
                "{text}"
            );
        }
        let local: Origin = "localhost:8443".parse().unwrap();
        assert_eq!((local.as_str(), local.host()), ("https://localhost:8443", "localhost:8443"));
        assert_eq!(local.join("/x"), "https://localhost:8443/x");
        let foreign: Origin = "https://bücher.example".parse().unwrap();
        assert_eq!(foreign.as_str(), "https://xn--bcher-kva.example");
        let six: Origin = "https://[::1]:8443".parse().unwrap();
        assert_eq!(six.as_str(), "https://[::1]:8443");
    }

    #[test]
    fn anything_but_https_and_a_host_is_refused() {
        let faults = [
            ("", OriginFault::Malformed),
            ("https://", OriginFault::Malformed),
            ("https://exa mple.org", OriginFault::Malformed),
            ("http://id.example.org", OriginFault::NotHttps),
            ("ftp://id.example.org", OriginFault::NotHttps),
            ("https://id.example.org/pair", OriginFault::TooMuch),
            ("https://id.example.org?a=b", OriginFault::TooMuch),
            ("https://alice@id.example.org", OriginFault::TooMuch),
            ("https://alice:secret@id.example.org", OriginFault::TooMuch),
        ];
        for (text, fault) in faults {
            assert_eq!(text.parse::<Origin>(), Err(fault), "{text}");
        }
    }
}
