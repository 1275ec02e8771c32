//! What the command line does for the tray, as a child of ours: pairing by a QR code, and typing a code into the window
//! that has the focus. No secret is among its arguments.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::app::input::{Input, Source};
use crate::texts;

/// The command line beside us, or the first in `PATH`.
fn program() -> PathBuf {
    let name = format!("passcode{}", env::consts::EXE_SUFFIX);
    let beside = env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

fn command() -> Command {
    let mut command = Command::new(program());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Looks for a QR code and pairs with its key, under `name` if that is not empty.
pub fn scan(source: Source, name: String, report: impl Fn(Input) + Send + 'static) {
    thread::spawn(move || report(Input::Scanned(scanned(&source, &name))));
}

fn scanned(source: &Source, name: &str) -> Result<(), String> {
    let mut command = command();
    command.args(["pair", "--no-prompt", "--no-code"]);
    match source {
        Source::Screen => command.arg("--screen"),
        Source::Clipboard => command.arg("--clipboard"),
        Source::File(path) => command.arg("--qr").arg(path),
    };
    if !name.is_empty() {
        command.arg("--name").arg(name);
    }
    outcome(command.output())
}

/// Types the default profile's code into the window that has the focus.
pub fn type_default(report: impl Fn(String) + Send + 'static) {
    let mut command = command();
    command.args(["type", "--no-prompt"]);
    thread::spawn(move || {
        if let Err(trouble) = outcome(command.output()) {
            report(trouble);
        }
    });
}

/// Status 4 after pairing means that the profile is there and a PIN is due, which the agent tells too.
fn outcome(output: std::io::Result<Output>) -> Result<(), String> {
    match output {
        Ok(output) if matches!(output.status.code(), Some(0 | 4)) => Ok(()),
        Ok(output) => Err(said(&output.stderr)),
        Err(_) => {
            Err(texts::tr("The program passcode cannot be started; put it beside this one.")
                .to_owned())
        }
    }
}

/// The error that the command line has written, without its name in front.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let text = text.trim().strip_prefix("passcode: ").unwrap_or(text.trim());
    text.lines().next().unwrap_or_default().to_owned()
}
