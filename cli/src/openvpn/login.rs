//! The login as the agent knows it, seen by what finds answers.

use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::reply::Meant;

use super::answering::Login;
use crate::context::Context;
use crate::logins;
use crate::output::Failure;

/// A login by OpenVPN to `host`, with the password that came with the command.
pub fn new<'a>(
    context: &'a Context,
    host: Option<&str>,
    profile: Option<String>,
    password: Option<SecretText>,
) -> logins::Login<'a> {
    let login = logins::Login::new(context, "openvpn", host, profile);
    match password {
        Some(password) => login.with_password(password),
        None => login,
    }
}

impl Login for logins::Login<'_> {
    fn meaning(&mut self, prompt: &str, challenge: bool) -> Result<Meant, Failure> {
        Ok(self.meaning(prompt, challenge)?.answer)
    }

    fn password(&mut self) -> Result<SecretText, Failure> {
        self.password()
    }

    fn another_password(&mut self) -> Result<SecretText, Failure> {
        self.another_password()
    }

    fn code(&mut self) -> Result<SecretText, Failure> {
        self.code()
    }

    fn joined(&mut self, template: Option<&Template>) -> Result<SecretText, Failure> {
        self.joined(template)
    }
}
