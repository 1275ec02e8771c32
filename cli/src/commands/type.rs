//! `passcode type`: one passcode, typed into the window that has the focus.

use std::thread;
use std::time::Duration;

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::join::Template;
use passcode_proto::request::GetCode;

use super::Run;
use crate::context::Context;
use crate::joining;
use crate::output::{Failure, Outcome};
use crate::typing::{Keyboard, Manner};
use crate::values;

/// Type a passcode into the window that has the focus
///
/// For forms that take no pasted code, and for a remote desktop's logon screen, which no clipboard reaches. Bind it to a
/// key of your desktop, or leave time with --delay to click into the field. Started from a terminal without --delay, it
/// types into the terminal.
///
/// The window that has the focus when the delay is over must still have it when the code is typed; else nothing is typed.
/// Hold no key meanwhile. Under Wayland the desktop asks once whether this program may type, and does not tell which
/// window has the focus: leave it where it is.
///
/// The password of a template is asked for, or read from standard input when that is not a terminal: one line. It never
/// reaches the agent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Type {
    /// Which profile; may be left out when there is one, or a default
    profile: Option<String>,
    /// Wait S seconds before the window is noted, 0 to 30 [default: 0]
    #[arg(long, value_name = "S", value_parser = values::delay, allow_negative_numbers = true)]
    delay: Option<Duration>,
    /// Press Return at the end
    #[arg(long)]
    enter: bool,
    /// Wait MS milliseconds between two keys, 0 to 1000 [default: 12]
    #[arg(long, value_name = "MS", value_parser = values::key_delay, allow_negative_numbers = true)]
    key_delay: Option<Duration>,
    /// Never a code that was given out before: wait for the next one
    #[arg(long)]
    fresh: bool,
    /// Wait for the next code when fewer than S seconds are left
    #[arg(long, value_name = "S", value_parser = values::seconds, allow_negative_numbers = true)]
    min_valid: Option<u32>,
    /// Wait S seconds at the most for a code, 0 to 60 [default: 60]
    #[arg(long, value_name = "S", value_parser = values::wait, allow_negative_numbers = true)]
    wait: Option<u32>,
    /// Type the code in a template such as '{password},{code}'
    #[arg(long, value_name = "TEMPLATE", value_parser = values::template)]
    join: Option<Template>,
}

const EXAMPLES: &str = "\
Examples:
  passcode type work                 bound to a key of the desktop
  passcode type work --delay 3       from a terminal: three seconds to click into the field
  passcode type rdp --enter          and Return, for a logon screen
  passcode type slow --key-delay 60  for a window that loses keys which come too quickly";

/// Between two keys, when nothing else is wanted: enough for windows that look at one key at a time.
const KEY_DELAY: Duration = Duration::from_millis(12);

impl Run for Type {
    fn run(self, context: &Context) -> Outcome {
        // What can go wrong without a code goes wrong first: a counter-based one would be spent for nothing.
        let password = joining::password(self.join.as_ref(), context)?;
        let joined =
            |code: &SecretText| joining::joined(self.join.as_ref(), password.as_ref(), code);
        can_be_typed(&joined(&SecretText::new(String::new())))?;
        let mut agent = context.agent()?;
        // A question in the terminal would take the focus away from the window later.
        agent.opened()?;
        let keyboard = Keyboard::open()?;
        thread::sleep(self.delay.unwrap_or_default());
        let keyboard = keyboard.aim()?;
        let code = agent.call(GetCode {
            profile: self.profile.clone(),
            fresh: self.fresh,
            min_valid: self.min_valid,
            wait: self.wait,
            show: false,
            no_prompt: context.keeps_agent_from_asking(),
            purpose: None,
        })?;
        let manner = Manner { pause: self.key_delay.unwrap_or(KEY_DELAY), enter: self.enter };
        let typed = keyboard.type_text(joined(&code.code), manner);
        typed.map_err(|stopped| stopped.failure(&code.validity))
    }
}

/// Return, Tab and the like would leave the field.
fn can_be_typed(text: &SecretText) -> Outcome {
    match text.expose().chars().any(char::is_control) {
        true => Err(Failure::usage(
            "The template or the password holds a character that is not typed, such as a tab.",
            "Leave it out; --enter presses Return at the end.",
        )),
        false => Ok(()),
    }
}
