//! `passcode pair`: a new profile from the key that a service shows. The key comes by a hidden prompt, by standard
//! input, from a picture of its QR code, or, with a warning, as an argument. When a PIN is due, it is made before the first code is asked for.

use clap::Args;
use passcode_proto::profile::{Algorithm, Counter, Profile};
use passcode_proto::reply::{Code, Paired, Validity};
use passcode_proto::{Fault, FaultCode, SecretText, request};

use super::Run;
use super::pin::note_made;
use crate::context::Context;
use crate::given::{self, Given};
use crate::input::{self, Kind};
use crate::output::{self, Failure, Outcome};
use crate::scanning::Pictures;
use crate::unlocking::Agent;
use crate::{terminal, text, values};

/// Add a profile by the key that a service shows
///
/// A key is an otpauth:// address (what the QR code holds), or the secret that the page shows beside it for people who
/// cannot scan: base32 in any spelling, or `hex:` and hexadecimal digits. A key of 12 digits is an organisation's: its
/// service is asked for the secret. Which service that is says the key itself, --service, or the configuration.
///
/// A QR code is read from its picture, the clipboard or the screen. Those of Google Authenticator's export are taken
/// together, all parts of it.
///
/// The first code is printed alone on standard output. Type it into the service's page to finish pairing there.
///
/// Where the organisation asks for a PIN, that is made first. On standard input a second line may hold the PIN: it
/// opens a vault that asks for it, or becomes the new one. Without it the profile is stored all the same, no code is
/// given, and the exit status is 4; go on with: passcode pin set
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Pair {
    /// The pairing key; `-` reads it from standard input; asked for when left out
    #[arg(value_parser = values::secret)]
    key: Option<SecretText>,
    #[command(flatten)]
    pictures: Pictures,
    /// Name of the profile; made from the key when left out
    #[arg(long)]
    name: Option<String>,
    /// The organisation's service for a key of 12 digits, as its page shows it
    #[arg(long, value_name = "URL")]
    service: Option<String>,
    /// Read what the organisation asks for beside the key from standard input; asked for in a terminal
    #[arg(long, value_name = "-", value_parser = given::parse)]
    passphrase: Option<Given>,
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
    /// Print JSON: profile, first, pin_due, warnings
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  passcode pair                                 asks for the key, hidden; paste it
  passcode pair --name work                     with a name of your own
  passcode pair --service https://id.example.org    an organisation's key of 12 digits
  passcode pair - < key.txt                     from a file: the key, and the PIN below it
  passcode pair --screen                        from the QR code that a page shows
  passcode pair --qr code.png                   from a picture of it
  passcode pair --qr 1.png --qr 2.png           from the parts of Google Authenticator's export
  passcode pair - --counter 0 < key.txt         the bare secret of a HOTP token

A key as an argument stays in the shell's history and can be seen by other users while
the command runs; prefer the prompt or `-`.";

impl Run for Pair {
    fn json(&self) -> bool {
        self.json
    }

    fn run(mut self, context: &Context) -> Outcome {
        let Secrets { key, passphrase, pin } = self.secrets(context)?;
        let mut agent = context.agent()?;
        agent.offer(pin);
        let wanted = request::Pair {
            key,
            name: self.name,
            counter: self.counter,
            digits: self.digits,
            algorithm: self.algorithm,
            period: self.period,
            no_code: self.no_code,
            service: self.service,
            passphrase,
        };
        let mut paired = pair(&mut agent, wanted, context)?;
        if !self.json {
            output::note(&report(&paired));
        }
        if let Some(digits) = paired.pin_due.take() {
            // Whatever becomes of the PIN, the profile is there.
            let stored = |failure: Failure| failure.after("The profile is stored.");
            make_pin(&mut agent, digits, context).map_err(stored)?;
            if let Some(profile) =
                paired.profile.as_ref().filter(|_| !self.no_code && paired.others.is_empty())
            {
                paired.first =
                    Some(Box::new(first_code(&mut agent, profile, context).map_err(stored)?));
            }
        }
        if self.json {
            return output::print_json(&paired);
        }
        let Some(first) = paired.first else { return Ok(()) };
        output::note(&to_finish(&first));
        output::print_secret(&first.code)
    }
}

/// What comes with the command.
struct Secrets {
    key: SecretText,
    passphrase: Option<SecretText>,
    pin: Option<SecretText>,
}

impl Pair {
    fn secrets(&mut self, context: &Context) -> Result<Secrets, Failure> {
        let on_input = self.passphrase == Some(Given::Input);
        let given = match self.passphrase.take() {
            Some(Given::Argument(passphrase)) => {
                given::warn_of_argument("passphrase");
                Some(passphrase)
            }
            Some(Given::Input) | None => None,
        };
        if let Some(key) = self.pictures.key(context)? {
            return Ok(Secrets { key, passphrase: given, pin: None });
        }
        let alone = |key| Secrets { key, passphrase: None, pin: None };
        let secrets = match self.key.take() {
            Some(key) if key.expose() != "-" => {
                given::warn_of_argument("key");
                alone(key)
            }
            Some(_) if !terminal::can_ask() => read(on_input)?,
            _ if context.may_ask() => alone(ask()?),
            _ => return Err(nobody_to_ask()),
        };
        Kind::Key.check_length(secrets.key.expose().len())?;
        Ok(Secrets { passphrase: given.or(secrets.passphrase), ..secrets })
    }
}

/// Pairs; a passphrase that the organisation asks for is asked for here.
fn pair(agent: &mut Agent, wanted: request::Pair, context: &Context) -> Result<Paired, Failure> {
    match agent.call(wanted.clone()) {
        Err(failure) if failure.is(FaultCode::KeyPassphraseNeeded) && context.may_ask() => {
            output::note(failure.message());
            let passphrase = Some(terminal::ask_hidden("Passphrase: ")?);
            agent.call(request::Pair { passphrase, ..wanted })
        }
        paired => paired,
    }
}

/// Reads all from standard input: the key, the passphrase if it is `wanted` there, and a PIN that may follow. A key that
/// was broken into two lines is no key and a PIN.
fn read(wanted: bool) -> Result<Secrets, Failure> {
    let kinds = [Kind::Key, Kind::Passphrase];
    let kinds = &kinds[..if wanted { 2 } else { 1 }];
    let mut lines = input::lines(kinds, Some(Kind::Pin))?;
    let pin = (lines.len() > kinds.len()).then(|| lines.pop()).flatten();
    let passphrase = if wanted { lines.pop() } else { None };
    let is_number = |pin: &SecretText| pin.expose().bytes().all(|byte| byte.is_ascii_digit());
    match (lines.pop(), pin.as_ref().is_none_or(is_number)) {
        (Some(key), true) => Ok(Secrets { key, passphrase, pin }),
        _ => Err(input::extra(kinds)),
    }
}

/// Makes the PIN that is due: the one that was offered, or one that is asked for.
fn make_pin(agent: &mut Agent, digits: u8, context: &Context) -> Outcome {
    let pin = agent.take_offer();
    if pin.is_none() {
        let due = format!("A PIN of {digits} digits has to be made before codes are given.");
        if !context.may_ask() {
            let set = agent.status().ok().and_then(|status| status.pin.set);
            return Err(cannot_be_made(due, digits, set).into());
        }
        output::note(&due);
    }
    note_made(&agent.make_pin(pin, false)?);
    Ok(())
}

fn cannot_be_made(due: String, digits: u8, set: Option<u8>) -> Fault {
    let fault = Fault::because(FaultCode::PinDue, due);
    match set.is_some_and(|set| set < digits) {
        true => fault.advise("Make it with: passcode pin change"),
        false => fault,
    }
}

/// Asks for the code that was kept back until the PIN was made.
fn first_code(agent: &mut Agent, profile: &Profile, context: &Context) -> Result<Code, Failure> {
    agent.call(request::GetCode {
        profile: Some(profile.name.to_string()),
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt: context.keeps_agent_from_asking(),
        purpose: None,
    })
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
fn report(paired: &Paired) -> String {
    let mut lines: Vec<String> = paired.profile.iter().chain(&paired.others).map(one).collect();
    if lines.is_empty() {
        lines.push("Paired; the service has no passcodes for this computer yet.".to_owned());
    }
    let shown = paired.fingerprint.as_ref();
    lines.extend(shown.map(|text| format!("The page shows this computer's key as {text}.")));
    let part = paired.client_part.as_ref();
    lines.extend(part.map(|text| {
        format!(
            "Type this into the service's page, so that it makes the same secret: {}",
            text.expose()
        )
    }));
    lines.extend(paired.warnings.iter().map(|warning| format!("Warning: {warning}")));
    lines.join("\n")
}

fn one(profile: &Profile) -> String {
    let owner = match text::owner(profile) {
        owner if owner.is_empty() => owner,
        owner => format!(" for {owner}"),
    };
    format!("Paired \"{}\"{owner} ({}).", profile.name, text::parameters(profile))
}

/// What to do with the first code.
fn to_finish(first: &Code) -> String {
    match first.validity {
        Validity::Time { seconds_left, .. } => {
            format!("Type this code into the service's page to finish; {seconds_left} s left:")
        }
        Validity::Count { .. } => "Type this code into the service's page to finish:".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::Label;
    use passcode_proto::profile::{CodeType, ProfileId};

    use super::*;

    fn paired(validity: Validity) -> Paired {
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
            service: None,
            ended: false,
        };
        let first = Code {
            profile: label("work"),
            code: SecretText::new("755224".into()),
            kind: CodeType::Totp,
            validity,
        };
        let warnings = vec!["The secret is short.".into()];
        Paired {
            profile: Some(profile),
            others: Vec::new(),
            first: Some(Box::new(first)),
            pin_due: None,
            fingerprint: None,
            client_part: None,
            warnings,
        }
    }

    #[test]
    fn the_report_says_what_was_paired_and_what_to_do_and_never_the_code() {
        let time = Validity::Time { valid_from: 0, valid_to: 30, seconds_left: 12 };
        let paired = paired(time);
        assert_eq!(
            report(&paired),
            "Paired \"work\" for ACME: alice (TOTP, SHA1, 6 digits, every 30 s).\n\
             Warning: The secret is short."
        );
        assert_eq!(
            paired.first.as_deref().map(to_finish).as_deref(),
            Some("Type this code into the service's page to finish; 12 s left:")
        );
    }
}
