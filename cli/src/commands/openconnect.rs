//! `passcode openconnect`: a VPN by openconnect (AnyConnect, ocserv, GlobalProtect and others), logged in by the agent.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use clap::Args;

use super::Run;
use crate::context::Context;
use crate::input::{self, Kind};
use crate::logins::Login;
use crate::openconnect::tunnel::{self, Ended, Patience, Tunnel};
use crate::openconnect::{AWAY, Session, authenticate, server};
use crate::output::{self, Failure, Outcome};
use crate::terminal;

/// Connect to a VPN by openconnect
///
/// Logs in without root, answering what the server asks for: the password, then a code that was not given out before. Then
/// the tunnel is opened with the cookie alone, as root by sudo where it has to be. When the tunnel breaks and its cookie
/// is good no more, it logs in again, with another code.
///
/// All options but the ones below are openconnect's own, and the server comes last. The password is the one that is stored
/// with the profile, else asked for; it is read from standard input when that is not a terminal and holds a line.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Openconnect {
    /// Whose codes and password; a rule's or the default one when left out
    #[arg(long)]
    profile: Option<String>,
    /// Open the tunnel without becoming root, as --script-tun needs no root
    #[arg(long)]
    no_sudo: bool,
    /// Log in only, and print the cookie as openconnect does
    #[arg(long)]
    authenticate: bool,
    /// openconnect's options, and the server
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "OPTIONS] [SERVER"
    )]
    arguments: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  passcode openconnect --user alice vpn.example.org
  passcode openconnect --profile work --protocol gp --user alice vpn.example.org
  passcode openconnect --user alice vpn.example.org < password.txt
  passcode openconnect --no-sudo --user alice --script-tun --script 'ocproxy -D 1080' vpn.example.org

Exit status 5: the server refused the login.";

impl Run for Openconnect {
    fn run(self, context: &Context) -> Outcome {
        let server = server::among(&self.arguments)?.to_owned();
        let host = server::host(&server);
        let mut login = Login::new(context, "openconnect", Some(&host), self.profile.clone());
        if !terminal::can_ask()
            && let Some(password) = input::lines(&[], Some(Kind::Password))?.pop()
        {
            login = login.with_password(password);
        }
        let first = authenticate(context, &mut login, &self.arguments)?;
        if self.authenticate {
            return output::print_secret(&first.lines());
        }
        let tunnel = Tunnel { by: self.becoming_root(), arguments: self.options() };
        let (stop, mut patience, mut session) = (stopping()?, Patience::default(), Some(first));
        while let Some(open) = session.take() {
            let begun = Instant::now();
            if tunnel.run(&open, &stop)? == Ended::InGoodOrder {
                return Ok(());
            }
            session = self.again(context, &mut login, &mut patience, begun, &stop)?;
        }
        Ok(())
    }
}

impl Openconnect {
    /// Logs in again after a tunnel broke that had `begun` then; none when this program is told to end. A server that is
    /// away is waited for: nothing was spent on it.
    fn again(
        &self,
        context: &Context,
        login: &mut Login<'_>,
        patience: &mut Patience,
        begun: Instant,
        stop: &AtomicBool,
    ) -> Result<Option<Session>, Failure> {
        tunnel::pause("The tunnel broke.", patience.after(begun).ok_or_else(given_up)?, stop);
        while !stop.load(Ordering::Relaxed) {
            match authenticate(context, login, &self.arguments) {
                Err(away) if away.is_local(AWAY) => {
                    tunnel::pause(away.message(), patience.while_away(), stop)
                }
                other => return other.map(Some),
            }
        }
        Ok(None)
    }

    /// openconnect's options, without the server.
    fn options(&self) -> Vec<OsString> {
        self.arguments.split_last().map(|(_, options)| options.to_vec()).unwrap_or_default()
    }

    fn becoming_root(&self) -> Vec<OsString> {
        match self.no_sudo || is_root() {
            true => Vec::new(),
            false => vec![OsString::from("sudo")],
        }
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where there is no sudo, the whole command is to be started with the rights that it needs.
#[cfg(windows)]
fn is_root() -> bool {
    true
}

/// Set when this program is told to end. In a terminal, openconnect is told by the same key.
fn stopping() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(|_| {
            Failure::local(
                "signals",
                "Signals cannot be listened to.",
                "Try again; if it stays, tell us.",
            )
        })?;
    }
    Ok(stop)
}

fn given_up() -> Failure {
    Failure::local(
        "tunnel",
        "The tunnel broke ten times in a row within a minute of its login.",
        "openconnect's own words are above; try again later.",
    )
}
