//! `passcode pair`: a new profile from the key that a service shows. The key comes by a hidden prompt, by standard
//! input, or, with a warning, as an argument.

use clap::Args;
use passcode_proto::profile::{Algorithm, Counter};
use passcode_proto::reply::{Paired, Validity};
use passcode_proto::{SecretText, request};

use super::Run;
use crate::context::Context;
use crate::input::{self, Kind};
use crate::output::{self, Failure, Outcome};
use crate::{terminal, text, values};

/// Add a profile by the key that a service shows
///
/// A key is an otpauth:// address (what the QR code holds), or the secret that the page shows beside it for people who
/// cannot scan: base32 in any spelling, or `hex:` and hexadecimal digits.
///
/// The first code is printed alone on standard output. Type it into the service's page to finish pairing there.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Pair {
    /// The pairing key; `-` reads it from standard input; asked for when left out
    #[arg(value_parser = values::secret)]
    key: Option<SecretText>,
    /// Name of the profile; made from the key when left out
    #[arg(long)]
    name: Option<String>,
    /// Counter-based (HOTP), beginning at N
    #[arg(long, value_name = "N", value_parser = values::counter, allow_negative_numbers = true)]
    counter: Option<Counter>,
    /// Digits of a code, 6 to 8, whatever the key says
    #[arg(long, value_name = "N", value_parser = values::digits, allow_negative_numbers = true)]
    digits: Option<u8>,
    /// SHA1, SHA256 or SHA512, whatever the key says
    #[arg(long, value_name = "A", value_parser = values::algorithm)]
    algorithm: Option<Algorithm>,
    /// Seconds that a code is valid, 1 to 86400, whatever the key says
    #[arg(long, value_name = "S", value_parser = values::period, allow_negative_numbers = true)]
    period: Option<u32>,
    /// Give no first code, so that no counter is spent
    #[arg(long)]
    no_code: bool,
    /// Print JSON: profile, first, warnings
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  passcode pair                                 asks for the key, hidden; paste it
  passcode pair --name work                     with a name of your own
  passcode pair - < key.txt                     from a file
  zbarimg -q --raw code.png | passcode pair -   from a picture of the QR code
  passcode pair - --counter 0 < key.txt         the bare secret of a HOTP token

A key as an argument stays in the shell's history and can be seen by other users while
the command runs; prefer the prompt or `-`.";

impl Run for Pair {
    fn json(&self) -> bool {
        self.json
    }

    fn run(mut self, context: &Context) -> Outcome {
        let key = key(self.key.take(), context)?;
        let paired = context.agent()?.call(request::Pair {
            key,
            name: self.name,
            counter: self.counter,
            digits: self.digits,
            algorithm: self.algorithm,
            period: self.period,
            no_code: self.no_code,
        })?;
        if self.json {
            return output::print_json(&paired);
        }
        output::note(&report(&paired));
        paired.first.map_or(Ok(()), |first| output::print_secret(&first.code))
    }
}

fn key(argument: Option<SecretText>, context: &Context) -> Result<SecretText, Failure> {
    let key = match argument {
        Some(key) if key.expose() != "-" => {
            output::note(
                "passcode: A key in the command line can be read in the shell's history and the process list; \
                 use `-` or the prompt.",
            );
            key
        }
        Some(_) if !terminal::can_ask() => input::line(Kind::Key)?,
        _ if context.may_ask() => ask()?,
        _ => return Err(nobody_to_ask()),
    };
    Kind::Key.check_length(key.expose().len())?;
    Ok(key)
}

fn ask() -> Result<SecretText, Failure> {
    let key = terminal::ask_hidden("Pairing key (not shown): ")?;
    match key.expose().trim().is_empty() {
        true => {
            Err(Failure::usage("No key was given.", "Paste the key that the service's page shows."))
        }
        false => Ok(key),
    }
}

fn nobody_to_ask() -> Failure {
    Failure::usage(
        "No key was given, and there is nobody to ask for it.",
        "Run it in a terminal, or write the key to its standard input: passcode pair - < FILE",
    )
}

/// What was paired, in words; the code itself goes elsewhere.
fn report(Paired { profile, first, warnings }: &Paired) -> String {
    let owner = match text::owner(profile) {
        owner if owner.is_empty() => owner,
        owner => format!(" for {owner}"),
    };
    let mut lines =
        vec![format!("Paired \"{}\"{owner} ({}).", profile.name, text::parameters(profile))];
    lines.extend(warnings.iter().map(|warning| format!("Warning: {warning}")));
    lines.extend(first.as_ref().map(|first| match first.validity {
        Validity::Time { seconds_left, .. } => {
            format!("Type this code into the service's page to finish; {seconds_left} s left:")
        }
        Validity::Count { .. } => "Type this code into the service's page to finish:".to_owned(),
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use passcode_proto::Label;
    use passcode_proto::profile::{CodeType, Profile, ProfileId};
    use passcode_proto::reply::Code;

    use super::*;

    fn paired(first: Option<Validity>) -> Paired {
        let label = |text| Label::new(text).unwrap();
        let profile = Profile {
            id: ProfileId(1),
            name: label("work"),
            issuer: label("ACME"),
            account: label("alice"),
            kind: CodeType::Totp,
            algorithm: Algorithm::Sha1,
            digits: 6,
            period: 30,
            weak: true,
        };
        let first = first.map(|validity| Code {
            profile: label("work"),
            code: SecretText::new("755224".into()),
            kind: CodeType::Totp,
            validity,
        });
        Paired { profile, first, warnings: vec!["The secret is short.".into()] }
    }

    #[test]
    fn the_report_says_what_was_paired_and_what_to_do_and_never_the_code() {
        let time = Validity::Time { valid_from: 0, valid_to: 30, seconds_left: 12 };
        assert_eq!(
            report(&paired(Some(time))),
            "Paired \"work\" for ACME: alice (TOTP, SHA1, 6 digits, every 30 s).\n\
             Warning: The secret is short.\n\
             Type this code into the service's page to finish; 12 s left:"
        );
        assert!(report(&paired(None)).ends_with("Warning: The secret is short."));
    }
}
