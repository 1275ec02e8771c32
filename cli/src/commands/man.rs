//! `passcode man`: the manual pages, made from the commands' own help, a page for each command.

mod general;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use super::Run;
use crate::args::Cli;
use crate::context::Context;
use crate::output::{self, Failure, Outcome};

/// Print the manual page, or write one for each command
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Man {
    /// Folder to write a page for each command into
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  passcode man | man -l -                    read it now
  passcode man ~/.local/share/man/man1       install the pages for yourself";

impl Run for Man {
    fn run(self, _: &Context) -> Outcome {
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        match self.folder {
            None => output::write_out(&page(&command).map_err(|_| unwritable())?),
            Some(folder) => write_pages(&command, &folder).map_err(|_| unwritable()),
        }
    }
}

fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{}.1", name(command))), page(command)?)?;
    command.get_subcommands().try_for_each(|subcommand| write_pages(subcommand, folder))
}

/// `passcode-hotp-show`
fn name(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of one command in roff.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let examples = command.get_after_help().map(ToString::to_string);
    let source = format!("passcode {}", env!("CARGO_PKG_VERSION"));
    let command = command.clone().subcommand_help_heading("COMMANDS");
    let command = command.mut_arg("help", |help| help.long_help("Print help"));
    // A blank for the date: an empty one would be lost, and with it the order of what follows.
    let page = Page::new(command.clone()).date(" ").source(source).manual("Passcode Agent");
    let mut out = Vec::new();
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut out)?;
    }
    examples.map_or(Ok(()), |examples| write_examples(&examples, &mut out))?;
    match name(&command) {
        "passcode" => general::sections().to_writer(&mut out)?,
        _ => see_also("passcode").to_writer(&mut out)?,
    }
    Ok(out)
}

fn see_also(page: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(page), roman("(1)")]);
    roff
}

/// The examples as they stand, and what is said below them as text.
fn write_examples(help: &str, out: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    let (examples, remark) = help.split_once("\n\n").unwrap_or((help, ""));
    roff.control("nf", []);
    for line in examples.lines().skip(1) {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    if !remark.is_empty() {
        roff.control("PP", []);
        roff.text([roman(remark)]);
    }
    roff.to_writer(out)
}

fn unwritable() -> Failure {
    Failure::local(
        "output",
        "The manual pages cannot be written.",
        "Name a folder that you can write.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_its_examples() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        write_pages(&command, folder.path()).unwrap();
        let get = fs::read_to_string(folder.path().join("passcode-get.1")).unwrap();
        assert!(get.contains(".SH EXAMPLES") && get.contains("\\-\\-min\\-valid"));
        assert!(folder.path().join("passcode-hotp-resync.1").exists());
    }
}
