//! Which prompt gets which answer, and when to give up: a password once, then the user's; a code, and one more when the
//! first was refused; nothing that a prompt does not ask for.

use passcode_proto::SecretText;
use passcode_proto::reply::Meant;

use super::screen::Prompt;
use crate::context::Context;
use crate::logins::{Login, user};
use crate::output::Failure;
use crate::{terminal, text};

/// Codes that one login is given at the most.
const CODES: u32 = 2;

/// The failure of a login that came to no question: the server or the network is away.
pub const AWAY: &str = "vpn_away";

/// Prompts that are answered in one login at the most.
const PROMPTS: u32 = 20;

/// What has been answered in one login.
#[derive(Debug, Default)]
pub struct Answers {
    prompts: u32,
    passwords: u32,
    codes: u32,
}

impl Answers {
    /// The answer to a prompt.
    pub fn answer(
        &mut self,
        context: &Context,
        login: &mut Login<'_>,
        prompt: &Prompt,
    ) -> Result<SecretText, Failure> {
        self.prompts += 1;
        if self.prompts > PROMPTS {
            return Err(self.refused());
        }
        // After the password, a form that complains of nothing wants the second factor.
        let complains = ["fail", "incorrect", "invalid", "denied", "wrong", "again"]
            .iter()
            .any(|word| prompt.form.to_lowercase().contains(word));
        let challenge = self.passwords > 0 && !complains && is_for_a_secret(&prompt.label);
        let meaning = login.meaning(&prompt.text(), challenge)?;
        match meaning.answer {
            Meant::Password => self.password(login),
            Meant::Code | Meant::PasswordAndCode if self.codes >= CODES => Err(self.refused()),
            Meant::Code => {
                self.codes += 1;
                login.code()
            }
            Meant::PasswordAndCode => {
                self.codes += 1;
                login.joined(None)
            }
            Meant::Refuse => Err(forbidden()),
            Meant::User | Meant::Unknown => ask(context, prompt),
        }
    }

    fn password(&mut self, login: &mut Login<'_>) -> Result<SecretText, Failure> {
        self.passwords += 1;
        match self.passwords {
            1 => login.password(),
            _ => login.another_password(),
        }
    }

    /// Why the login did not come about, as far as the answers tell.
    pub fn refused(&self) -> Failure {
        match (self.codes, self.passwords) {
            (0, 0) => Failure::local(
                AWAY,
                "openconnect could not log in.",
                "Its own words are above; passcode doctor looks at this side.",
            ),
            (0, _) => Failure::refused(
                "login_refused",
                "The server refused the login after the password; no code was spent.",
                "Make sure of the user's name and the password.",
            ),
            _ => Failure::refused(
                "login_refused",
                "The server refused the login after the code. That code is not given again.",
                "Make sure of the profile and of this computer's clock; a counter is mended by: passcode hotp resync PROFILE",
            ),
        }
    }
}

/// Whether the field is one that is not shown: openconnect's label for it comes from the form, in any language.
fn is_for_a_secret(label: &str) -> bool {
    let label = label.trim();
    label.ends_with(':') && !label.ends_with("]:") && !label.contains('\'')
}

/// What only the user knows: a name, a group, whether a certificate is trusted.
fn ask(context: &Context, prompt: &Prompt) -> Result<SecretText, Failure> {
    let nobody = || {
        Failure::refused(
            "not_answered",
            "openconnect asks for something that only you can answer, and you could not be asked.",
            "Run it in a terminal, or answer by an option: --user, --authgroup, --servercert.",
        )
    };
    if context.may_ask() {
        let typed = terminal::ask_line("> ")?;
        return Ok(SecretText::new(typed.trim_end_matches(['\r', '\n']).to_owned()));
    }
    user::ask(context, &text::printable(&prompt.text()))?.ok_or_else(nobody)
}

fn forbidden() -> Failure {
    Failure::refused(
        "prompt_forbidden",
        "A rule in config.toml refuses to answer the server's prompt.",
        "See its [[prompt]] rules; passcode askpass --explain tells what a prompt is taken for.",
    )
}
