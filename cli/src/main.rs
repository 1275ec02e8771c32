//! `passcode`: pairs, asks the agent for passcodes, and prints them.
//!
//! Holds nothing that another client would need too: that is the protocol crate's. Here live the command line
//! ([`args`], [`values`], [`usage`]), one file for each command ([`commands`]), what they write ([`output`],
//! [`text`]), what they ask ([`asking`], [`given`], [`input`], [`joining`], [`terminal`], [`unlocking`]), other programs'
//! [`logins`] (with [`openconnect`] and [`openvpn`]), the [`clipboard`], [`typing`], QR codes ([`scanning`]), and the
//! live list ([`watch`]). Some of it is started under names of its own ([`named`]).

mod args;
mod asking;
mod assuan;
mod aws;
mod clipboard;
mod commands;
mod context;
mod given;
mod input;
mod joining;
mod logins;
mod named;
mod networkmanager;
mod openconnect;
#[cfg(unix)]
mod openvpn;
#[cfg(not(unix))]
#[path = "openvpn/elsewhere.rs"]
mod openvpn;
mod output;
mod patience;
mod scanning;
mod terminal;
mod text;
mod typing;
mod unlocking;
mod usage;
mod values;
mod watch;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use commands::Run;
use output::Outcome;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = named::meant(env::args_os().collect());
    if clipboard::owner::is_meant(&arguments) {
        return ended(clipboard::owner::serve(), false);
    }
    match args::read(&arguments) {
        Ok(cli) => {
            let json = cli.command.json();
            ended(cli.command.run(&cli.context), json)
        }
        Err(answer) => answer.write(),
    }
}

fn ended(outcome: Outcome, json: bool) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}
