//! `passcoded helper qr`: finds the QR codes in one picture, and ends. What it gets and what it answers is in
//! `passcode_proto::picture`. Pictures come from anywhere and decoders have faults, so it has little memory and time, and
//! may panic or die; whoever started it says so.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use passcode_proto::picture::{BYTES, Found, Trouble};

mod grey;
mod read;
mod search;
#[cfg(test)]
mod tests;

/// Reads the picture, and writes what was found.
pub fn run() -> ExitCode {
    limit_ourselves();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    let mut picture = Vec::new();
    io::stdin().lock().take(BYTES as u64 + 1).read_to_end(&mut picture)?;
    let mut line = serde_json::to_vec(&found(&picture))?;
    line.push(b'\n');
    io::stdout().lock().write_all(&line)
}

/// What is in a picture.
fn found(picture: &[u8]) -> Found {
    match read::picture(picture).map(|grey| search::texts(&grey)) {
        Ok(texts) if texts.is_empty() => Found::Trouble(Trouble::NothingFound),
        Ok(texts) => Found::Texts(texts),
        Err(trouble) => Found::Trouble(trouble),
    }
}

/// No more than any picture within the limits needs. Where the system refuses, the other side's patience is the limit.
#[cfg(unix)]
fn limit_ourselves() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    const MEMORY: u64 = 2 * 1024 * 1024 * 1024;
    const SECONDS: u64 = 20;
    for (resource, most) in [(Resource::As, MEMORY), (Resource::Cpu, SECONDS)] {
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(windows)]
fn limit_ourselves() {}
