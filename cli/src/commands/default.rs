//! `passcode default`: the profile that is meant when none is named.

use clap::Args;
use passcode_proto::request::SetDefault;

use super::Run;
use crate::context::Context;
use crate::output::{self, Outcome};

/// Choose the profile that is meant when none is named
#[derive(Debug, Args)]
pub struct Default {
    /// Which profile
    profile: String,
}

impl Run for Default {
    fn run(self, context: &Context) -> Outcome {
        context.agent()?.call(SetDefault { profile: self.profile })?;
        output::note("The default profile was set.");
        Ok(())
    }
}
