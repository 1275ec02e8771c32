//! `passcode-tray`: reads its arguments and runs the tray.

use std::process::ExitCode;

use passcode_tray::arguments::{self, HELP, Wanted};
use passcode_tray::running;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Wanted::Tray { hidden }) => running::run(hidden),
        Ok(Wanted::Help) => show(HELP),
        Ok(Wanted::Version) => show(concat!("passcode-tray ", env!("CARGO_PKG_VERSION"))),
        Err(argument) => {
            eprintln!("passcode-tray: there is no option {argument}\nTry: passcode-tray --help");
            ExitCode::from(2)
        }
    }
}

#[allow(clippy::print_stdout, reason = "what was asked for")]
fn show(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}
