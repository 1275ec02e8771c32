//! `passcode unlock`: the agent opens the vault.

use clap::Args;
use passcode_proto::request;

use super::Run;
use crate::context::Context;
use crate::output::{self, Outcome};

/// Open the vault
#[derive(Debug, Args)]
pub struct Unlock {}

impl Run for Unlock {
    fn run(self, context: &Context) -> Outcome {
        context.agent()?.call(request::Unlock {})?;
        output::note("The vault is open.");
        Ok(())
    }
}
