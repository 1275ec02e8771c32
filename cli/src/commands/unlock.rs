//! `passcode unlock`: the agent opens the vault, with the PIN, the passphrase or the recovery code if it asks for them.

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::request;

use super::Run;
use super::pin::note_made;
use crate::asking;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::Kind;
use crate::output::{self, Failure, Outcome};
use crate::unlocking::Agent;

/// Open the vault
///
/// Asks for what the vault opens with: the PIN, the passphrase of the key store, or both. Where the key store takes a
/// passphrase and there is no vault yet, the first passphrase makes it.
///
/// Standard input is read by lines in this order: passphrase, PIN; or passphrase, recovery code, new PIN. The recovery
/// code works once and makes a new PIN due: without a line for that, make one with: passcode pin set
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Unlock {
    /// Read the PIN from standard input
    #[arg(long, value_name = "-", value_parser = given::parse)]
    pin: Option<Given>,
    /// Open by the recovery code; read it from standard input, and a new PIN after it
    #[arg(long, value_name = "-", value_parser = given::parse, conflicts_with = "pin")]
    recovery: Option<Given>,
    /// Read the passphrase from standard input
    #[arg(long, value_name = "-", value_parser = given::parse)]
    passphrase: Option<Given>,
}

const OPENED: &str = "The vault is open.";

const EXAMPLES: &str = "\
Examples:
  passcode unlock                    asks for what is needed, hidden
  passcode unlock --pin - < pin.txt
  passcode unlock --recovery -       the PIN was forgotten";

impl Run for Unlock {
    fn run(self, context: &Context) -> Outcome {
        let by_recovery = self.recovery.is_some();
        let second = if by_recovery { Kind::Recovery } else { Kind::Pin };
        let options = [(Kind::Passphrase, self.passphrase), (second, self.recovery.or(self.pin))];
        let ([passphrase, proof], new) = given::take(options, by_recovery.then_some(Kind::NewPin))?;
        if let Some(new) = &new {
            // The code works once, so what could have been seen before is not left to be found afterwards.
            asking::check_pin(new.expose(), 0)?;
        }
        let mut agent = context.agent()?;
        let (pin, recovery) = match by_recovery {
            true => (None, Some(recovery_code(proof, context)?)),
            false => (proof, None),
        };
        agent.open(request::Unlock { pin, passphrase, recovery })?;
        match by_recovery {
            true => after_recovery(&mut agent, new, context),
            false => {
                output::note(OPENED);
                Ok(())
            }
        }
    }
}

fn recovery_code(given: Option<SecretText>, context: &Context) -> Result<SecretText, Failure> {
    match given {
        Some(code) => Ok(code),
        None if context.may_ask() => asking::known(&mut asking::AtTerminal, Kind::Recovery),
        None => Err(Failure::usage(
            "No recovery code was given, and there is nobody to ask for it.",
            "Write it to standard input: passcode unlock --recovery - < FILE",
        )),
    }
}

/// The vault was opened by its recovery code: makes the PIN that is due, or says that it is.
fn after_recovery(agent: &mut Agent, new: Option<SecretText>, context: &Context) -> Outcome {
    let due = agent.status()?.pin.due;
    if new.is_some() || due && context.may_ask() {
        output::note(OPENED);
        note_made(&agent.make_pin(new, false)?);
    } else if due {
        output::note("The vault is open. A new PIN is due; make it with: passcode pin set");
    } else {
        output::note(OPENED);
    }
    Ok(())
}
