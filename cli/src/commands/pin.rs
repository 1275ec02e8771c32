//! `passcode pin`: makes, changes and removes the PIN. Its rules are the protocol's, what is asked for is
//! [`crate::asking`], and whether it is right is the agent's to say.

use clap::{Args, Subcommand};
use passcode_proto::reply::PinMade;
use passcode_proto::request::PinRemove;
use passcode_proto::{Fault, FaultCode, SecretText};

use super::Run;
use crate::asking::{self, AtTerminal};
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::{self, Kind};
use crate::output::{self, Failure, Outcome};
use crate::terminal;
use crate::unlocking::Agent;

/// Make, change and remove the PIN
///
/// A PIN has 4 or 6 digits, 6 where an organisation's policy asks for them: at least 3 different ones of 4, or 4 of 6,
/// that do not just count up or down. It is asked for twice; three wrong ones in a row block for two minutes and more.
///
/// A forgotten PIN cannot be found out. The vault then opens by the recovery code, if one was made: a secret that is
/// used once, to be written down and kept elsewhere. Without it there is only: passcode reset
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Pin {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a PIN
    ///
    /// Where the organisation asks for a longer PIN than the one that is set, that one is asked for first.
    Set {
        /// Read the new PIN from standard input: one line
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
        /// Make a recovery code too, and print it
        #[arg(long)]
        recovery_code: bool,
        /// Print JSON: recovery_code, former_code_void
        #[arg(long)]
        json: bool,
    },
    /// Put another PIN in the place of the present one
    Change {
        /// Read the old PIN and the new one from standard input: a line each
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
        /// Make a recovery code too, and print it; the former one is void in any case
        #[arg(long)]
        recovery_code: bool,
        /// Print JSON: recovery_code, former_code_void
        #[arg(long)]
        json: bool,
    },
    /// Let the vault open without PIN
    Remove {
        /// Read the present PIN from standard input: one line
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
        /// Print JSON: an empty object
        #[arg(long)]
        json: bool,
    },
}

const EXAMPLES: &str = "\
Examples:
  passcode pin set                             asks for it twice, hidden
  passcode pin set --recovery-code > code.txt  and keeps a way back in
  passcode pin change
  printf '%s\\n' \"$OLD\" \"$NEW\" | passcode pin change --pin -";

impl Run for Pin {
    fn json(&self) -> bool {
        match self.what {
            What::Set { json, .. } | What::Change { json, .. } | What::Remove { json, .. } => json,
        }
    }

    fn run(self, context: &Context) -> Outcome {
        let json = self.json();
        match self.what {
            What::Set { pin, recovery_code, .. } => {
                report("The PIN is set.", &set(context, pin, recovery_code)?, json)
            }
            What::Change { pin, recovery_code, .. } => {
                report("The PIN was changed.", &change(context, pin, recovery_code)?, json)
            }
            What::Remove { pin, .. } => remove(context, pin, json),
        }
    }
}

fn set(context: &Context, pin: Option<Given>, recovery_code: bool) -> Result<PinMade, Failure> {
    let ([new], _) = given::take([(Kind::NewPin, pin)], None)?;
    if new.is_none() {
        need_somebody(context, Kind::NewPin, "set")?;
    }
    let mut agent = context.agent()?;
    let report = agent.opened()?.pin;
    if report.set.is_some() && !report.due {
        return Err(Fault::from(FaultCode::PinIsSet).into());
    }
    agent.make_pin(new, recovery_code)
}

fn change(context: &Context, pin: Option<Given>, recovery_code: bool) -> Result<PinMade, Failure> {
    let (old, new) = old_and_new(pin)?;
    if new.is_none() {
        need_somebody(context, if old.is_none() { Kind::OldPin } else { Kind::NewPin }, "change")?;
    }
    let mut agent = context.agent()?;
    agent.offer(old.clone());
    let report = agent.opened()?.pin;
    let old = present_pin(&mut agent, old, Kind::OldPin)?;
    let new = match new {
        Some(new) => new,
        None => asking::new_pin(&mut AtTerminal, report.required)?,
    };
    asking::check_pin(new.expose(), report.required)?;
    agent.change_pin(old, new, recovery_code)
}

/// The PINs that came with the command: both on standard input, or the old one in the command line.
fn old_and_new(pin: Option<Given>) -> Result<(Option<SecretText>, Option<SecretText>), Failure> {
    if pin == Some(Given::Input) && !terminal::can_ask() {
        let lines = input::lines(&[Kind::OldPin, Kind::NewPin], None)?;
        let mut lines = lines.into_iter();
        return Ok((lines.next(), lines.next()));
    }
    let ([old], _) = given::take([(Kind::OldPin, pin)], None)?;
    Ok((old, None))
}

fn remove(context: &Context, pin: Option<Given>, json: bool) -> Outcome {
    let ([pin], _) = given::take([(Kind::Pin, pin)], None)?;
    if pin.is_none() {
        need_somebody(context, Kind::Pin, "remove")?;
    }
    let mut agent = context.agent()?;
    agent.offer(pin.clone());
    let pin = present_pin(&mut agent, pin, Kind::Pin)?;
    let none = || SecretText::new(String::new());
    let done = agent.call_with_pin(Some(pin), |pin| PinRemove { pin: pin.unwrap_or_else(none) })?;
    if json {
        return output::print_json(&done);
    }
    output::note("The PIN was removed. The vault opens without one.");
    Ok(())
}

/// The PIN that is set: given, or asked for.
fn present_pin(
    agent: &mut Agent,
    given: Option<SecretText>,
    kind: Kind,
) -> Result<SecretText, Failure> {
    match given {
        Some(pin) => Ok(pin),
        None => Ok(agent.pin(kind)?.ok_or_else(|| Fault::from(FaultCode::NoPin))?),
    }
}

fn report(done: &str, made: &PinMade, json: bool) -> Outcome {
    if json {
        return output::print_json(made);
    }
    output::note(&in_lines(done, made).join("\n"));
    made.recovery_code.as_ref().map_or(Ok(()), output::print_secret)
}

/// What was made, in words; the recovery code itself goes elsewhere.
fn in_lines(done: &str, made: &PinMade) -> Vec<String> {
    let mut lines = vec![done.to_owned()];
    if made.former_code_void {
        lines.push("The recovery code that was made before is void now.".to_owned());
    }
    if made.recovery_code.is_some() {
        lines.push(
            "Write this recovery code down and keep it away from this computer; it is not shown again.\n\
             When the PIN is forgotten, it opens the vault once: passcode unlock --recovery -"
                .to_owned(),
        );
    }
    lines
}

/// What was made along the way of another command, in words.
pub fn note_made(made: &PinMade) {
    output::note(&in_lines("The PIN is set.", made).join("\n"));
}

fn need_somebody(context: &Context, kind: Kind, command: &str) -> Outcome {
    if context.may_ask() {
        return Ok(());
    }
    let name = kind.name();
    let what = if command == "change" { "both PINs" } else { "it" };
    Err(Failure::usage(
        format!("No {name} was given, and there is nobody to ask for it."),
        format!(
            "Run it in a terminal, or write {what} to its standard input: passcode pin {command} --pin -"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recovery_code_is_explained_and_never_part_of_the_note() {
        let code = SecretText::new("ABCDE-FGHIJ".into());
        let made = PinMade { recovery_code: Some(code), former_code_void: true };
        let lines = in_lines("The PIN was changed.", &made).join("\n");
        assert_eq!(
            lines,
            "The PIN was changed.\n\
             The recovery code that was made before is void now.\n\
             Write this recovery code down and keep it away from this computer; it is not shown again.\n\
             When the PIN is forgotten, it opens the vault once: passcode unlock --recovery -"
        );
        let quiet = PinMade { recovery_code: None, former_code_void: false };
        assert_eq!(in_lines("The PIN is set.", &quiet), ["The PIN is set."]);
    }
}
