//! `passcode openvpn`: names, passwords and codes for OpenVPN, one that runs or one that is started.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::join::Template;

use super::Run;
use crate::context::Context;
use crate::input::{self, Kind};
use crate::openvpn::{self, Order, Target};
use crate::output::{Failure, Outcome};
use crate::terminal;
use crate::values;

/// Log in to an OpenVPN server, now and whenever it asks again
///
/// Starts OpenVPN with CONFIG, or connects to the management interface of one that runs, and answers for it until it
/// ends: name, password, and a code when the server asks for one, in whatever way (static and dynamic challenges,
/// CR_TEXT). Codes are fresh: one that was given out before is never used again, also not when the connection is lost
/// and OpenVPN logs in anew.
///
/// A refused login is tried once more, with a fresh code; then OpenVPN is ended, with exit status 5. After a refused
/// password no code is spent.
///
/// The password is the one that is stored with the profile, else asked for; it is read from standard input when that is
/// not a terminal and holds a line. OpenVPN needs root for its tunnel: --sudo starts it as root, and still your own agent
/// is asked.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Openvpn {
    /// OpenVPN's configuration
    #[arg(required_unless_present = "management", conflicts_with = "management")]
    config: Option<PathBuf>,
    /// Whose codes and password; a rule's or the default one when left out
    #[arg(long)]
    profile: Option<String>,
    /// The user's name at the VPN
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Put password and code into one field, in a template such as '{password}{code}'
    #[arg(long, value_name = "TEMPLATE", value_parser = values::template)]
    join: Option<Template>,
    /// Start OpenVPN as root, by sudo
    #[arg(long, conflicts_with = "management")]
    sudo: bool,
    /// The management interface of an OpenVPN that runs: a socket, or a port such as 127.0.0.1:7505
    #[arg(long, value_name = "SOCKET")]
    management: Option<String>,
    /// The file with the management interface's own password
    #[arg(long, value_name = "FILE")]
    management_password_file: Option<PathBuf>,
    /// Options for OpenVPN, after `--`
    #[arg(last = true, value_name = "OPENVPN-OPTIONS", conflicts_with = "management")]
    options: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  passcode openvpn --sudo --user alice work.ovpn
  passcode openvpn --sudo --profile work work.ovpn -- --verb 4
  passcode openvpn --join '{password}{code}' --sudo work.ovpn
  passcode openvpn --user alice --management /run/openvpn/work.sock
  passcode openvpn --sudo --user alice work.ovpn < password.txt

Exit status 5: the server refused the login.";

impl Run for Openvpn {
    fn run(self, context: &Context) -> Outcome {
        let password = password()?;
        let target = match (self.config, self.management) {
            (Some(config), _) => Target::Own { config, options: self.options, sudo: self.sudo },
            (None, management) => Target::Running(management.unwrap_or_default()),
        };
        let order = Order {
            profile: self.profile,
            user: self.user,
            password,
            template: self.join,
            target,
            key_file: self.management_password_file,
        };
        openvpn::run(order, context)
    }
}

/// The line of standard input, where that is none that can be asked and holds one.
fn password() -> Result<Option<SecretText>, Failure> {
    match terminal::can_ask() {
        true => Ok(None),
        false => Ok(input::lines(&[], Some(Kind::Password))?.pop()),
    }
}
