//! What openconnect prints after a login, as lines for a shell: `COOKIE='…'`. The cookie opens the tunnel: it is kept like
//! a password, and travels by standard input only.

use passcode_proto::SecretText;

/// A login that the server has accepted.
#[derive(Debug, Clone)]
pub struct Session {
    /// The cookie.
    pub cookie: SecretText,
    /// The server's host.
    pub host: String,
    /// The address to connect to; empty before openconnect 9.
    pub url: String,
    /// The server's key.
    pub fingerprint: String,
    /// `HOST:ADDRESS`, so that the tunnel goes to the same server; empty where it is not told.
    pub resolve: String,
}

impl Session {
    /// Reads what was printed; none when there is no cookie, host or fingerprint in it.
    pub fn read(printed: &str) -> Option<Self> {
        let value = |name: &str| printed.lines().find_map(|line| value_of(line, name));
        Some(Self {
            cookie: SecretText::new(value("COOKIE")?),
            host: value("HOST")?,
            url: value("CONNECT_URL").unwrap_or_default(),
            fingerprint: value("FINGERPRINT")?,
            resolve: value("RESOLVE").unwrap_or_default(),
        })
    }

    /// Where to connect.
    pub fn server(&self) -> &str {
        if self.url.is_empty() { &self.host } else { &self.url }
    }

    /// The lines again, for a program that expects openconnect's own.
    pub fn lines(&self) -> SecretText {
        let line = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!("{name}='{}'\n", value.replace('\'', "'\\''")),
        };
        let lines = [
            line("COOKIE", self.cookie.expose()),
            line("HOST", &self.host),
            line("CONNECT_URL", &self.url),
            line("FINGERPRINT", &self.fingerprint),
            line("RESOLVE", &self.resolve),
        ];
        SecretText::new(lines.concat().trim_end().to_owned())
    }
}

/// The value of a line `NAME='value'`, in which `'\''` stands for a quote.
fn value_of(line: &str, name: &str) -> Option<String> {
    let quoted = line.strip_prefix(name)?.strip_prefix('=')?.trim();
    let value = match quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inside) => inside.replace("'\\''", "'"),
        None => quoted.to_owned(),
    };
    (!value.is_empty() && !value.contains(char::is_control)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "COOKIE='strap=a; webvpn=b=='\nHOST='10.0.0.1'\nCONNECT_URL='https://vpn.example.org:444/'\n\
                           FINGERPRINT='pin-sha256:abc='\nRESOLVE='vpn.example.org:10.0.0.1'\n";

    #[test]
    fn a_login_is_read_and_written_as_openconnect_does() {
        let session = Session::read(PRINTED).unwrap();
        assert_eq!(session.cookie.expose(), "strap=a; webvpn=b==");
        assert_eq!(session.server(), "https://vpn.example.org:444/");
        assert_eq!(session.lines().expose(), PRINTED.trim_end());
        assert!(!format!("{session:?}").contains("webvpn"));
    }

    #[test]
    fn without_cookie_host_and_fingerprint_there_is_no_login() {
        for missing in ["COOKIE", "HOST", "FINGERPRINT"] {
            let rest: Vec<_> = PRINTED.lines().filter(|line| !line.starts_with(missing)).collect();
            assert!(Session::read(&rest.join("\n")).is_none(), "{missing}");
        }
    }
}
