//! `passcode nm-agent`: answers NetworkManager's questions for VPN connections. What is answered is in
//! [`crate::networkmanager`].

use clap::Args;

use super::Run;
use crate::context::Context;
use crate::networkmanager::{self, Named};
use crate::output::Outcome;

/// Answer NetworkManager's VPN logins
///
/// Registers with NetworkManager as a secret agent and stays. When one of the connections that you have named wants a
/// password or a code, the agent gives it; for OpenConnect connections the whole login is made here. Connections that
/// nobody named are left to the desktop.
///
/// Connections are named by --connection, or by the rules that config.toml has under "prompt", with the program
/// "NetworkManager" and the gateway or the connection as host. Of several agents NetworkManager asks the one first that was
/// started last: start this one after the desktop's.
///
/// A code that is refused ends the try to connect; it says so here, and gives no second one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct NmAgent {
    /// A connection to answer for, by name or UUID, and whose codes it takes; may be given again
    #[arg(long, value_name = "CONNECTION[=PROFILE]", value_parser = Named::read)]
    connection: Vec<Named>,
    /// Whose codes connections take that are named without a profile; the default profile when left out
    #[arg(long)]
    profile: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  passcode nm-agent --connection 'Work VPN'
  passcode nm-agent --connection 'Work VPN=work' --connection Lab=lab
  passcode nm-agent                          what the rules of config.toml name

SIGTERM and Ctrl-C end it. Exit status 1: the system's D-Bus cannot be reached, or has gone.";

impl Run for NmAgent {
    fn run(self, context: &Context) -> Outcome {
        networkmanager::serve(context, self.connection, self.profile)
    }
}
