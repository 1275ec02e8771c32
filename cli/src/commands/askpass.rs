//! `passcode askpass`: answers the prompt of a program that asks by another one: `SSH_ASKPASS`, `SUDO_ASKPASS`,
//! `GIT_ASKPASS`, `FREERDP_ASKPASS`. These take the name of a program and no arguments, so it is `passcode-askpass` too.

use std::env;

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::reply::{Meaning, Meant};

use super::Run;
use crate::context::Context;
use crate::logins::{Login, user};
use crate::output::{self, Failure, Outcome};

/// Answer a program's prompt with a code or password
///
/// Prints what the prompt asks for: a code that was not given out before, the password that is stored with the profile, or
/// both in one. What a prompt asks for is known by its words, in many languages, and by the rules that config.toml has
/// under "prompt". A code is never given to a prompt that does not ask for one: the user is asked then, in this
/// terminal or by pinentry.
///
/// A process that shows the same prompt again had its answer refused: it gets no stored password twice, and no third code.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Askpass {
    /// The prompt, as the program shows it
    #[arg(default_value = "", allow_hyphen_values = true, hide_default_value = true)]
    prompt: String,
    /// Whose code and password; a rule's or the default one when left out
    #[arg(long)]
    profile: Option<String>,
    /// Only tell what the prompt is taken to ask for, as JSON: answer, profile, host
    #[arg(long)]
    explain: bool,
}

const EXAMPLES: &str = "\
Examples:
  SSH_ASKPASS=passcode-askpass SSH_ASKPASS_REQUIRE=force ssh host
  SUDO_ASKPASS=$(command -v passcode-askpass) sudo -A true
  GIT_ASKPASS=passcode-askpass git fetch
  passcode askpass --explain 'Verification code: '

Exit status 5: a rule refuses the prompt, or nobody could be asked.";

impl Run for Askpass {
    fn json(&self) -> bool {
        self.explain
    }

    fn run(self, context: &Context) -> Outcome {
        match env::var("SSH_ASKPASS_PROMPT").as_deref() {
            Ok("confirm") if !self.explain => return confirm(context, &self.prompt),
            // Something to be shown while it lasts, without an answer.
            Ok("none") if !self.explain => return Ok(()),
            _ => {}
        }
        let mut login = Login::of_caller(context, self.profile);
        let meaning = login.meaning(&self.prompt, false)?;
        if self.explain {
            return output::print_json(&meaning);
        }
        output::print_secret(&answer(context, &mut login, &meaning, &self.prompt)?)
    }
}

fn answer(
    context: &Context,
    login: &mut Login<'_>,
    meaning: &Meaning,
    prompt: &str,
) -> Result<SecretText, Failure> {
    match (meaning.answer, meaning.again) {
        (Meant::Refuse, _) => Err(forbidden()),
        (Meant::Code, 0 | 1) => login.code(),
        (Meant::PasswordAndCode, 0 | 1) => login.joined(None),
        (Meant::Code | Meant::PasswordAndCode, _) => Err(refused_codes()),
        (Meant::Password, 0) => match login.password() {
            Err(none) if none.is(passcode_proto::FaultCode::NoPassword) => ask(context, prompt),
            other => other,
        },
        (Meant::Password | Meant::User | Meant::Unknown, _) => ask(context, prompt),
    }
}

fn ask(context: &Context, prompt: &str) -> Result<SecretText, Failure> {
    user::ask(context, prompt)?.ok_or_else(|| {
        Failure::refused(
            "not_answered",
            "The prompt asks for something that only you can answer, and you could not be asked.",
            "Run it in a terminal, or say in config.toml under [[prompt]] what it asks for.",
        )
    })
}

fn confirm(context: &Context, prompt: &str) -> Outcome {
    match user::confirm(context, prompt)? {
        true => Ok(()),
        false => Err(Failure::refused(
            "not_confirmed",
            "This was not confirmed.",
            "Try again, and agree to it.",
        )),
    }
}

fn forbidden() -> Failure {
    Failure::refused(
        "prompt_forbidden",
        "A rule in config.toml refuses to answer this prompt.",
        "See its [[prompt]] rules; passcode askpass --explain tells what a prompt is taken for.",
    )
}

fn refused_codes() -> Failure {
    Failure::refused(
        "codes_refused",
        "The program has been given two codes for this prompt, and the server refused both.",
        "Make sure of the profile and of this computer's clock; a counter is mended by: passcode hotp resync PROFILE",
    )
}
