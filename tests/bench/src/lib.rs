//! Times the agent and the command line beside references that are timed in the same run: the least that a server
//! or a disk can take ([`floor`]), `ssh-agent`, `ssh-add` and `oathtool`.
//!
//! [`site`] starts the programs in a folder of their own, [`load`] asks them, [`contest`] lets them take turns,
//! [`rows`] says what is measured, and [`report`] prints it. Nothing here passes or fails: figures are for people.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout)]

pub mod contest;
pub mod floor;
pub mod load;
pub mod report;
pub mod rows;
pub mod sample;
pub mod site;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use report::Report;
use site::Site;

/// What becomes of a measurement; an error ends the run with its words.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
Usage: passcode-bench AGENT COMMAND [CHAPTER]...

  AGENT, COMMAND   paths of passcoded and passcode, release build
  CHAPTER          only these chapters, by name";

/// Runs the program with its arguments. `echo SOCKET` is how it starts its own floor.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let outcome = match arguments.as_slice() {
        [echo, socket] if echo == "echo" => floor::echo::serve(Path::new(socket)),
        [agent, command, chapters @ ..] => measure(agent.as_ref(), command.as_ref(), chapters),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passcode-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(agent: &Path, command: &Path, wanted: &[OsString]) -> Outcome<()> {
    let site = Site::new(agent, command)?;
    let mut report = Report::new();
    for (name, chapter) in rows::CHAPTERS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            chapter(&site, &mut report)?;
        }
    }
    report.end();
    Ok(())
}
