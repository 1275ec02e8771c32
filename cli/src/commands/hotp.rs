//! `passcode hotp`: counters of HOTP profiles, to see and mend drift. Forward only; the agent sees to that.

use clap::{Args, Subcommand};
use passcode_proto::SecretText;
use passcode_proto::profile::Counter;
use passcode_proto::reply::HotpState;
use passcode_proto::request::{HotpResync, HotpSet, HotpShow};

use super::Run;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::Kind;
use crate::output::{self, Outcome};
use crate::values;

/// Show, set and resynchronise HOTP counters
///
/// A service and the agent count codes on their own. When codes were spent without being used there, the service's
/// counter falls behind; most accept a few steps, and then ask for two or three codes in a row.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Hotp {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the counter of the next code, spending nothing
    Show {
        /// Which profile; may be left out when there is one, or a default
        profile: Option<String>,
        /// Print JSON: profile, next
        #[arg(long)]
        json: bool,
    },
    /// Set the counter of the next code, forward only
    Set {
        /// Which profile
        profile: String,
        /// The counter of the next code
        #[arg(value_parser = values::counter, allow_negative_numbers = true)]
        next: Counter,
        /// Read the PIN from standard input; asked for when one is set
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
        /// Print JSON: profile, next
        #[arg(long)]
        json: bool,
    },
    /// Print successive codes for a "synchronise token" form, spending them
    Resync {
        /// Which profile; may be left out when there is one, or a default
        profile: Option<String>,
        /// How many codes, 2 or 3
        #[arg(long, value_name = "N", default_value = "2", value_parser = values::codes, allow_negative_numbers = true)]
        codes: u8,
        /// Send the codes to the organisation's service that the profile was paired with, and print nothing
        #[arg(long)]
        send: bool,
        /// Print JSON: profile, codes, next
        #[arg(long)]
        json: bool,
    },
}

const EXAMPLES: &str = "\
Examples:
  passcode hotp show token
  passcode hotp set token 120        the service's page says that it expects number 120
  passcode hotp resync token         two codes for its \"synchronise token\" form";

impl Run for Hotp {
    fn json(&self) -> bool {
        match self.what {
            What::Show { json, .. } | What::Set { json, .. } | What::Resync { json, .. } => json,
        }
    }

    fn run(self, context: &Context) -> Outcome {
        let json = self.json();
        match self.what {
            What::Show { profile, .. } => {
                print_state(&context.agent()?.call(HotpShow { profile })?, json)
            }
            What::Set { profile, next, pin, .. } => {
                let ([pin], _) = given::take([(Kind::Pin, pin)], None)?;
                let set = |pin| HotpSet { profile: profile.clone(), next, pin };
                print_state(&context.agent()?.call_with_pin(pin, set)?, json)
            }
            What::Resync { profile, codes, send, .. } => {
                let ask = HotpResync { profile, codes: Some(codes), send };
                let resync = context.agent()?.call(ask)?;
                match json {
                    true => output::print_json(&resync),
                    false if send => {
                        output::note("The service has found the counter again.");
                        Ok(())
                    }
                    false => output::print_secret(&in_lines(&resync.codes)),
                }
            }
        }
    }
}

fn print_state(state: &HotpState, json: bool) -> Outcome {
    match json {
        true => output::print_json(state),
        false => output::print(&state.next.to_string()),
    }
}

fn in_lines(codes: &[SecretText]) -> SecretText {
    let mut lines = String::with_capacity(codes.iter().map(|code| code.expose().len() + 1).sum());
    for code in codes {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(code.expose());
    }
    SecretText::new(lines)
}
