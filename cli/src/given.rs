//! Secrets that options name: `-` for a line of standard input, or the secret itself, with a warning.

use std::convert::Infallible;

use passcode_proto::SecretText;

use crate::input::{self, Kind};
use crate::output::{self, Failure};
use crate::terminal;

/// What an option says about its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It is a line of standard input, or asked for when that is a terminal.
    Input,
    /// It stands in the command line.
    Argument(SecretText),
}

/// Reads the value of an option.
pub fn parse(text: &str) -> Result<Given, Infallible> {
    Ok(match text {
        "-" => Given::Input,
        secret => Given::Argument(SecretText::new(secret.to_owned())),
    })
}

/// Warns of a secret in the command line, by its name.
pub fn warn_of_argument(name: &str) {
    output::note(&format!(
        "passcode: A {name} in the command line can be read in the shell's history and the process list; \
         use `-` or the prompt."
    ));
}

/// Takes the secrets of several options, whose lines of standard input have this order; what is none is to be asked
/// for. After the last line one of the kind `more` may follow.
pub fn take<const OPTIONS: usize>(
    options: [(Kind, Option<Given>); OPTIONS],
    more: Option<Kind>,
) -> Result<([Option<SecretText>; OPTIONS], Option<SecretText>), Failure> {
    let on_input = |given: &Option<Given>| *given == Some(Given::Input);
    let wanted: Vec<Kind> =
        options.iter().filter(|(_, given)| on_input(given)).map(|(kind, _)| *kind).collect();
    let mut lines = match wanted.is_empty() || terminal::can_ask() {
        true => Vec::new(),
        false => input::lines(&wanted, more)?,
    }
    .into_iter();
    let mut secrets = [const { None }; OPTIONS];
    let mut warned = false;
    for (secret, (kind, given)) in secrets.iter_mut().zip(options) {
        *secret = match given {
            None => None,
            Some(Given::Input) => lines.next(),
            Some(Given::Argument(argument)) => {
                if !std::mem::replace(&mut warned, true) {
                    warn_of_argument(kind.general_name());
                }
                kind.check_length(argument.expose().len())?;
                Some(argument)
            }
        };
    }
    Ok((secrets, lines.next()))
}
