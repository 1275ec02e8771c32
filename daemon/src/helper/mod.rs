//! `passcoded helper KIND`: children of the agent, one a kind, that do what the process with the secrets must not do.
//! Each hardens itself first (a new program begins unprotected), gets no secret that it does not need, speaks lines on
//! its standard input and output, and ends when the agent does. They are the agent's own affair and not in its usage.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::harden::harden;

mod courier;
mod keyring;
mod line;
mod qr;
#[cfg(all(unix, not(target_os = "macos")))]
mod watch;

/// Runs the helper that the arguments after `helper` name, to its end.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    // What the system refuses the agent says of itself in `status`.
    let _ = harden();
    let arguments: Vec<OsString> = arguments.collect();
    let arguments: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    match arguments[..] {
        ["courier"] => courier::run(),
        ["keyring"] => keyring::run(),
        ["qr"] => qr::run(),
        #[cfg(all(unix, not(target_os = "macos")))]
        ["watch"] => watch::run(),
        _ => {
            eprintln!("passcoded: there is no such helper.");
            ExitCode::from(2)
        }
    }
}
