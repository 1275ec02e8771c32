//! `passcode get`: one passcode, on standard output, into the clipboard, or joined with a password.

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::limits::CODE_WAIT;
use passcode_proto::reply::{Code, Validity};
use passcode_proto::request::GetCode;

use super::Run;
use crate::clipboard::{self, Lifetime};
use crate::context::Context;
use crate::output::{self, Failure, Outcome};
use crate::{joining, logins, values};

/// Print a passcode
///
/// Prints the code and a line break, nothing else. A counter-based (HOTP) code is spent by this: the next call gives
/// the next one.
///
/// The password of a template is asked for, or read from standard input when that is not a terminal: one line. It never
/// reaches the agent.
///
/// When the vault is locked, what opens it is asked for in this terminal; where there is none, the agent asks by
/// whatever it has, unless --no-prompt forbids it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Get {
    /// Which profile; may be left out when there is one, or a default
    profile: Option<String>,
    /// Put the code into the clipboard and print nothing
    #[arg(long)]
    copy: bool,
    /// Never a code that was given out before: wait for the next one
    #[arg(long)]
    fresh: bool,
    /// Wait for the next code when fewer than S seconds are left
    #[arg(long, value_name = "S", value_parser = values::seconds, allow_negative_numbers = true)]
    min_valid: Option<u32>,
    /// Wait S seconds at the most, 0 to 60 [default: 60]
    #[arg(long, value_name = "S", value_parser = values::wait, allow_negative_numbers = true)]
    wait: Option<u32>,
    /// Print the code in a template such as '{password},{code}'
    #[arg(long, value_name = "TEMPLATE", value_parser = values::template)]
    join: Option<Template>,
    /// Print JSON: profile, code, type, valid_from, valid_to, seconds_left or counter
    #[arg(long, conflicts_with_all = ["copy", "join"])]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  passcode get work                  the code of the profile `work`
  passcode get wo --copy             a beginning that fits one profile will do
  passcode get vpn --fresh           for a VPN that refuses a code it has seen
  passcode get rdp --min-valid 10    time enough to type it
  passcode get vpn --join '{password},{code}' < password.txt
  passcode get work --json | jq -r .code";

impl Run for Get {
    fn json(&self) -> bool {
        self.json
    }

    fn run(self, context: &Context) -> Outcome {
        // What can go wrong without a code goes wrong first: a counter-based one would be spent for nothing.
        let password = joining::password(self.join.as_ref(), context)?;
        let clipboard = self.copy.then(clipboard::open).transpose()?;
        let code = self.code(context)?;
        if self.json {
            return output::print_json(&code);
        }
        let text = joining::joined(self.join.as_ref(), password.as_ref(), &code.code);
        match clipboard {
            Some(clipboard) => copy(clipboard, &text, &code.validity),
            None => output::print_secret(&text),
        }
    }
}

impl Get {
    /// The code. One that has to be waited for is asked for without waiting first, to say so.
    fn code(&self, context: &Context) -> Result<Code, Failure> {
        let wanted = |wait: Option<u32>| GetCode {
            profile: self.profile.clone(),
            fresh: self.fresh,
            min_valid: self.min_valid,
            wait,
            show: false,
            no_prompt: context.keeps_agent_from_asking(),
            purpose: None,
        };
        match self.fresh || self.min_valid.is_some() {
            true => logins::announced(context, self.wait.unwrap_or(CODE_WAIT), wanted),
            false => context.agent()?.call(wanted(self.wait)),
        }
    }
}

fn copy(clipboard: clipboard::Clipboard, text: &SecretText, validity: &Validity) -> Outcome {
    let how = clipboard.put(text, Lifetime::of(validity))?;
    output::note(&how.in_words());
    Ok(())
}
