//! `passcoded helper keyring`: does one thing with the agent's entries in the desktop's keyring, and ends. What it is
//! asked and what it answers is in `ports::keyring::wire`. It has no limit of its own: the agent kills it at the limit.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use super::line::heard;
use crate::ports::keyring::wire::{self, Answer, Call, Request};

#[cfg(windows)]
mod credential_manager;
mod entries;
#[cfg(target_os = "macos")]
mod keychain;
mod native;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

#[cfg(windows)]
use credential_manager as system;
#[cfg(target_os = "macos")]
use keychain as system;
#[cfg(all(unix, not(target_os = "macos")))]
use secret_service as system;

use entries::Found;

/// Reads the request, does it, and writes the answer.
pub fn run() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    let (line, mut output) = heard(wire::LONGEST)?;
    let request: Request<'_> = serde_json::from_slice(&line)?;
    let answer = native::with_entries(&request, |entries| entries::perform(entries, &request.call));
    let line = match &answer {
        Ok((found, is_blank)) => wire::line(&said(found, &request.call, *is_blank)),
        Err(trouble) => wire::line(&Answer::Trouble(*trouble)),
    };
    output.write_all(&line.ok_or(ErrorKind::FileTooLarge)?)
}

fn said<'a>(found: &'a Found, call: &Call<'_>, is_blank: bool) -> Answer<'a> {
    if !matches!(call, Call::Load) {
        return Answer::Done;
    }
    Answer::Kept {
        secrets: found.secrets.iter().map(|text| text.as_str()).collect(),
        anchor: found.anchor.as_ref().map(|text| text.as_str()),
        is_blank,
    }
}
