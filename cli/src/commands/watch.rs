//! `passcode watch`: the live list; it lives in [`crate::watch`].

use clap::Args;

use super::Run;
use crate::context::Context;
use crate::output::Outcome;

/// Show codes live, with the seconds they have left
///
/// Time-based codes are shown and renewed as time goes by; a code counts as given out only when you copy it.
/// Counter-based ones are spent when you press Enter on them, never by being listed.
///
/// Keys: up, down, j, k select; Enter or c copies; / filters; l locks the vault, u
/// unlocks it; q, Esc or Ctrl-C quits.
#[derive(Debug, Args)]
pub struct Watch {}

impl Run for Watch {
    fn run(self, context: &Context) -> Outcome {
        crate::watch::run(context)
    }
}
