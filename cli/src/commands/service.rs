//! `passcode service`: organisations' services that profiles were paired with. They are asked for their policies by
//! themselves, at each unlock and once a day; here they are asked now. And the login for the proxy on the way to them.

use clap::{Args, Subcommand};
use passcode_proto::reply::ServiceReport;
use passcode_proto::request::{HandOver, PolicyRefresh, ProxyRemove, ProxySet};

use super::Run;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::Kind;
use crate::output::{self, Failure, Outcome};
use crate::terminal;

/// Ask organisations for their policies; proxy login
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Service {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask the organisations for their policies now
    ///
    /// That is done by itself too, at each unlock and once a day. What a service could not be told before, such as that
    /// a profile was unpaired, it is told then. Exits with 1 when a service could not be asked.
    Refresh {
        /// Print JSON: services
        #[arg(long)]
        json: bool,
    },
    /// Print a key by which another computer takes over from this one (privacyIDEA)
    ///
    /// Pair there by it within some minutes: passcode pair. The profile ends here then. Paired here again, it gets a new
    /// secret.
    HandOver {
        /// Which profile; may be left out when there is one, or a default
        profile: Option<String>,
        /// Read the PIN from standard input; asked for when one is set
        #[arg(long, value_name = "-", value_parser = given::parse)]
        pin: Option<Given>,
    },
    /// Store name and password for the proxy, sealed in the vault
    ProxyLogin {
        /// The user's name at the proxy
        user: String,
        /// Read the password from standard input; asked for in a terminal
        #[arg(long, value_name = "-", value_parser = given::parse)]
        password: Option<Given>,
    },
    /// Forget the login for the proxy
    ProxyLogout {},
}

const EXAMPLES: &str = "\
Which proxy is used stands in config.toml or policy.toml; see: passcoded --print-config

Examples:
  passcode service refresh
  passcode service proxy-login alice
  passcode service proxy-login alice --password - < password.txt";

impl Run for Service {
    fn json(&self) -> bool {
        matches!(self.what, What::Refresh { json: true })
    }

    fn run(self, context: &Context) -> Outcome {
        match self.what {
            What::Refresh { json } => refresh(context, json),
            What::HandOver { profile, pin } => {
                let ([pin], _) = given::take([(Kind::Pin, pin)], None)?;
                let wanted = |pin| HandOver { profile: profile.clone(), pin };
                output::print_secret(&context.agent()?.call_with_pin(pin, wanted)?.key)
            }
            What::ProxyLogin { user, password } => {
                let ([password], _) = given::take([(Kind::Password, password)], None)?;
                let password = match password {
                    Some(password) => password,
                    None if context.may_ask() => terminal::ask_hidden("Proxy password: ")?,
                    None => return Err(nobody_to_ask()),
                };
                context.agent()?.call(ProxySet { user, password })?;
                output::note("The login for the proxy was stored.");
                Ok(())
            }
            What::ProxyLogout {} => {
                context.agent()?.call(ProxyRemove {})?;
                output::note("The login for the proxy was forgotten.");
                Ok(())
            }
        }
    }
}

fn refresh(context: &Context, json: bool) -> Outcome {
    let refreshed = context.agent()?.call(PolicyRefresh {})?;
    let services = &refreshed.services;
    match (json, services.is_empty()) {
        (true, _) => output::print_json(&refreshed)?,
        (false, true) => output::note("No profile was paired with an organisation's service."),
        (false, false) => {
            output::print(&services.iter().map(in_words).collect::<Vec<_>>().join("\n"))?;
        }
    }
    match services.iter().any(|service| service.trouble.is_some()) {
        true => Err(Failure::told()),
        false => Ok(()),
    }
}

/// One pairing, with what is the matter with it.
pub fn in_words(report: &ServiceReport) -> String {
    let profiles: Vec<_> = report.profiles.iter().map(|name| format!("\"{name}\"")).collect();
    let profiles = match (&report.queued, profiles.is_empty()) {
        (Some(_), _) => "has still to be told that a profile was unpaired".to_owned(),
        (None, true) => "has no passcodes for this computer yet".to_owned(),
        (None, false) => profiles.join(", "),
    };
    let fingerprint = report.fingerprint.as_ref().map(|text| format!(" (device key {text})"));
    let trouble = report.trouble.as_ref().map(|trouble| format!("; {trouble}"));
    [
        format!("{}: {profiles}", report.service),
        fingerprint.unwrap_or_default(),
        trouble.unwrap_or_default(),
    ]
    .concat()
}

fn nobody_to_ask() -> Failure {
    Failure::usage(
        "No password was given, and there is nobody to ask for it.",
        "Run it in a terminal, or write it to standard input: passcode service proxy-login USER --password -",
    )
}
