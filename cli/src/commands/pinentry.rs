//! `passcode pinentry`: a pinentry that answers questions for passwords and codes by the agent, and leaves all others to
//! the user's own. Programs start it by the name of a program alone, so it is `passcode-pinentry` too.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::Args;
use passcode_proto::reply::Meant;
use passcode_proto::{FaultCode, SecretText};

use super::Run;
use crate::assuan::{self, Answers, Asked, Given, Line, Lines, elsewhere};
use crate::context::Context;
use crate::input;
use crate::logins::Login;
use crate::output::{self, Failure, Outcome};

/// Answer a program that asks by pinentry
///
/// Speaks pinentry's protocol (Assuan) on standard input and output. What a question asks for is known by its words and by
/// the rules that config.toml has under "prompt": for a code or a password, the agent gives it; a password only where
/// --profile or a rule says whose, or the program says that it is a VPN's. All other questions, GnuPG's for passphrases
/// among them, are put to another pinentry, which asks you.
///
/// After an answer that was refused, one more code is given and no more; another password is asked of you.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Pinentry {
    /// Whose code and password; a rule's or the default one when left out
    #[arg(long)]
    profile: Option<String>,
    /// The pinentry for all other questions [default: the first `pinentry` on the PATH that is not this program]
    #[arg(long, value_name = "PROGRAM")]
    fallback: Option<OsString>,
    /// What programs give their pinentry, and is not needed
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    ignored: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  sudo openfortivpn vpn.example.org --pinentry=passcode-pinentry-sudo
  printf 'SETPROMPT Verification code:\\nGETPIN\\n' | passcode pinentry --profile work

openfortivpn runs as root, and its pinentry has to run as you: docs/guides/fortinet.md has a script for it.";

impl Run for Pinentry {
    fn run(self, context: &Context) -> Outcome {
        let source = input::unbuffered_input().map_err(|_| broken())?;
        let mut answers = ByAgent {
            context,
            profile: self.profile,
            other: elsewhere::find(self.fallback.as_deref()),
            codes: 0,
        };
        match assuan::hold(source, &mut io::stdout().lock(), &mut answers) {
            // Who asked has gone.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(|_| broken()),
        }
    }
}

/// Answers by the agent and by another pinentry.
struct ByAgent<'a> {
    context: &'a Context,
    profile: Option<String>,
    other: Option<PathBuf>,
    /// How many codes this client was given: after the second it is told no more.
    codes: u32,
}

impl Answers for ByAgent<'_> {
    fn secret(&mut self, asked: &Asked) -> Given {
        match self.answer(asked) {
            Ok(given) => given,
            Err(failure) => {
                output::note(&format!("passcode: {}", failure.in_one_line()));
                Given::Cancelled
            }
        }
    }

    fn elsewhere<R: Read>(
        &mut self,
        asked: &Asked,
        question: &Line,
        lines: &mut Lines<R>,
        client: &mut impl Write,
    ) -> io::Result<bool> {
        match &self.other {
            Some(program) if !self.context.asks_nobody() => {
                elsewhere::ask(program, asked, question, lines, client)
            }
            _ => Ok(false),
        }
    }
}

impl ByAgent<'_> {
    fn answer(&mut self, asked: &Asked) -> Result<Given, Failure> {
        let mut login = self.login(asked);
        let is_again = !asked.error.is_empty();
        let (meant, is_named) = meant(&mut login, asked)?;
        match meant {
            Meant::Refuse => Err(forbidden()),
            Meant::User | Meant::Unknown => Ok(Given::NotOurs),
            // Any program may ask for some password; a stored one that was refused is not given twice.
            Meant::Password if is_again || !self.is_meant(asked, is_named) => Ok(Given::NotOurs),
            Meant::Password => password(&mut login),
            Meant::Code | Meant::PasswordAndCode if is_again && self.codes > 1 => Err(refused()),
            Meant::Code => self.counted(login.code()),
            Meant::PasswordAndCode => self.counted(login.joined(None)),
        }
    }

    fn login(&self, asked: &Asked) -> Login<'_> {
        match asked.fortinet() {
            Some(of) => Login::new(self.context, "openfortivpn", of.host, self.profile.clone()),
            None => Login::of_caller(self.context, self.profile.clone()),
        }
    }

    /// Whether the user has said whose password is meant, or the program says that it is a VPN's.
    fn is_meant(&self, asked: &Asked, is_named: bool) -> bool {
        is_named || self.profile.is_some() || asked.fortinet().is_some()
    }

    fn counted(&mut self, code: Result<SecretText, Failure>) -> Result<Given, Failure> {
        self.codes += 1;
        code.map(Given::Secret)
    }
}

/// What is asked for, as the first of the texts says that says something, and whether a rule names the profile for it.
fn meant(login: &mut Login<'_>, asked: &Asked) -> Result<(Meant, bool), Failure> {
    let is_code = asked.fortinet().is_some_and(|of| of.is_code);
    for text in asked.texts() {
        let meaning = login.meaning(text, is_code)?;
        if meaning.answer != Meant::Unknown {
            return Ok((meaning.answer, meaning.profile.is_some()));
        }
    }
    Ok((Meant::Unknown, false))
}

fn password(login: &mut Login<'_>) -> Result<Given, Failure> {
    match login.password() {
        Err(none) if none.is(FaultCode::NoPassword) => Ok(Given::NotOurs),
        other => other.map(Given::Secret),
    }
}

fn refused() -> Failure {
    Failure::refused(
        "codes_refused",
        "The program has been given two codes, and the server refused both.",
        "Make sure of the profile and of this computer's clock; a counter is mended by: passcode hotp resync PROFILE",
    )
}

fn forbidden() -> Failure {
    Failure::refused(
        "prompt_forbidden",
        "A rule in config.toml refuses to answer this prompt.",
        "See its [[prompt]] rules; passcode askpass --explain tells what a prompt is taken for.",
    )
}

fn broken() -> Failure {
    Failure::local(
        "pinentry",
        "The program that asks cannot be spoken with.",
        "Start this by the program that asks, with pipes for standard input and output.",
    )
}
