//! `passcode rename`: another name for a profile.

use clap::Args;
use passcode_proto::request;

use super::Run;
use crate::context::Context;
use crate::output::{self, Outcome};

/// Give a profile another name
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  passcode rename \"ACME: alice\" work")]
pub struct Rename {
    /// Which profile
    old: String,
    /// Its new name
    new: String,
}

impl Run for Rename {
    fn run(self, context: &Context) -> Outcome {
        context.agent()?.call(request::Rename { profile: self.old, name: self.new })?;
        output::note("The profile was renamed.");
        Ok(())
    }
}
