//! The terminal, if there is one: whether to colour, hidden prompts, and questions. Nothing is ever asked when
//! standard input is not a terminal or `--no-prompt` was given; the callers say then what to do instead.

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};

use passcode_proto::SecretText;

use crate::output::Failure;

/// A stream that text for people goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Whether text on `stream` may carry colour: on terminals that can show it, unless `NO_COLOR` or `CLICOLOR=0` says
/// otherwise.
pub fn colour(stream: Stream) -> bool {
    let terminal = match stream {
        Stream::Output => io::stdout().is_terminal(),
        Stream::Error => io::stderr().is_terminal(),
    };
    terminal && wants_colour(&|name| env::var(name).ok())
}

fn wants_colour(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let is = |name: &str, value: &str| variable(name).is_some_and(|set| set == value);
    let refused = variable("NO_COLOR").is_some_and(|set| !set.is_empty());
    !refused && !is("TERM", "dumb") && !is("CLICOLOR", "0")
}

/// Whether text may hold signs that are not ASCII, as the locale says.
pub fn shows_signs() -> bool {
    let set = |name: &&str| env::var(name).is_ok_and(|value| !value.is_empty());
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(set).and_then(|name| env::var(name).ok());
    let locale = locale.unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Whether somebody can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a text that is not shown while it is typed.
pub fn ask_hidden(prompt: &str) -> Result<SecretText, Failure> {
    rpassword::prompt_password(prompt).map(SecretText::new).map_err(|_| no_answer())
}

/// Asks a question that only `y` or `yes` answers with yes.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    let answer = ask_line(&format!("{question} [y/N] "))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Asks for a line of text.
pub fn ask_line(question: &str) -> Result<String, Failure> {
    let asked = io::stderr().write_all(question.as_bytes());
    let mut answer = String::new();
    asked.and_then(|()| io::stdin().lock().read_line(&mut answer)).map_err(|_| no_answer())?;
    Ok(answer)
}

fn no_answer() -> Failure {
    Failure::local("terminal", "The terminal cannot be asked.", "Try again in another terminal.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> bool {
        wants_colour(&|name| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_color_turns_colours_off_unless_it_is_empty() {
        assert!(with(&[]));
        assert!(with(&[("NO_COLOR", ""), ("TERM", "xterm")]));
        assert!(!with(&[("NO_COLOR", "1")]));
        assert!(!with(&[("NO_COLOR", "0")]));
        assert!(!with(&[("TERM", "dumb")]));
        assert!(!with(&[("CLICOLOR", "0")]));
    }
}
