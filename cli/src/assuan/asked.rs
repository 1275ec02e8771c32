//! What a pinentry is asked for: the texts that were set before `GETPIN`, and what can be read from them about who asks.
//! Pure. openfortivpn names host and kind in the key's name (`USER_REALM_HOST_2fa`, `_otp`, `_password`); gpg-agent names
//! the key (`n/` and its keygrip), and what it asks for is never ours.

use super::line::Line;

/// What has been set, and the lines that set it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub prompt: String,
    pub description: String,
    /// What was given before was refused, says the client.
    pub error: String,
    key: String,
    repeats: bool,
    /// What is said again to another pinentry, as it came.
    settings: Vec<Line>,
}

/// Most lines that are kept for another pinentry; a client that sends more of them starts again.
const SETTINGS: usize = 256;

impl Asked {
    /// Takes a line that sets something; whether it is one.
    pub fn take(&mut self, line: &Line) -> bool {
        match line.command.as_str() {
            "SETPROMPT" => self.prompt = line.text(),
            "SETDESC" => self.description = line.text(),
            "SETERROR" => self.error = line.text(),
            "SETKEYINFO" if line.argument == "--clear" => self.key.clear(),
            "SETKEYINFO" => self.key = line.text(),
            "SETREPEAT" => self.repeats = true,
            "OPTION" => {}
            command if command.starts_with("SET") => {}
            _ => return false,
        }
        if self.settings.len() < SETTINGS {
            self.settings.push(line.clone());
        }
        true
    }

    /// Forgets the texts, but not the options of the connection.
    pub fn reset(&mut self) {
        let options = self.settings.drain(..).filter(|line| line.command == "OPTION").collect();
        *self = Self { settings: options, ..Self::default() };
    }

    /// The error counts for the next question only, and so does that a new secret is typed twice.
    pub fn answered(&mut self) {
        self.error.clear();
        self.repeats = false;
        self.settings.retain(|line| !matches!(line.command.as_str(), "SETERROR" | "SETREPEAT"));
    }

    /// The lines for another pinentry.
    pub fn settings(&self) -> &[Line] {
        &self.settings
    }

    /// Whether only the user can answer: a new secret is made, or a key of GnuPG is to be opened.
    pub fn is_for_the_user(&self) -> bool {
        let is_key = |kind: &str| {
            self.key
                .strip_prefix(kind)
                .is_some_and(|grip| grip.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let speaks_of_passphrase = [&self.prompt, &self.description]
            .iter()
            .any(|text| text.to_lowercase().contains("passphrase"));
        self.repeats || speaks_of_passphrase || ["n/", "s/", "u/"].into_iter().any(is_key)
    }

    /// What openfortivpn's name for the secret says.
    pub fn fortinet(&self) -> Option<Fortinet<'_>> {
        let (rest, kind) = self.key.rsplit_once('_')?;
        let is_code = match kind {
            "2fa" | "otp" => true,
            "password" => false,
            _ => return None,
        };
        let host = rest.rsplit_once('_')?.1;
        Some(Fortinet { host: Some(host).filter(|host| !host.is_empty()), is_code })
    }

    /// The texts that can say what is wanted, the likelier first.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self.prompt.as_str(), self.description.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
    }
}

/// A question of openfortivpn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fortinet<'a> {
    pub host: Option<&'a str>,
    /// Whether its protocol says that a second factor is wanted.
    pub is_code: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[&str]) -> Asked {
        let mut asked = Asked::default();
        for line in lines {
            assert!(asked.take(&Line::read(line.as_bytes()).unwrap()), "{line}");
        }
        asked
    }

    #[test]
    fn openfortivpn_names_host_and_kind_of_what_it_asks_for() {
        let of = |key: &str| {
            let asked = asked(&[&format!("SETKEYINFO {key}")]);
            asked.fortinet().map(|of| (of.host.map(str::to_owned), of.is_code))
        };
        let host = Some("vpn.example.org".to_owned());
        assert_eq!(of("alice__vpn.example.org_2fa"), Some((host.clone(), true)));
        assert_eq!(of("alice_staff_vpn.example.org_otp"), Some((host.clone(), true)));
        assert_eq!(of("al_ice__vpn.example.org_password"), Some((host, false)));
        assert_eq!(of("n/0123456789ABCDEF0123456789ABCDEF01234567"), None);
    }

    #[test]
    fn keys_of_gnupg_passphrases_and_new_secrets_are_for_the_user() {
        for lines in [
            &["SETKEYINFO n/0123456789ABCDEF0123456789ABCDEF01234567", "SETPROMPT Password:"][..],
            &["SETPROMPT Passphrase:"],
            &["SETDESC Enter the passphrase%0Afor the key", "SETPROMPT Password"],
            &["SETPROMPT Password", "SETREPEAT again"],
        ] {
            assert!(asked(lines).is_for_the_user(), "{lines:?}");
        }
        assert!(!asked(&["SETPROMPT One-time password:"]).is_for_the_user());
    }

    #[test]
    fn a_reset_forgets_texts_and_keeps_options() {
        let mut asked = asked(&["OPTION ttyname=/dev/pts/1", "SETPROMPT Code", "SETERROR Wrong"]);
        asked.answered();
        assert_eq!((asked.error.as_str(), asked.settings().len()), ("", 2));
        asked.reset();
        assert_eq!((asked.prompt.as_str(), asked.settings().len()), ("", 1));
        assert_eq!(asked.settings()[0].command, "OPTION");
    }

    #[test]
    fn what_sets_nothing_is_no_setting() {
        for line in ["GETPIN", "BYE", "CONFIRM", "GETINFO pid"] {
            assert!(!Asked::default().take(&Line::read(line.as_bytes()).unwrap()), "{line}");
        }
    }
}
