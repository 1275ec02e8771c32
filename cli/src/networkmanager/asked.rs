//! One question of NetworkManager, as `GetSecrets` brings it: hints and flags, read. The hints name secrets, say what
//! the server wrote (`x-vpn-message:`), and, in newer plugins, which secret a challenge is answered by
//! (`x-dynamic-challenge:`, `x-dynamic-challenge-echo:`). Source: NetworkManager's SecretAgent interface and the VPN
//! plugins that use it.

/// The agent may ask its user (`ALLOW_INTERACTION`).
pub const MAY_ASK: u32 = 0x1;

/// The secret that is known is wrong (`REQUEST_NEW`).
pub const ANEW: u32 = 0x2;

/// The key that the OpenVPN plugin takes a password in, and, before it knew challenges apart, a code too.
pub const PASSWORD: &str = "password";

/// What is wanted, read from hints and flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The one secret that the hints name, when they name one.
    pub secret: Option<String>,
    /// What the server or the plugin says.
    pub message: Option<String>,
    /// Whether the hints name the secret as the answer to a challenge.
    pub is_challenge: bool,
    /// Whether the hints name more secrets than one.
    pub is_several: bool,
    pub may_ask: bool,
    pub anew: bool,
}

impl Asked {
    /// Reads hints and flags as they came.
    pub fn read<S: AsRef<str>>(hints: &[S], flags: u32) -> Self {
        let mut asked = Self {
            secret: None,
            message: None,
            is_challenge: false,
            is_several: false,
            may_ask: flags & MAY_ASK != 0,
            anew: flags & ANEW != 0,
        };
        hints.iter().for_each(|hint| asked.take(hint.as_ref()));
        asked
    }

    fn take(&mut self, hint: &str) {
        if let Some(message) = hint.strip_prefix("x-vpn-message:") {
            self.message = Some(message.to_owned());
            return;
        }
        let challenge = ["x-dynamic-challenge:", "x-dynamic-challenge-echo:"]
            .iter()
            .find_map(|prefix| hint.strip_prefix(prefix));
        self.is_challenge |= challenge.is_some();
        self.is_several |= self.secret.is_some();
        self.secret = Some(challenge.unwrap_or(hint).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_name_the_secret_the_message_and_the_challenge() {
        let plain = Asked::read(&["password", "x-vpn-message:Enter your passcode"], 0x5);
        assert_eq!(plain.secret.as_deref(), Some("password"));
        assert_eq!(plain.message.as_deref(), Some("Enter your passcode"));
        assert!(plain.may_ask && !plain.anew && !plain.is_challenge && !plain.is_several);
        for hint in ["x-dynamic-challenge:", "x-dynamic-challenge-echo:"] {
            let challenge = Asked::read(&[format!("{hint}challenge-response")], 0x3);
            assert_eq!(challenge.secret.as_deref(), Some("challenge-response"));
            assert!(challenge.is_challenge && challenge.anew);
        }
    }

    #[test]
    fn no_hints_and_several_are_told_apart() {
        let none = Asked::read::<&str>(&[], 0x4);
        assert_eq!((none.secret, none.may_ask, none.is_several), (None, false, false));
        assert!(Asked::read(&["username", "password"], 0x1).is_several);
    }
}
