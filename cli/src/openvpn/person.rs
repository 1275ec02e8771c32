//! The user at the terminal, for what no agent knows, and the terminal's modes, which are put back when the command ends
//! while it still asks.

use std::io;

use passcode_proto::SecretText;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::answering::Person;
use super::verdict;
use crate::context::Context;
use crate::logins::user;
use crate::output::Failure;
use crate::terminal;

const HINT: &str = "Run it in a terminal; a user name can be given with --user, a private key's password with \
                    OpenVPN's --askpass FILE.";

/// Whoever sits at the terminal, or can be asked by pinentry.
#[derive(Debug, Clone, Copy)]
pub struct AtTerminal<'a>(pub &'a Context);

impl Person for AtTerminal<'_> {
    fn secret(&mut self, what: &str, prompt: &str) -> Result<SecretText, Failure> {
        user::ask(self.0, prompt)?.ok_or_else(|| verdict::nobody(what, HINT))
    }

    fn line(&mut self, what: &str, prompt: &str) -> Result<String, Failure> {
        let typed = match self.0.may_ask() {
            true => terminal::ask_line(&format!("{}: ", prompt.trim_end_matches([':', ' '])))?,
            false => self.secret(what, prompt)?.expose().to_owned(),
        };
        match typed.trim_end_matches(['\r', '\n']) {
            "" => Err(verdict::nobody(what, HINT)),
            typed => Ok(typed.to_owned()),
        }
    }

    fn confirm(&mut self, _: &str, question: &str) -> Result<bool, Failure> {
        user::confirm(self.0, question)
    }
}

/// The terminal's modes as they are now, put back when this is dropped.
#[derive(Debug)]
pub struct Modes(Option<Termios>);

impl Modes {
    /// Notes the modes of the terminal that standard input is, if it is one.
    pub fn note() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        if let Some(modes) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
        }
    }
}
