//! What a command writes: its result on standard output, notes and failures on standard error, or both as JSON.
//! A reader that goes away is no failure. How profiles and codes are put into words is [`crate::text`].

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use passcode_proto::{Exit, Fault, FaultCode, SecretText};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::terminal::{self, Stream};

/// How a command ends: done, or with a failure to report.
pub type Outcome = Result<(), Failure>;

/// A command that failed: of the agent's list of faults, or of the few that only a command line has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    code: &'static str,
    message: String,
    hint: String,
    #[serde(skip)]
    exit: u8,
    /// Whether the result said it all.
    #[serde(skip)]
    told: bool,
}

impl From<Fault> for Failure {
    fn from(Fault { code, message, hint }: Fault) -> Self {
        Self { code: code.name(), message, hint, exit: code.exit() as u8, told: false }
    }
}

impl Failure {
    /// The command line or what came with it cannot be understood; exit status 2.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new("usage", Exit::Usage, message, hint)
    }

    /// Something failed on this side of the socket; exit status 1. `code` names it for scripts.
    pub fn local(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(code, Exit::Failed, message, hint)
    }

    /// The desktop or its user did not let us, or not in time; exit status 5. `code` names it for scripts.
    pub fn refused(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(code, Exit::Refused, message, hint)
    }

    /// What was found wrong has been told already, as the command's result; exit status 1.
    pub fn told() -> Self {
        Self { told: true, ..Self::local("told", "", "") }
    }

    /// The same failure, after something that was done all the same.
    pub fn after(self, done: &str) -> Self {
        Self { message: format!("{done} {}", self.message), ..self }
    }

    /// The same failure, with other advice.
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// Whether it is this one of the agent's list.
    pub fn is(&self, code: FaultCode) -> bool {
        self.code == code.name()
    }

    /// Whether it is one of this side, of that name.
    pub fn is_local(&self, code: &str) -> bool {
        self.code == code
    }

    fn new(
        code: &'static str,
        exit: Exit,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), hint: hint.into(), exit: exit as u8, told: false }
    }

    /// Whether the other side did not want to, rather than something being wrong here.
    #[allow(dead_code, reason = "not every system has NetworkManager")]
    pub fn is_refusal(&self) -> bool {
        self.exit == Exit::Refused as u8
    }

    /// What happened and what to do, for a note.
    pub fn in_one_line(&self) -> String {
        format!("{} {}", self.message, self.hint)
    }

    /// What happened, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Writes the failure, as JSON on standard output when `json`, and gives the exit status.
    pub fn report(&self, json: bool) -> ExitCode {
        match json {
            _ if self.told => {}
            // Nothing is left to tell it with when standard output itself is what failed.
            true => drop(print_json(&ErrorObject { error: self })),
            false => note(&self.in_two_lines(terminal::colour(Stream::Error))),
        }
        ExitCode::from(self.exit)
    }

    fn in_two_lines(&self, colour: bool) -> String {
        let (dim, plain) = if colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        format!("passcode: {}\n  {dim}{}{plain}", self.message, self.hint)
    }
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    error: &'a Failure,
}

/// Writes one or more lines on standard error. That nobody reads them changes nothing.
pub fn note(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Writes text on standard output; a line break is added.
pub fn print(text: &str) -> Outcome {
    write_out(format!("{text}\n").as_bytes())
}

/// Writes a secret and a line break on standard output, in one write, and wipes the copy.
pub fn print_secret(secret: &SecretText) -> Outcome {
    let mut line = Zeroizing::new(Vec::with_capacity(secret.expose().len() + 1));
    line.extend_from_slice(secret.expose().as_bytes());
    line.push(b'\n');
    write_out(&line)
}

/// Writes a value as one line of JSON on standard output.
pub fn print_json(value: &impl Serialize) -> Outcome {
    let mut line = Zeroizing::new(serde_json::to_vec(value).map_err(|_| unwritable())?);
    line.push(b'\n');
    write_out(&line)
}

/// Writes bytes on standard output.
pub fn write_out(bytes: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritable()),
        _ => Ok(()),
    }
}

fn unwritable() -> Failure {
    Failure::local(
        "output",
        "Standard output cannot be written.",
        "Free some disk space, or write somewhere else.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_two_lines_what_happened_and_what_to_do() {
        let failure = Failure::from(Fault::from(FaultCode::Locked));
        assert_eq!(
            failure.in_two_lines(false),
            "passcode: The vault is locked.\n  Unlock it with: passcode unlock"
        );
        assert_eq!(
            failure.in_two_lines(true),
            "passcode: The vault is locked.\n  \x1b[2mUnlock it with: passcode unlock\x1b[0m"
        );
    }

    #[test]
    fn a_failure_in_json_has_code_message_and_hint() {
        let failure = Failure::usage("PROFILE is missing.", "See: passcode rename --help");
        assert_eq!(
            serde_json::to_string(&ErrorObject { error: &failure }).unwrap(),
            r#"{"error":{"code":"usage","message":"PROFILE is missing.","hint":"See: passcode rename --help"}}"#
        );
        assert_eq!(failure.exit, 2);
    }
}
