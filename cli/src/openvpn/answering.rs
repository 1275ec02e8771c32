//! From what OpenVPN wants to what it is told: the login's parts come from the agent ([`Login`]), everything else from the
//! user ([`Person`]). A code is asked for last, when nothing else can fail any more.

use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::reply::Meant;

use super::command::{dynamic, packed, put_together};
use super::line::{Challenge, Need, Static, What};
use super::machine::PRIVATE_KEY;
use super::shown::plain;
use super::steps::{Answer, Want};
use super::tally::Gave;
use super::verdict;
use crate::output::Failure;

/// What OpenVPN itself would ask for the password with; rules for prompts can name it.
const PASSWORD_PROMPT: &str = "Enter Auth Password:";

/// The agent's side of a login.
pub trait Login {
    /// What the prompt asks for; `challenge` when OpenVPN's protocol says that it is a second factor.
    fn meaning(&mut self, prompt: &str, challenge: bool) -> Result<Meant, Failure>;
    /// The password.
    fn password(&mut self) -> Result<SecretText, Failure>;
    /// Another password, from the user, after the server refused the one before.
    fn another_password(&mut self) -> Result<SecretText, Failure>;
    /// A code that was never given out.
    fn code(&mut self) -> Result<SecretText, Failure>;
    /// Password and such a code in one.
    fn joined(&mut self, template: Option<&Template>) -> Result<SecretText, Failure>;
}

/// Whoever can be asked for what the agent does not know; fails where nobody can. `what` is it in the middle of a
/// sentence.
pub trait Person {
    /// Asks for a text that is not shown.
    fn secret(&mut self, what: &str, prompt: &str) -> Result<SecretText, Failure>;
    /// Asks for a text that may be seen.
    fn line(&mut self, what: &str, prompt: &str) -> Result<String, Failure>;
    /// Asks a question for yes or no.
    fn confirm(&mut self, what: &str, question: &str) -> Result<bool, Failure>;
}

/// Finds answers.
#[derive(Debug)]
pub struct Answering<L, P> {
    pub login: L,
    pub person: P,
    /// The user's name, once it is known.
    pub user: Option<String>,
    /// How password and code are put together where the server has one field for both.
    pub template: Option<Template>,
}

impl<L: Login, P: Person> Answering<L, P> {
    /// The answer to one question.
    pub fn answer(&mut self, want: &Want) -> Result<Answer, Failure> {
        match want {
            Want::Login { challenge: None, another_password } => self.password(*another_password),
            Want::Login { challenge: Some(challenge), another_password } => {
                self.with_challenge(challenge, *another_password)
            }
            Want::User => {
                let user = Some(self.user()?);
                Ok(Answer { user, secret: nothing(), gave: Gave::Nothing })
            }
            Want::Dynamic(asked) => {
                let user = match &asked.user {
                    Some(user) => user.clone(),
                    None => self.user()?,
                };
                let (answer, gave) = match asked.challenge.answer {
                    true => self.challenged(&asked.challenge)?,
                    false => (nothing(), Gave::Nothing),
                };
                Ok(Answer { user: Some(user), secret: dynamic(&asked.state, &answer), gave })
            }
            Want::Response(challenge) => {
                let (secret, gave) = self.challenged(challenge)?;
                Ok(Answer { user: None, secret, gave })
            }
            Want::Other { need, again } => self.other(need, *again),
        }
    }

    /// Name and password, where no challenge comes with the question.
    fn password(&mut self, another: bool) -> Result<Answer, Failure> {
        let user = Some(self.user()?);
        let asked = self.login.meaning(PASSWORD_PROMPT, false)?;
        let joined = self.template.is_some() || asked == Meant::PasswordAndCode;
        let (secret, gave) = match asked {
            Meant::Refuse => return Err(verdict::not_given(PASSWORD_PROMPT)),
            _ if joined => {
                if another {
                    self.login.another_password()?;
                }
                (self.login.joined(self.template.as_ref())?, Gave::Code)
            }
            Meant::Code => (self.login.code()?, Gave::Code),
            _ => (self.same_or_other_password(another)?, Gave::Password),
        };
        Ok(Answer { user, secret, gave })
    }

    fn with_challenge(&mut self, challenge: &Static, another: bool) -> Result<Answer, Failure> {
        let user = Some(self.user()?);
        let meant = self.meant(&challenge.text)?;
        let password = self.same_or_other_password(another)?;
        let (answer, gave) = self.response(meant, &challenge.text, challenge.echo)?;
        let secret = match challenge.joined {
            true => put_together(&password, &answer),
            false => packed(&password, &answer),
        };
        Ok(Answer { user, secret, gave: gave.max(Gave::Password) })
    }

    fn same_or_other_password(&mut self, another: bool) -> Result<SecretText, Failure> {
        match another {
            true => self.login.another_password(),
            false => self.login.password(),
        }
    }

    /// What a challenge asks for; fails before anything else is asked for when it is one that is not answered.
    fn meant(&mut self, text: &str) -> Result<Meant, Failure> {
        match self.login.meaning(text, true)? {
            Meant::Refuse => Err(verdict::not_given(text)),
            meant => Ok(meant),
        }
    }

    fn challenged(&mut self, asked: &Challenge) -> Result<(SecretText, Gave), Failure> {
        let meant = self.meant(&asked.text)?;
        self.response(meant, &asked.text, asked.echo)
    }

    fn response(
        &mut self,
        meant: Meant,
        text: &str,
        echo: bool,
    ) -> Result<(SecretText, Gave), Failure> {
        Ok(match meant {
            Meant::Code => (self.login.code()?, Gave::Code),
            Meant::PasswordAndCode => (self.login.joined(self.template.as_ref())?, Gave::Code),
            Meant::Password => (self.login.password()?, Gave::Password),
            Meant::User => (SecretText::new(self.user()?), Gave::Nothing),
            Meant::Refuse => return Err(verdict::not_given(text)),
            Meant::Unknown => (self.typed(text, echo)?, Gave::Code),
        })
    }

    /// What the user types.
    fn typed(&mut self, text: &str, echo: bool) -> Result<SecretText, Failure> {
        let (what, prompt) = (format!("an answer to `{}`", plain(text)), plain(text));
        match echo {
            true => self.person.line(&what, &prompt).map(SecretText::new),
            false => self.person.secret(&what, &prompt),
        }
    }

    /// The name to log in with.
    fn user(&mut self) -> Result<String, Failure> {
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        let user = self.person.line("the user's name", "User name at the VPN")?;
        self.user = Some(user.clone());
        Ok(user)
    }

    /// What is no part of the login.
    fn other(&mut self, need: &Need, again: bool) -> Result<Answer, Failure> {
        let realm = plain(&need.realm);
        let what = match need.realm.as_str() {
            PRIVATE_KEY => "the password of its private key".to_owned(),
            _ => format!("what `{realm}` takes"),
        };
        let refused = if again { "That was refused. " } else { "" };
        let hidden = format!("{refused}Password for `{realm}`");
        let (user, secret) = match &need.what {
            What::UserAndPassword(_) => {
                let user = self.person.line(&what, &format!("{refused}Name for `{realm}`"))?;
                (Some(user), self.person.secret(&what, &hidden)?)
            }
            What::User => {
                let user = self.person.line(&what, &format!("{refused}Name for `{realm}`"))?;
                (Some(user), nothing())
            }
            What::Password => (None, self.person.secret(&what, &hidden)?),
            What::Confirmation(text) => {
                let done = self.person.confirm(&what, &plain(text))?;
                (None, SecretText::new(if done { "ok" } else { "cancel" }.to_owned()))
            }
            What::Text(text) => (None, SecretText::new(self.person.line(&what, &plain(text))?)),
        };
        Ok(Answer { user, secret, gave: Gave::Nothing })
    }
}

fn nothing() -> SecretText {
    SecretText::new(String::new())
}
