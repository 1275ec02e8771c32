//! A code in a template with a password (`--join`): the password comes from the user and never reaches the agent.

use passcode_proto::SecretText;
use passcode_proto::join::Template;

use crate::context::Context;
use crate::input::{self, Kind};
use crate::output::Failure;
use crate::terminal;

/// The password that the template wants, if it wants one.
pub fn password(
    template: Option<&Template>,
    context: &Context,
) -> Result<Option<SecretText>, Failure> {
    let wanted = template.filter(|template| template.wants_password());
    wanted.map(|_| ask(context)).transpose()
}

/// The code in its template, or alone.
pub fn joined(
    template: Option<&Template>,
    password: Option<&SecretText>,
    code: &SecretText,
) -> SecretText {
    match (template, password) {
        (None, _) => code.clone(),
        (Some(template), Some(password)) => template.fill(password, code),
        (Some(template), None) => template.fill(&SecretText::new(String::new()), code),
    }
}

fn ask(context: &Context) -> Result<SecretText, Failure> {
    if !terminal::can_ask() {
        return input::line(Kind::Password);
    }
    if !context.may_ask() {
        return Err(Failure::usage(
            "The template needs a password, and --no-prompt forbids to ask for it.",
            "Write the password to standard input, on one line.",
        ));
    }
    let password = terminal::ask_hidden("Password (not shown): ")?;
    match password.expose().is_empty() {
        true => Err(Failure::usage("No password was given.", "Try again, and type the password.")),
        false => Ok(password),
    }
}
