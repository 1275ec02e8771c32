//! What is said of a command line that cannot be run: help, the version, or what is wrong with it.
//!
//! The argument parser's own messages quote what was typed, which may be a pairing key in the wrong place; so only
//! its findings are used here, and put into words that name nothing but our own options.

use std::error::Error as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::Failure;

/// The answer to a command line that is not run.
#[derive(Debug)]
pub enum Answer {
    /// Help, or the version, as the parser words it.
    Text(clap::Error),
    /// What is wrong, and whether it is wanted as JSON.
    Failure(Failure, bool),
}

impl Answer {
    /// What is wrong with the arguments of `command`, such as `passcode get`.
    pub fn failure(error: &clap::Error, command: &str, json: bool) -> Self {
        Self::Failure(Failure::usage(message(error), hint(error, command)), json)
    }

    /// Writes the answer and gives the exit status.
    pub fn write(&self) -> ExitCode {
        match self {
            Self::Text(text) => {
                // The reader of a help text may go away in the middle of it.
                let _ = text.print();
                ExitCode::from(text.exit_code() as u8)
            }
            Self::Failure(failure, json) => failure.report(*json),
        }
    }
}

fn message(error: &clap::Error) -> String {
    let ours = ours(error);
    match error.kind() {
        ErrorKind::InvalidSubcommand => "There is no such command.".to_owned(),
        ErrorKind::MissingSubcommand => "The command is missing.".to_owned(),
        ErrorKind::UnknownArgument => unknown(error).to_owned(),
        ErrorKind::MissingRequiredArgument => format!("{ours} is missing."),
        ErrorKind::ArgumentConflict => format!("{ours} and {} do not go together.", rival(error)),
        ErrorKind::ValueValidation => match error.source() {
            Some(why) => format!("{ours} {why}."),
            None => format!("{ours} cannot have this value."),
        },
        ErrorKind::InvalidValue => match texts(error, ContextKind::ValidValue).as_slice() {
            [] => format!("{ours} lacks its value."),
            values => format!("{ours} takes one of: {}.", values.join(", ")),
        },
        ErrorKind::NoEquals | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{ours} lacks its value.")
        }
        ErrorKind::InvalidUtf8 => "An argument is not text in UTF-8.".to_owned(),
        _ => "The command line cannot be understood.".to_owned(),
    }
}

/// Only the first character of what was typed is looked at.
fn unknown(error: &clap::Error) -> &'static str {
    match texts(error, ContextKind::InvalidArg).iter().any(|typed| typed.starts_with('-')) {
        true => "There is no such option.",
        false => "There is an argument too many.",
    }
}

fn hint(error: &clap::Error, command: &str) -> String {
    let suggested = |kind| texts(error, kind).into_iter().next();
    if let Some(name) = suggested(ContextKind::SuggestedSubcommand) {
        return format!("Did you mean: {command} {name}");
    }
    if let Some(option) = suggested(ContextKind::SuggestedArg) {
        return format!("Did you mean {option}? See: {command} --help");
    }
    format!("See: {command} --help")
}

/// The option or argument that is at fault, by its name and without its value.
fn ours(error: &clap::Error) -> String {
    let names = texts(error, ContextKind::InvalidArg);
    let names: Vec<&str> = names.iter().map(|name| bare(name)).collect();
    match names.is_empty() {
        true => "An argument".to_owned(),
        false => names.join(" and "),
    }
}

fn rival(error: &clap::Error) -> String {
    let names = texts(error, ContextKind::PriorArg);
    names.first().map_or("another option", |name| bare(name)).to_owned()
}

/// `--digits` of `--digits <N>`, `PROFILE` of `<PROFILE>`.
fn bare(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name).trim_matches(['<', '>', '[', ']'])
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        _ => Vec::new(),
    }
}
