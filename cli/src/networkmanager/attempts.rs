//! What is answered to which question, and when it is enough: a connection that is being made asks several times, and
//! NetworkManager would ask for ever after a code that was refused. Pure: what the text of a question means comes in,
//! what to do comes out.
//!
//! A try to connect begins with a question that allows no interaction, or with the first one after the last try has
//! ended ([`Attempts::over`]). In one try a code is given once.

use std::collections::HashMap;

use passcode_proto::reply::Meant;

use super::asked::{Asked, PASSWORD};
use super::connection::Plugin;

/// How often a password is given in one try, the first time included: all but the first come from the user alone.
const PASSWORDS: u32 = 3;

/// What to do about a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Let another agent answer.
    Decline,
    /// End the try: what was given has been refused.
    GiveUp(Refused),
    /// Give this.
    Give(Secret),
    /// Log in to the server, and give what comes of it.
    LogIn,
}

/// What a server has refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Code,
    Password,
}

/// What is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    Code,
    Password,
    /// Another password than the one before.
    AnotherPassword,
    PasswordAndCode,
}

/// What was given to one connection in the try that goes on.
#[derive(Debug, Clone, Copy, Default)]
struct Given {
    code: bool,
    passwords: u32,
}

/// The tries that go on, by the connection's path.
#[derive(Debug, Default)]
pub struct Attempts(HashMap<String, Given>);

/// The question for a password before the server has said anything.
const FIRST_PROMPT: &str = "Password:";

impl Attempts {
    /// The try of this connection has ended.
    pub fn over(&mut self, path: &str) {
        self.0.remove(path);
    }

    /// Every try may have ended.
    pub fn all_over(&mut self) {
        self.0.clear();
    }

    /// What to do about a question for `path`; `meaning` says what a text asks for, and whether it is a challenge comes
    /// with it.
    pub fn step<E>(
        &mut self,
        path: &str,
        plugin: Plugin,
        asked: &Asked,
        meaning: impl FnOnce(&str, bool) -> Result<Meant, E>,
    ) -> Result<Step, E> {
        if !asked.may_ask {
            self.over(path);
            return Ok(Step::Decline);
        }
        let given = self.0.entry(path.to_owned()).or_default();
        let step = match plugin {
            Plugin::OpenConnect => given.log_in(),
            Plugin::OpenVpn if !is_understood(asked) => Step::Decline,
            Plugin::OpenVpn => {
                let is_challenge = asked.is_challenge || asked.message.is_some();
                let text = asked.message.as_deref().unwrap_or(FIRST_PROMPT);
                given.answer(meaning(text, is_challenge)?, asked.anew)
            }
        };
        if matches!(step, Step::GiveUp(_)) {
            self.over(path);
        }
        Ok(step)
    }
}

/// Whether one secret is asked for that is a password or the answer to a challenge.
fn is_understood(asked: &Asked) -> bool {
    let is_ours = |secret: &String| asked.is_challenge || secret == PASSWORD;
    !asked.is_several && asked.secret.as_ref().is_none_or(is_ours)
}

impl Given {
    /// The cookie of a login that is asked for again was refused, as a code would be.
    fn log_in(&mut self) -> Step {
        match self.code {
            true => Step::GiveUp(Refused::Code),
            false => {
                self.code = true;
                Step::LogIn
            }
        }
    }

    /// After a code, whatever is asked for, it is because the code was refused.
    fn answer(&mut self, meant: Meant, anew: bool) -> Step {
        match meant {
            Meant::User | Meant::Unknown | Meant::Refuse => Step::Decline,
            _ if self.code => Step::GiveUp(Refused::Code),
            Meant::Code => self.give(Secret::Code),
            Meant::PasswordAndCode => self.give(Secret::PasswordAndCode),
            Meant::Password if self.passwords >= PASSWORDS => Step::GiveUp(Refused::Password),
            Meant::Password if self.passwords > 0 || anew => self.give(Secret::AnotherPassword),
            Meant::Password => self.give(Secret::Password),
        }
    }

    fn give(&mut self, secret: Secret) -> Step {
        match secret {
            Secret::Code | Secret::PasswordAndCode => self.code = true,
            Secret::Password | Secret::AnotherPassword => self.passwords += 1,
        }
        Step::Give(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/org/freedesktop/NetworkManager/Settings/1";
    const CHALLENGE: &[&str] = &["password", "x-vpn-message:Enter your one-time passcode"];
    const AGAIN: &[&str] = &["password", "x-vpn-message:A password is required."];
    const NEWER: &[&str] = &["x-dynamic-challenge:challenge-response", "x-vpn-message:Code?"];

    /// What the agent makes of the texts above.
    fn meaning(text: &str, is_challenge: bool) -> Result<Meant, ()> {
        match text {
            "Password:" | "A password is required." => Ok(Meant::Password),
            _ if is_challenge => Ok(Meant::Code),
            _ => Ok(Meant::Unknown),
        }
    }

    fn steps(plugin: Plugin, questions: &[(&[&str], u32)]) -> Vec<Step> {
        let mut attempts = Attempts::default();
        let step = |(hints, flags): &(&[&str], u32)| {
            attempts.step(PATH, plugin, &Asked::read(hints, *flags), meaning).unwrap()
        };
        questions.iter().map(step).collect()
    }

    #[test]
    fn password_then_code_as_the_plugins_ask_for_them() {
        let password = Step::Give(Secret::Password);
        let code = Step::Give(Secret::Code);
        for challenge in [CHALLENGE, NEWER] {
            assert_eq!(
                steps(Plugin::OpenVpn, &[(&[], 0x4), (&[], 0x5), (challenge, 0x5)]),
                [Step::Decline, password, code]
            );
        }
    }

    #[test]
    fn after_a_refused_code_the_try_ends_whatever_is_asked_next() {
        for next in [AGAIN, CHALLENGE] {
            let asked = steps(Plugin::OpenVpn, &[(&[], 0x5), (CHALLENGE, 0x5), (next, 0x5)]);
            assert_eq!(asked[2], Step::GiveUp(Refused::Code));
        }
    }

    #[test]
    fn the_next_try_has_a_code_of_its_own() {
        let asked = [(&[][..], 0x5), (CHALLENGE, 0x5), (AGAIN, 0x5), (&[], 0x5), (CHALLENGE, 0x5)];
        assert_eq!(steps(Plugin::OpenVpn, &asked)[4], Step::Give(Secret::Code));
        let asked = [(CHALLENGE, 0x5), (&[][..], 0x4), (CHALLENGE, 0x5)];
        assert_eq!(steps(Plugin::OpenVpn, &asked)[2], Step::Give(Secret::Code));
    }

    #[test]
    fn a_try_that_has_ended_counts_for_nothing() {
        let mut attempts = Attempts::default();
        let asked = Asked::read(CHALLENGE, 0x5);
        let step = |attempts: &mut Attempts| {
            attempts.step(PATH, Plugin::OpenVpn, &asked, meaning).unwrap()
        };
        assert_eq!(step(&mut attempts), Step::Give(Secret::Code));
        attempts.over(PATH);
        assert_eq!(step(&mut attempts), Step::Give(Secret::Code));
        assert_eq!(step(&mut attempts), Step::GiveUp(Refused::Code));
    }

    #[test]
    fn another_password_is_asked_for_twice_and_then_no_more() {
        let asked = [(&[][..], 0x5), (AGAIN, 0x5), (AGAIN, 0x5), (AGAIN, 0x5)];
        assert_eq!(
            steps(Plugin::OpenVpn, &asked),
            [
                Step::Give(Secret::Password),
                Step::Give(Secret::AnotherPassword),
                Step::Give(Secret::AnotherPassword),
                Step::GiveUp(Refused::Password)
            ]
        );
        assert_eq!(steps(Plugin::OpenVpn, &[(&[], 0x7)]), [Step::Give(Secret::AnotherPassword)]);
    }

    #[test]
    fn a_login_is_made_once_in_a_try() {
        assert_eq!(
            steps(Plugin::OpenConnect, &[(&[], 0x4), (&[], 0x5), (&[], 0x5)]),
            [Step::Decline, Step::LogIn, Step::GiveUp(Refused::Code)]
        );
    }

    #[test]
    fn what_is_neither_password_nor_code_is_left_to_others() {
        for hints in [&["cert-pass"][..], &["username", "password"], &["http-proxy-password"]] {
            assert_eq!(steps(Plugin::OpenVpn, &[(hints, 0x5)]), [Step::Decline], "{hints:?}");
        }
        let mut attempts = Attempts::default();
        for meant in [Meant::User, Meant::Unknown, Meant::Refuse] {
            let asked = Asked::read(CHALLENGE, 0x5);
            let step = attempts.step(PATH, Plugin::OpenVpn, &asked, |_, _| Ok::<_, ()>(meant));
            assert_eq!(step, Ok(Step::Decline));
        }
    }
}
