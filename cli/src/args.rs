//! The command line as a whole: global options, the overview that `passcode --help` shows, and how it is read.
//! Each command's own arguments and help stand with the command, in [`crate::commands`].

use std::ffi::OsString;
use std::iter;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::commands::{self, Command};
use crate::context::Context;
use crate::usage::Answer;

/// One-time passcodes from the passcode agent
///
/// Pairs this computer with services by the keys that they show for an authenticator, and gives their one-time
/// passcodes (HOTP and TOTP, RFC 4226 and RFC 6238). The secrets are kept by the agent, passcoded, which is started
/// when it is needed; this program only asks it.
#[derive(Debug, Parser)]
#[command(name = "passcode", bin_name = "passcode", version, subcommand_required = true)]
#[command(subcommand_value_name = "COMMAND")]
#[command(arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub context: Context,
    #[command(subcommand)]
    pub command: Command,
}

/// Reads the command line; what cannot be run is answered with help, the version or a failure.
pub fn read(args: &[OsString]) -> Result<Cli, Answer> {
    if let Some(Ok(cli)) = lean(args).map(|command| parse(command, args)) {
        return Ok(cli);
    }
    parse(Cli::command(), args).map_err(|error| match is_help(&error) {
        true => Answer::Text(parse(dressed(), args).err().unwrap_or(error)),
        false => Answer::failure(&error, &named(args), args.iter().any(|arg| arg == "--json")),
    })
}

/// The command line with the one command that is named first, when one is. Making all of them takes longer than
/// getting a code.
fn lean(args: &[OsString]) -> Option<clap::Command> {
    let command = Command::alone(args.get(1)?.to_str()?)?;
    Some(
        Context::augment_args(clap::Command::new("passcode"))
            .subcommand_required(true)
            .subcommand(command),
    )
}

fn parse(command: clap::Command, args: &[OsString]) -> Result<Cli, clap::Error> {
    let mut matches = command.try_get_matches_from(args)?;
    Cli::from_arg_matches_mut(&mut matches)
}

fn is_help(error: &clap::Error) -> bool {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand | DisplayVersion)
}

/// `passcode` and the commands that follow it, as far as there are such.
fn named(args: &[OsString]) -> String {
    let root = Cli::command();
    let (mut command, mut named) = (&root, "passcode".to_owned());
    for word in args.iter().skip(1) {
        let Some(subcommand) = command.find_subcommand(word) else {
            break;
        };
        command = subcommand;
        named = format!("{named} {}", command.get_name());
    }
    named
}

/// The command line as its help shows it; made only when somebody looks at it.
fn dressed() -> clap::Command {
    let command = Cli::command();
    let overview = overview(&command);
    dress(command).help_template(format!(
        "One-time passcodes. Usage: passcode COMMAND [OPTION]…  More: COMMAND --help\n{overview}{OPTIONS}"
    ))
}

/// Puts what is told of a command above its options, in one compact layout for `-h` and `--help`.
fn dress(mut command: clap::Command) -> clap::Command {
    let subcommands: Vec<String> =
        command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
    for name in subcommands {
        command = command.mut_subcommand(name, dress);
    }
    let told = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    match told.split_once("\n\n") {
        Some((_, more)) => {
            command.long_about(None).before_help(more.to_owned()).help_template(WITH_MORE)
        }
        None => command.help_template(PLAIN),
    }
}

const PLAIN: &str = "{about}\n\n{usage-heading} {usage}\n\n{all-args}{after-help}";
const WITH_MORE: &str = "{about}\n\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

const OPTIONS: &str = "\
Options    --no-prompt  Never ask anything; fail instead; also --version, --help
PROFILE may be the beginning of a name, or issuer:account, when only one fits.";

/// Groups whose commands are told on one line, by their names: for other programs, and for the shell.
const BY_NAME: &[&str] = &["Logins", "Shell"];

/// The commands in their groups, a line each, or a line for all.
fn overview(command: &clap::Command) -> String {
    let line = |group: &str, name: &str| {
        let name = name.replace('_', "-");
        let about = command.find_subcommand(&name)?.get_about()?;
        Some(format!("{group:<10} {name:<12} {about}\n"))
    };
    let lines = |(group, names): &(&str, &[&str])| {
        if BY_NAME.contains(group) {
            return format!("{group:<10} {}\n", names.join(", ").replace('_', "-"));
        }
        let headings = iter::once(*group).chain(iter::repeat(""));
        names.iter().zip(headings).filter_map(|(name, group)| line(group, name)).collect::<String>()
    };
    commands::GROUPS.iter().map(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        dressed().debug_assert();
    }

    #[test]
    fn a_command_read_alone_is_read_as_among_all() {
        for line in [
            "get",
            "get work --fresh --min-valid 10 --wait 5",
            "type work --delay 1.5 --key-delay 20 --enter",
            "get --no-prompt --join {password},{code} vpn",
            "pair - --name work --counter 7 --digits 8 --algorithm sha256 --period 60 --no-code --json",
            "hotp set token 120",
            "agent stop",
            "list --json",
            "pin set --pin - --recovery-code",
            "unlock --passphrase - --recovery -",
            "keystore set file --yes --pin -",
        ] {
            let words = ["passcode"].into_iter().chain(line.split(' '));
            let args: Vec<OsString> = words.map(OsString::from).collect();
            let alone = parse(lean(&args).unwrap(), &args).unwrap();
            let among_all = parse(Cli::command(), &args).unwrap();
            assert_eq!(format!("{alone:?}"), format!("{among_all:?}"), "{line}");
        }
    }

    #[test]
    fn every_command_is_in_the_overview() {
        let overview = overview(&Cli::command());
        let is_by_name = |line: &&str| BY_NAME.iter().any(|group| line.starts_with(group));
        let by_name: Vec<&str> = overview.lines().filter(is_by_name).collect();
        for command in Cli::command().get_subcommands() {
            let about = command.get_about().unwrap().to_string();
            let line = format!(" {:<12} {about}\n", command.get_name());
            let mut names = by_name.iter().flat_map(|line| line.split([' ', ',']));
            assert!(
                overview.contains(&line) || names.any(|name| name == command.get_name()),
                "{about}"
            );
        }
    }

    #[test]
    fn the_overview_fits_one_screen() {
        let help = dressed().render_help().to_string();
        assert!(help.lines().count() <= 23, "{} lines", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}
