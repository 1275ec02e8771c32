//! `passcode lock`: the agent forgets the vault's keys. Never starts an agent: one that does not run is locked.

use clap::Args;
use passcode_proto::request;

use super::Run;
use crate::context::Context;
use crate::output::{self, Outcome};

/// Lock the vault: no codes until it is unlocked
#[derive(Debug, Args)]
pub struct Lock {}

impl Run for Lock {
    fn run(self, context: &Context) -> Outcome {
        context.running_agent()?.call(request::Lock {})?;
        output::note("The vault is locked.");
        Ok(())
    }
}
