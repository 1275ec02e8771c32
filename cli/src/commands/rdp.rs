//! `passcode rdp`: a remote desktop by FreeRDP, whose one password field takes password and code. FreeRDP 2 and 3 read it
//! from standard input alike.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clap::Args;
use passcode_proto::SecretText;
use passcode_proto::join::Template;
use zeroize::Zeroizing;

use super::Run;
use crate::context::Context;
use crate::input::{self, Kind};
use crate::logins::Login;
use crate::openconnect::{not_started, server};
use crate::output::{Failure, Outcome};
use crate::{terminal, values};

/// Connect to a remote desktop by FreeRDP
///
/// Starts FreeRDP and gives it password and code in one, as servers take them that have a single field (xrdp with PAM, an
/// RD Gateway with RADIUS). All options but the ones below are FreeRDP's own. The password is the one that is stored with
/// the profile, else asked for; it is read from standard input when that is not a terminal and holds a line.
///
/// For a logon screen that asks for the code later, in the remote window: passcode type.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Rdp {
    /// Whose code and password; a rule's or the default one when left out
    #[arg(long)]
    profile: Option<String>,
    /// How they are joined; as stored with the password when left out, else '{password}{code}'
    #[arg(long, value_name = "TEMPLATE", value_parser = values::template)]
    join: Option<Template>,
    /// The program; the first of xfreerdp3, sdl-freerdp3, wlfreerdp3, xfreerdp, wlfreerdp that is there when left out
    #[arg(long, value_name = "PROGRAM")]
    client: Option<PathBuf>,
    /// FreeRDP's options, such as /v:HOST /u:USER
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  passcode rdp /v:desk.example.org /u:alice
  passcode rdp --profile work /v:desk.example.org /u:alice /size:1600x1000
  passcode rdp --join '{code}' /v:desk.example.org /u:alice

Exit status 5: the server refused the login.";

/// FreeRDP's programs, the best first.
const CLIENTS: &[&str] = &["xfreerdp3", "sdl-freerdp3", "wlfreerdp3", "xfreerdp", "wlfreerdp"];

/// FreeRDP's exit statuses of sessions that came about: ended, logged off, or ended by the user.
const ENDED: &[i32] = &[0, 1, 2, 11, 12];

/// Those of logins that were refused: authentication and logon failure, a locked account.
const REFUSED: &[i32] = &[132, 134, 135];

impl Run for Rdp {
    fn run(self, context: &Context) -> Outcome {
        if !names_user(&self.options) {
            return Err(Failure::usage(
                "No user was named.",
                "Name the user as FreeRDP has it: /u:alice",
            ));
        }
        let program = self.program()?;
        let host = value_of(&self.options, "v").map(|server| server::host(server.as_ref()));
        let mut login = Login::new(context, "freerdp", host.as_deref(), self.profile.clone());
        login.meaning("Password: ", false)?;
        if !terminal::can_ask()
            && let Some(password) = input::lines(&[], Some(Kind::Password))?.pop()
        {
            login = login.with_password(password);
        }
        let mut command = Command::new(&program);
        // Joined before FreeRDP is there: it would run into its own deadline while a code is waited for.
        let answer = login.joined(self.join.as_ref())?;
        command.args(&self.options).arg("/from-stdin:force").stdin(Stdio::piped());
        let child = command.spawn().map_err(|error| not_started(&program, &error))?;
        watch(child, &answer)
    }
}

/// Gives the answer, and waits for the end of the session.
fn watch(mut child: Child, answer: &SecretText) -> Outcome {
    // Open to the end: FreeRDP takes its end for an answer to what it may ask later.
    let mut input = child.stdin.take();
    if let Some(input) = &mut input {
        let line = Zeroizing::new(format!("{}\n", answer.expose()));
        let _ = input.write_all(line.as_bytes());
    }
    let status = child.wait().map_err(|_| ended(None))?;
    drop(input);
    match status.code() {
        Some(code) if ENDED.contains(&code) => Ok(()),
        Some(code) if REFUSED.contains(&code) => Err(Failure::refused(
            "login_refused",
            "The server refused the login. That code is not given again.",
            "Make sure of the user's name, the password, the template (--join) and the profile.",
        )),
        code => Err(ended(code)),
    }
}

fn ended(code: Option<i32>) -> Failure {
    let how = code.map_or("by a signal".to_owned(), |code| format!("with status {code}"));
    Failure::local("freerdp", format!("FreeRDP ended {how}."), "Its own words are above.")
}

impl Rdp {
    /// Looked for before a code is spent.
    fn program(&self) -> Result<PathBuf, Failure> {
        let found = match &self.client {
            Some(client) => find(client),
            None => CLIENTS.iter().find_map(|name| find(Path::new(name))),
        };
        found.ok_or_else(|| {
            Failure::local(
                "not_installed",
                "FreeRDP is not installed.",
                "Install it: sudo apt-get install freerdp3-x11 (or freerdp2-x11)",
            )
        })
    }
}

/// The program of this name on the path, or at this place.
fn find(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return Some(name.to_owned()).filter(|place| place.is_file());
    }
    let named = format!("{}{}", name.display(), env::consts::EXE_SUFFIX);
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).map(|folder| folder.join(&named)).find(|place| place.is_file())
}

/// Whether the user's name stands there; without it FreeRDP would take the answer for the name.
fn names_user(options: &[OsString]) -> bool {
    let is_file = |option: &OsString| option.to_string_lossy().to_lowercase().ends_with(".rdp");
    value_of(options, "u").is_some() || options.iter().any(is_file)
}

/// The value of an option in one of FreeRDP's spellings: `/u:alice`, `-u:alice`, `--u:alice`, `-u alice`.
fn value_of(options: &[OsString], name: &str) -> Option<String> {
    let texts: Vec<_> = options.iter().map(|option| OsStr::to_string_lossy(option)).collect();
    let mut rest = texts.iter();
    while let Some(text) = rest.next() {
        let option = text.trim_start_matches(['/', '-']);
        match option.split_once(':') {
            _ if option.len() == text.len() => {}
            Some((found, value)) if found == name => return Some(value.to_owned()),
            None if option == name => return rest.next().map(|value| value.to_string()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(options: &[&str], name: &str) -> Option<String> {
        value_of(&options.iter().map(OsString::from).collect::<Vec<_>>(), name)
    }

    #[test]
    fn user_and_host_are_found_in_every_spelling_of_freerdp() {
        for options in [
            ["/v:desk:3390", "/u:alice"].as_slice(),
            &["--v:desk:3390", "-u:alice"],
            &["-v", "desk:3390", "-u", "alice"],
        ] {
            assert_eq!(value(options, "u").as_deref(), Some("alice"));
            assert_eq!(value(options, "v").as_deref(), Some("desk:3390"));
        }
        assert_eq!(value(&["u:alice", "/vmconnect:x"], "u"), None);
    }
}
