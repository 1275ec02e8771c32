//! The service's public address: scheme, host and port alone, as RFC 6454 writes it. It is what devices sign and what
//! seeds are sealed for, so it is written in one way only.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

const HTTPS_PORT: u16 = 443;

/// `https://host` or `https://host:port`, in lower case, without the usual port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
}

impl Origin {
    /// The address of this computer at a port.
    pub fn localhost(port: u16) -> Self {
        Self::new("localhost", port)
    }

    fn new(host: &str, port: u16) -> Self {
        let host = host.to_ascii_lowercase();
        let text = match port {
            HTTPS_PORT => format!("https://{host}"),
            _ => format!("https://{host}:{port}"),
        };
        Self { text, host }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host's name, or its address without brackets.
    pub fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// Whether others can know the host by this name: it is neither this computer's own name nor a bare address.
    pub fn is_named(&self) -> bool {
        self.host() != "localhost" && self.host().parse::<IpAddr>().is_err()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "an origin is https://host or https://host:port, without a path";
        let rest = text.strip_prefix("https://").ok_or(WRONG)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| WRONG)?),
            _ => (rest, HTTPS_PORT),
        };
        if is_host(host) { Ok(Self::new(host, port)) } else { Err(WRONG) }
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '.';
    !host.is_empty() && host.chars().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_in_one_way() {
        for (text, written) in [
            ("https://ID.Example.org", "https://id.example.org"),
            ("https://id.example.org:443", "https://id.example.org"),
            ("https://id.example.org:8443", "https://id.example.org:8443"),
            ("https://[::1]:8443", "https://[::1]:8443"),
            ("https://127.0.0.1", "https://127.0.0.1"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), written);
        }
    }

    #[test]
    fn what_has_a_path_a_user_or_no_tls_is_no_origin() {
        for text in
            ["", "id.example.org", "http://a.b", "https://", "https://a.b/", "https://u@a.b"]
        {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
