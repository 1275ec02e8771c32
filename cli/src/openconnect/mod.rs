//! Logging in by openconnect, which asks for everything on its terminal and has no hook for a helper: it is run with
//! pipes, what it shows is read ([`screen`]), and each prompt is answered by what it asks for ([`answering`]). What comes
//! of it is a cookie ([`session`]), by which a tunnel is opened ([`tunnel`]).

mod answering;
mod screen;
pub mod server;
mod session;
pub mod tunnel;

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use passcode_proto::SecretText;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::logins::Login;
use crate::output::{self, Failure};
use crate::text;
pub use answering::AWAY;
use answering::Answers;
use screen::Screen;
pub use session::Session;

/// The program's name.
const PROGRAM: &str = "openconnect";

/// Where programs for administrators are, which not every user's PATH names; Debian has openconnect there.
const SBIN: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// A line that is not ended is a prompt when nothing follows it for so long: openconnect writes each line in one piece.
const QUIET: Duration = Duration::from_millis(200);

/// How often it is looked whether the login is still wanted, while nothing is shown.
const LOOK: Duration = Duration::from_millis(500);

/// Most that a server can make openconnect print as a result, in bytes.
const RESULT_BYTES: u64 = 64 * 1024;

/// Logs in with these arguments of openconnect, the server among them.
///
/// # Errors
/// When openconnect is missing or fails, the server refuses, or a prompt cannot be answered.
pub fn authenticate(
    context: &Context,
    login: &mut Login<'_>,
    arguments: &[OsString],
) -> Result<Session, Failure> {
    authenticate_while(context, login, arguments, &|| true)
}

/// The same, given up when it `is_wanted` no more: openconnect is ended then, and nothing more is answered.
pub fn authenticate_while(
    context: &Context,
    login: &mut Login<'_>,
    arguments: &[OsString],
    is_wanted: &dyn Fn() -> bool,
) -> Result<Session, Failure> {
    let mut command = Command::new(program());
    command.arg("--authenticate").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(PROGRAM, &error))?;
    let result = converse(context, login, &mut child, is_wanted);
    if result.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|_| broken())?;
    let (printed, answers) = result?;
    match status.success() {
        true => Session::read(&printed).ok_or_else(broken),
        false => Err(answers.refused()),
    }
}

fn converse<'a>(
    context: &'a Context,
    login: &'a mut Login<'_>,
    child: &mut Child,
    is_wanted: &dyn Fn() -> bool,
) -> Result<(Zeroizing<String>, Answers), Failure> {
    let pipes = child.stdin.take().zip(child.stdout.take()).zip(child.stderr.take());
    let ((mut input, output), errors) = pipes.ok_or_else(broken)?;
    let printed = thread::spawn(move || read_result(output));
    let shown = chunks(errors);
    let (mut screen, mut answers) = (Screen::default(), Answers::default());
    loop {
        let wait = if screen.has_partial() { QUIET } else { LOOK };
        match shown.recv_timeout(wait) {
            Ok(chunk) => {
                screen.take(&chunk).iter().for_each(|line| output::note(&text::printable(line)))
            }
            Err(RecvTimeoutError::Timeout) if !is_wanted() => return Err(called_off()),
            Err(RecvTimeoutError::Timeout) if !screen.has_partial() => {}
            Err(RecvTimeoutError::Timeout) => {
                let prompt = screen.prompt();
                output::note(&text::printable(&prompt.label));
                say(&mut input, &answers.answer(context, login, &prompt)?)?;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok((printed.join().map_err(|_| broken())?, answers))
}

/// What it shows, as it comes.
fn chunks(mut source: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, shown) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = source.read(&mut buffer) {
            if tell.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    shown
}

fn read_result(source: impl Read) -> Zeroizing<String> {
    let mut printed = Zeroizing::new(String::with_capacity(4096));
    // What is not text is no result.
    let _ = source.take(RESULT_BYTES).read_to_string(&mut printed);
    printed
}

fn say(input: &mut ChildStdin, answer: &SecretText) -> Result<(), Failure> {
    let mut line = Zeroizing::new(Vec::with_capacity(answer.expose().len() + 1));
    line.extend_from_slice(answer.expose().as_bytes());
    line.push(b'\n');
    input.write_all(&line).map_err(|_| broken())
}

/// The program, by its name or its path.
fn program() -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file());
    let hidden = SBIN.iter().map(|folder| Path::new(folder).join(PROGRAM));
    let mut hidden = hidden.filter(|program| !on_path && program.is_file());
    hidden.next().map_or_else(|| OsString::from(PROGRAM), OsString::from)
}

/// Why a program could not be started.
pub fn not_started(program: impl AsRef<OsStr>, error: &std::io::Error) -> Failure {
    let program = program.as_ref().to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound => Failure::local(
            "not_installed",
            format!("{program} is not installed."),
            format!("Install it: sudo apt-get install {program}"),
        ),
        kind => Failure::local(
            "not_started",
            format!("{program} cannot be started: {kind}."),
            "Make sure that you may run it.",
        ),
    }
}

fn called_off() -> Failure {
    Failure::refused("called_off", "The login was called off.", "Connect again.")
}

fn broken() -> Failure {
    Failure::local(
        "openconnect",
        "openconnect ended without a result.",
        "Run it by hand with --authenticate to see what is wrong.",
    )
}
