//! The commands, a file each. A new one is its file, its line under `mod`, and its line in the table below.

mod agent;
mod askpass;
mod aws;
mod completions;
mod default;
mod doctor;
mod get;
mod hotp;
mod keystore;
mod list;
mod lock;
mod man;
mod nm_agent;
mod openconnect;
mod openvpn;
mod pair;
mod password;
mod pin;
mod pinentry;
mod rdp;
mod rename;
mod reset;
mod service;
mod status;
mod r#type;
mod unlock;
mod unpair;
mod watch;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::output::Outcome;

/// What a command does with its arguments.
pub trait Run {
    /// Whether the result, and a failure, are wanted as JSON.
    fn json(&self) -> bool {
        false
    }

    /// Runs the command.
    fn run(self, context: &Context) -> Outcome;
}

/// The name of a module, also of one whose name Rust keeps for itself.
const fn plain(module: &'static str) -> &'static str {
    match module.as_bytes() {
        [b'r', b'#', ..] => module.split_at(2).1,
        _ => module,
    }
}

macro_rules! commands {
    ($($group:literal { $($module:ident::$Name:ident,)+ })+) => {
        /// A command with its arguments.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($($Name($module::$Name),)+)+
        }

        impl Command {
            /// The grammar of one command, without those of all others.
            pub fn alone(name: &str) -> Option<clap::Command> {
                let command = |name: &'static str| clap::Command::new(name);
                match name {
                    $($(name if name == plain(stringify!($module)) => {
                        Some($module::$Name::augment_args(command(plain(stringify!($module)))))
                    })+)+
                    _ => None,
                }
            }
        }

        impl Run for Command {
            fn json(&self) -> bool {
                match self {
                    $($(Self::$Name(command) => command.json(),)+)+
                }
            }

            fn run(self, context: &Context) -> Outcome {
                match self {
                    $($(Self::$Name(command) => command.run(context),)+)+
                }
            }
        }

        /// The groups of the overview: heading and names.
        pub const GROUPS: &[(&str, &[&str])] = &[$(($group, &[$(plain(stringify!($module))),+])),+];
    };
}

commands! {
    "Passcodes" {
        get::Get,
        r#type::Type,
        watch::Watch,
        hotp::Hotp,
    }
    "Profiles" {
        pair::Pair,
        list::List,
        default::Default,
        rename::Rename,
        unpair::Unpair,
        service::Service,
    }
    "Logins" {
        askpass::Askpass,
        openconnect::Openconnect,
        openvpn::Openvpn,
        rdp::Rdp,
        password::Password,
        pinentry::Pinentry,
        nm_agent::NmAgent,
        aws::Aws,
    }
    "Vault" {
        lock::Lock,
        unlock::Unlock,
        pin::Pin,
        keystore::Keystore,
        reset::Reset,
    }
    "Agent" {
        status::Status,
        doctor::Doctor,
        agent::Agent,
    }
    "Shell" {
        completions::Completions,
        man::Man,
    }
}
