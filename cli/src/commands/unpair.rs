//! `passcode unpair`: removes a profile and its secret, after asking. The question is for the user; what is allowed
//! is the agent's decision.

use clap::Args;
use passcode_proto::profile::Profile;
use passcode_proto::reply::Unpaired;
use passcode_proto::{Fault, FaultCode, SecretText, request};

use super::Run;
use super::list::all_profiles;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::Kind;
use crate::output::{self, Failure, Outcome};
use crate::unlocking::Agent;
use crate::{terminal, text};

/// Remove a profile and its secret for good
///
/// Without another copy of the key, the service has to be paired anew; make sure that you can still sign on there. An
/// organisation's service that the profile was paired with is told.
#[derive(Debug, Args)]
pub struct Unpair {
    /// The profile's whole name
    profile: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// When the organisation's service cannot be told now, remove the profile all the same and tell it later
    #[arg(long)]
    offline: bool,
    /// Read the PIN from standard input; asked for when one is set
    #[arg(long, value_name = "-", value_parser = given::parse)]
    pin: Option<Given>,
}

impl Run for Unpair {
    fn run(mut self, context: &Context) -> Outcome {
        if !self.yes && !context.may_ask() {
            return Err(nobody_to_ask());
        }
        let ([pin], _) = given::take([(Kind::Pin, self.pin.take())], None)?;
        let mut agent = context.agent()?;
        agent.offer(pin.clone());
        if !self.yes {
            let (profiles, _) = all_profiles(&mut agent)?;
            let wanted = self.profile.trim().to_lowercase();
            let profile = profiles.iter().find(|profile| profile.name.folded() == wanted);
            let profile = profile.ok_or_else(|| Fault::from(FaultCode::NoSuchProfile))?;
            if !terminal::confirm(&question(profile))? {
                return Err(Failure::local(
                    "declined",
                    "Nothing was unpaired.",
                    "Answer y to remove the profile.",
                ));
            }
        }
        let unpaired = self.unpair(&mut agent, pin, context)?;
        output::note(match unpaired.queued {
            false => "The profile and its secret were removed.",
            true => {
                "The profile and its secret were removed; the service is told as soon as it can be reached."
            }
        });
        Ok(())
    }
}

impl Unpair {
    /// Unpairs; where the service cannot be told, it is the user who says whether that can wait.
    fn unpair(
        &self,
        agent: &mut Agent,
        pin: Option<SecretText>,
        context: &Context,
    ) -> Result<Unpaired, Failure> {
        let request =
            |pin, offline| request::Unpair { profile: self.profile.clone(), pin, offline };
        let offline = self.offline || self.yes;
        match agent.call_with_pin(pin.clone(), |pin| request(pin, offline)) {
            Err(failure) if self.may_wait(&failure) && context.may_ask() => {
                output::note(failure.message());
                match terminal::confirm("Remove it here now, and tell the service later?")? {
                    true => agent.call_with_pin(pin, |pin| request(pin, true)),
                    false => Err(failure),
                }
            }
            unpaired => unpaired,
        }
    }

    fn may_wait(&self, failure: &Failure) -> bool {
        [
            FaultCode::ServiceUnreachable,
            FaultCode::ServiceUntrusted,
            FaultCode::ServiceAnswer,
            FaultCode::ServiceRefused,
        ]
        .into_iter()
        .any(|code| failure.is(code))
    }
}

fn question(profile: &Profile) -> String {
    let owner = match text::owner(profile) {
        owner if owner.is_empty() => owner,
        owner => format!(" ({owner})"),
    };
    format!("Remove \"{}\"{owner} and its secret for good?", profile.name)
}

fn nobody_to_ask() -> Failure {
    Failure::usage(
        "Nobody can be asked whether to remove the profile.",
        "Run it in a terminal, or with --yes.",
    )
}
