//! `passcode password`: the password that belongs to a profile's codes, for logins that ask for both.

use clap::{Args, Subcommand};
use passcode_proto::request::{PasswordRemove, PasswordSet};

use super::Run;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::{self, Kind};
use crate::output::{self, Failure, Outcome};
use crate::{terminal, values};

/// Store a profile's password for logins
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Password {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Store the password, sealed in the vault; it takes the place of the one before
    ///
    /// Programs that log in get it from the agent, by itself or joined with a code. It is asked for in a terminal, else
    /// read from standard input: one line, after that of --pin.
    Set {
        /// Which profile
        profile: String,
        /// How it is joined with a code where one field takes both [default: {password}{code}]
        #[arg(long, value_name = "TEMPLATE", value_parser = values::password_template)]
        template: Option<String>,
        /// Never give it without a code
        #[arg(long)]
        joined_only: bool,
        /// Read the PIN from standard input; asked for when one is set
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
    },
    /// Forget the password
    Remove {
        /// Which profile
        profile: String,
        /// Read the PIN from standard input; asked for when one is set
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
    },
}

const EXAMPLES: &str = "\
Examples:
  passcode password set work
  passcode password set rdp --template '{code}{password}' < password.txt
  passcode password remove work

Whoever gets password and code joined can tell them apart: a template is for the server's sake, it hides nothing.";

impl Run for Password {
    fn run(self, context: &Context) -> Outcome {
        match self.what {
            What::Set { profile, template, joined_only, pin } => {
                let (pin, password) = secrets(context, pin)?;
                context.agent()?.call_with_pin(pin, |pin| PasswordSet {
                    profile: profile.clone(),
                    password: password.clone(),
                    template: template.clone(),
                    joined_only,
                    pin,
                })?;
                output::note("The password was stored.");
            }
            What::Remove { profile, pin } => {
                let ([pin], _) = given::take([(Kind::Pin, pin)], None)?;
                context
                    .agent()?
                    .call_with_pin(pin, |pin| PasswordRemove { profile: profile.clone(), pin })?;
                output::note("The password was forgotten.");
            }
        }
        Ok(())
    }
}

type Secret = passcode_proto::SecretText;

/// The PIN, if it came with the command, and the password.
fn secrets(context: &Context, pin: Option<Given>) -> Result<(Option<Secret>, Secret), Failure> {
    if terminal::can_ask() {
        let ([pin], _) = given::take([(Kind::Pin, pin)], None)?;
        if !context.may_ask() {
            return Err(Failure::usage(
                "No password was given, and --no-prompt forbids to ask for it.",
                "Write the password to standard input, on one line.",
            ));
        }
        return Ok((pin, terminal::ask_hidden("Password (not shown): ")?));
    }
    let ([pin, password], _) =
        given::take([(Kind::Pin, pin), (Kind::Password, Some(Given::Input))], None)?;
    match password {
        Some(password) => Ok((pin, password)),
        None => Ok((pin, input::line(Kind::Password)?)),
    }
}
