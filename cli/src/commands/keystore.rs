//! `passcode keystore set`: moves the vault's key to another kind of key store.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use passcode_proto::SecretText;
use passcode_proto::request::KeystoreSet;

use super::Run;
use crate::asking::{self, AtTerminal};
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::Kind;
use crate::output::{self, Failure, Outcome};
use crate::terminal;

/// Choose where the vault's key is kept
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Keystore {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Move the vault's key to another key store; all keys are made anew
    ///
    /// keyring is the desktop's (Secret Service), passphrase a text that you type, credential one of systemd's, and
    /// file a file beside the vault, which protects against nobody who has a copy of both.
    ///
    /// A recovery code that was made before is void afterwards; pin change --recovery-code makes another.
    ///
    /// Standard input is read by lines in this order: passphrase, PIN.
    Set(Set),
}

#[derive(Debug, Args)]
struct Set {
    /// keyring, passphrase, credential or file
    #[arg(value_parser = PossibleValuesParser::new(KINDS), hide_possible_values = true)]
    kind: String,
    /// Read the PIN from standard input; asked for when one is set
    #[arg(long, value_name = "-", value_parser = given::parse)]
    pin: Option<Given>,
    /// Read the passphrase to be from standard input; asked for twice in a terminal
    #[arg(long, value_name = "-", value_parser = given::parse)]
    passphrase: Option<Given>,
    /// Do not ask before the key goes into a file
    #[arg(long)]
    yes: bool,
}

const KINDS: [&str; 4] = ["keyring", "passphrase", "credential", "file"];

const MOVED: &str = "\
The vault's key was moved, and all keys were made anew.
A recovery code that was made before is void now; make another with: passcode pin change --recovery-code";

const EXAMPLES: &str = "\
Examples:
  passcode keystore set keyring
  passcode keystore set passphrase                asks for it twice, hidden
  passcode keystore set passphrase --passphrase - --pin - < passphrase-and-pin.txt";

impl Run for Keystore {
    fn run(self, context: &Context) -> Outcome {
        let What::Set(Set { kind, pin, passphrase, yes }) = self.what;
        let takes_passphrase = kind == "passphrase";
        if passphrase.is_some() && !takes_passphrase {
            return Err(Failure::usage(
                "Only the key store passphrase takes a passphrase.",
                "Leave --passphrase out, or see: passcode keystore set --help",
            ));
        }
        let options = [(Kind::Passphrase, passphrase), (Kind::Pin, pin)];
        let ([passphrase, pin], _) = given::take(options, None)?;
        if kind == "file" && !yes {
            agree_to_file(context)?;
        }
        let passphrase = match takes_passphrase {
            true => Some(new_passphrase(passphrase, context)?),
            false => None,
        };
        context.agent()?.call_with_pin(pin, |pin| KeystoreSet {
            kind: kind.clone(),
            pin,
            passphrase: passphrase.clone(),
        })?;
        output::note(MOVED);
        Ok(())
    }
}

fn agree_to_file(context: &Context) -> Outcome {
    if !context.may_ask() {
        return Err(Failure::usage(
            "Nobody can be asked whether the vault's key may lie in a file beside the vault.",
            "Run it in a terminal, or with --yes.",
        ));
    }
    output::note(
        "Warning: whoever gets a copy of the key file and the vault can read all secrets.",
    );
    match terminal::confirm("Keep the vault's key in a file?")? {
        true => Ok(()),
        false => Err(Failure::local(
            "declined",
            "The key store was not changed.",
            "Answer y to keep the key in a file.",
        )),
    }
}

fn new_passphrase(given: Option<SecretText>, context: &Context) -> Result<SecretText, Failure> {
    let passphrase = match given {
        Some(passphrase) => passphrase,
        None if context.may_ask() => asking::new_passphrase(&mut AtTerminal)?,
        None => {
            return Err(Failure::usage(
                "No passphrase was given, and there is nobody to ask for it.",
                "Run it in a terminal, or write it to standard input: passcode keystore set passphrase --passphrase -",
            ));
        }
    };
    asking::check_passphrase(passphrase.expose())?;
    Ok(passphrase)
}
