//! `passcode reset`: destroys the vault and its keys, after asking. Needs no PIN: it is the way out when that is
//! forgotten.

use clap::Args;
use passcode_proto::request;

use super::Run;
use crate::context::Context;
use crate::output::{self, Failure, Outcome};
use crate::{terminal, text};

/// Destroy the vault and its keys for good
///
/// For a PIN that was forgotten, or a computer that is given away. No PIN is asked for. Every profile and its secret is
/// lost: each service has to be paired anew, so make sure that you can still sign on there.
#[derive(Debug, Args)]
pub struct Reset {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Run for Reset {
    fn run(self, context: &Context) -> Outcome {
        if !self.yes && !context.may_ask() {
            return Err(Failure::usage(
                "Nobody can be asked whether to destroy the vault.",
                "Run it in a terminal, or with --yes.",
            ));
        }
        let mut agent = context.agent()?;
        if !self.yes {
            output::note(&what_is_lost(agent.status()?.profiles));
            if !terminal::confirm("Destroy the vault for good?")? {
                return Err(Failure::local(
                    "declined",
                    "Nothing was destroyed.",
                    "Answer y to destroy the vault.",
                ));
            }
        }
        let wiped = agent.call(request::Reset {})?;
        output::note("The vault and its keys were destroyed.");
        for warning in wiped.warnings {
            output::note(&format!("Warning: {warning}"));
        }
        Ok(())
    }
}

fn what_is_lost(profiles: Option<u32>) -> String {
    let what = match profiles {
        Some(number) => format!("{} and all secrets are lost", text::count(number, "profile")),
        None => "All profiles and their secrets are lost".to_owned(),
    };
    format!("{what}; each service has to be paired anew.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_counted_where_it_can_be() {
        let lost = [None, Some(1), Some(3)].map(what_is_lost);
        let end = "lost; each service has to be paired anew.";
        assert_eq!(lost[0], format!("All profiles and their secrets are {end}"));
        assert_eq!(lost[1], format!("1 profile and all secrets are {end}"));
        assert_eq!(lost[2], format!("3 profiles and all secrets are {end}"));
    }
}
