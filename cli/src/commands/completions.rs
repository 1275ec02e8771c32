//! `passcode completions`: what a shell needs to complete our commands and options.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Run;
use crate::args::Cli;
use crate::context::Context;
use crate::output::{self, Outcome};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  passcode completions bash > ~/.local/share/bash-completion/completions/passcode
  passcode completions zsh > ~/.zfunc/_passcode
  passcode completions fish > ~/.config/fish/completions/passcode.fish";

impl Run for Completions {
    fn run(self, _: &Context) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "passcode", &mut script);
        output::write_out(&script)
    }
}
