//! Asking the user what neither the agent nor a rule can answer: in this terminal, else by pinentry. Nobody is asked
//! under `--no-prompt`.

use passcode_proto::SecretText;

use super::pinentry::{self, Question};
use crate::context::Context;
use crate::output::Failure;
use crate::terminal;
use crate::text;

/// Asks for a text that is not shown; none when nobody can be asked, or nobody answers.
pub fn ask(context: &Context, what: &str) -> Result<Option<SecretText>, Failure> {
    let what = text::printable(what);
    let what = what.trim().trim_end_matches(':');
    if context.may_ask() {
        let typed = terminal::ask_hidden(&format!("{what} (not shown): "))?;
        return Ok(Some(typed).filter(|typed| !typed.expose().is_empty()));
    }
    match context.asks_nobody() {
        true => Ok(None),
        false => Ok(pinentry::ask(&Question { title: what, prompt: "Answer:" })),
    }
}

/// Asks whether the user agrees; false when nobody can be asked.
pub fn confirm(context: &Context, what: &str) -> Result<bool, Failure> {
    let what = text::printable(what);
    if context.may_ask() {
        return terminal::confirm(what.trim());
    }
    Ok(!context.asks_nobody() && pinentry::confirm(what.trim()))
}
