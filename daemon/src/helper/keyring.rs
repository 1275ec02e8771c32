//! `passcoded helper keyring`: does one thing with the agent's entries in the desktop's keyring, and ends. What it is
//! asked and what it answers is in `ports::keyring::wire`. It has no limit of its own: the agent kills it at the limit,
//! and when the agent is gone, it ends.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{self, ExitCode};
use std::thread;

use zeroize::Zeroizing;

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
    let (mut input, mut output) = unbuffered()?;
    let line = read_line(&mut input)?;
    end_with_the_agent(input)?;
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

/// The request, with nothing behind it.
fn read_line(input: &mut File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(vec![0; wire::LONGEST]);
    let mut length = 0;
    loop {
        match input.read(&mut line[length..])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => length += read,
        }
        if line[..length].ends_with(b"\n") {
            line.truncate(length - 1);
            return Ok(line);
        }
    }
}

/// The agent holds the other end of the input until it has the answer.
fn end_with_the_agent(mut input: File) -> io::Result<()> {
    let wait = move || {
        // An end, more input and an error are all the same: it is over.
        let _ = input.read(&mut [0]);
        process::exit(1);
    };
    thread::Builder::new().spawn(wait).map(drop)
}

/// Standard input and output without the library's buffers, which nobody wipes.
#[cfg(unix)]
fn unbuffered() -> io::Result<(File, File)> {
    use std::os::fd::AsFd;
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((input.into(), output.into()))
}

#[cfg(windows)]
fn unbuffered() -> io::Result<(File, File)> {
    use std::os::windows::io::AsHandle;
    let input = io::stdin().as_handle().try_clone_to_owned()?;
    let output = io::stdout().as_handle().try_clone_to_owned()?;
    Ok((input.into(), output.into()))
}
