//! Passwords and codes by the passcode agent and the user, for the questions that are ours.

use passcode_proto::reply::Meaning;
use passcode_proto::{Label, SecretText};

use super::answering::{CallOff, Source};
use super::attempts::Secret;
use super::bus::Secrets;
use super::connection::Vpn;
use super::named::Chosen;
use super::openconnect;
use crate::context::Context;
use crate::logins::Login;
use crate::openconnect::authenticate_while;
use crate::output::Failure;

/// Secrets by the passcode agent.
pub struct ByAgent {
    pub context: Context,
}

impl ByAgent {
    fn login(&self, host: Option<&str>, profile: Option<String>) -> Login<'_> {
        Login::new(&self.context, "NetworkManager", host, profile)
    }
}

impl Source for ByAgent {
    fn meaning(&self, host: Option<&str>, text: &str, challenge: bool) -> Result<Meaning, Failure> {
        self.login(host, None).meaning(text, challenge)
    }

    fn usual_profile(&self) -> Result<Option<Label>, Failure> {
        // A program and a host that no rule names.
        let mut nobody = Login::new(&self.context, "-", Some("nobody.invalid"), None);
        Ok(nobody.meaning("", false)?.profile)
    }

    fn secret(&self, vpn: &Vpn, chosen: &Chosen, secret: Secret) -> Result<SecretText, Failure> {
        let mut login = self.login(vpn.host(), chosen.profile.clone());
        match secret {
            Secret::Code => login.code(),
            Secret::Password => login.password(),
            Secret::AnotherPassword => login.another_password(),
            Secret::PasswordAndCode => login.joined(None),
        }
    }

    fn log_in(&self, vpn: &Vpn, chosen: &Chosen, off: &CallOff) -> Result<Secrets, Failure> {
        let arguments = openconnect::arguments(vpn)?;
        let mut login = self.login(vpn.host(), chosen.profile.clone());
        let session = authenticate_while(&self.context, &mut login, &arguments, &|| !off.is_off())?;
        Ok(openconnect::secrets(&session))
    }
}
