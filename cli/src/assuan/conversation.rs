//! The conversation of a pinentry with its client: greeting, settings, questions, farewell. Whom the answers come from is
//! behind [`Answers`]; lines come in and lines go out.
//!
//! Errors have the numbers that libgpg-error gives to pinentry: 83886179 is "operation cancelled".

use std::io::{self, Read, Write};

use passcode_proto::SecretText;
use zeroize::Zeroizing;

use super::asked::Asked;
use super::line::{self, LINE_BYTES, Line};
use super::lines::{Lines, Next};

/// How a question for a secret ends.
#[derive(Debug)]
pub enum Given {
    /// With the secret.
    Secret(SecretText),
    /// It is not ours; somebody else may answer.
    NotOurs,
    /// Not at all.
    Cancelled,
}

/// Who answers.
pub trait Answers {
    /// A password or a code, if that is what is asked for.
    fn secret(&mut self, asked: &Asked) -> Given;

    /// Another pinentry, which is told `settings` and asked `question`; what it says goes to `client`, and what that says in
    /// between comes from `lines`. `false` when there is none.
    fn elsewhere<R: Read>(
        &mut self,
        asked: &Asked,
        question: &Line,
        lines: &mut Lines<R>,
        client: &mut impl Write,
    ) -> io::Result<bool>;
}

const GREETING: &str = "OK Pleased to meet you, passcode at your service\n";
const OK: &str = "OK\n";
const CANCELLED: &str = "ERR 83886179 Operation cancelled <Pinentry>\n";
const UNKNOWN: &str = "ERR 83886355 Unknown IPC command <Pinentry>\n";
const TOO_LONG: &str = "ERR 83886343 Line too long <Pinentry>\n";
const NO_PARAMETER: &str = "ERR 83886360 IPC parameter error <Pinentry>\n";

/// Speaks with a client until it says BYE or goes.
pub fn hold(
    source: impl Read,
    client: &mut impl Write,
    answers: &mut impl Answers,
) -> io::Result<()> {
    let mut lines = Lines::new(source);
    let mut asked = Asked::default();
    say(client, GREETING)?;
    loop {
        let line = match lines.next(LINE_BYTES)? {
            Next::End => return Ok(()),
            Next::TooLong => {
                say(client, TOO_LONG)?;
                continue;
            }
            Next::Line(line) => line,
        };
        let Some(line) = Line::read(&line) else { continue };
        match line.command.as_str() {
            "BYE" => return say(client, "OK closing connection\n"),
            "RESET" => {
                asked.reset();
                say(client, OK)?;
            }
            "NOP" | "CLEARPASSPHRASE" => say(client, OK)?,
            "GETINFO" => say(client, &information(&line.argument))?,
            "GETPIN" => {
                get_pin(&asked, &line, &mut lines, client, answers)?;
                asked.answered();
            }
            "CONFIRM" | "MESSAGE" => hand_over(&asked, &line, &mut lines, client, answers)?,
            _ if asked.take(&line) => say(client, OK)?,
            _ => say(client, UNKNOWN)?,
        }
    }
}

fn get_pin<R: Read>(
    asked: &Asked,
    question: &Line,
    lines: &mut Lines<R>,
    client: &mut impl Write,
    answers: &mut impl Answers,
) -> io::Result<()> {
    let given = match asked.is_for_the_user() {
        true => Given::NotOurs,
        false => answers.secret(asked),
    };
    match given {
        Given::Secret(secret) => give(client, &secret),
        Given::Cancelled => say(client, CANCELLED),
        Given::NotOurs => hand_over(asked, question, lines, client, answers),
    }
}

fn hand_over<R: Read>(
    asked: &Asked,
    question: &Line,
    lines: &mut Lines<R>,
    client: &mut impl Write,
    answers: &mut impl Answers,
) -> io::Result<()> {
    match answers.elsewhere(asked, question, lines, client)? {
        true => client.flush(),
        false => say(client, CANCELLED),
    }
}

/// Data and OK in one write: some clients read no more than once.
fn give(client: &mut impl Write, secret: &SecretText) -> io::Result<()> {
    let room = line::data_bytes(secret.expose().len()) + OK.len();
    let mut answer = Zeroizing::new(String::with_capacity(room));
    line::write_data(secret.expose(), &mut answer);
    answer.push_str(OK);
    say(client, &answer)
}

fn say(client: &mut impl Write, text: &str) -> io::Result<()> {
    client.write_all(text.as_bytes())?;
    client.flush()
}

/// What gpg-agent wants to know of the pinentry that it has started.
fn information(what: &str) -> String {
    let told = match what {
        "version" => env!("CARGO_PKG_VERSION").to_owned(),
        "pid" => std::process::id().to_string(),
        "flavor" => "passcode".to_owned(),
        "ttyinfo" => "- - - - 0/0 -".to_owned(),
        _ => return NO_PARAMETER.to_owned(),
    };
    format!("D {told}\n{OK}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers questions that speak of a code, and is told of what went elsewhere.
    #[derive(Default)]
    struct Fake {
        other: bool,
        handed: Vec<String>,
    }

    impl Answers for Fake {
        fn secret(&mut self, asked: &Asked) -> Given {
            match asked.prompt.as_str() {
                "Code:" => Given::Secret(SecretText::new("75%24".into())),
                "Refused:" => Given::Cancelled,
                _ => Given::NotOurs,
            }
        }

        fn elsewhere<R: Read>(
            &mut self,
            asked: &Asked,
            question: &Line,
            _: &mut Lines<R>,
            client: &mut impl Write,
        ) -> io::Result<bool> {
            self.handed.extend(asked.settings().iter().chain([question]).map(Line::spelled));
            if self.other {
                client.write_all(b"D from the other\nOK\n")?;
            }
            Ok(self.other)
        }
    }

    fn said(lines: &str, fake: &mut Fake) -> Vec<String> {
        let mut out = Vec::new();
        hold(lines.as_bytes(), &mut out, fake).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert_eq!(said.lines().next().map(|line| format!("{line}\n")).as_deref(), Some(GREETING));
        said.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn a_code_is_given_as_data_when_a_code_is_asked_for() {
        let lines = "OPTION grab\nSETTITLE VPN\nSETDESC VPN\nSETPROMPT Code:\nGETPIN\nBYE\n";
        let said = said(lines, &mut Fake::default());
        assert_eq!(said, ["OK", "OK", "OK", "OK", "D 75%2524", "OK", "OK closing connection"]);
    }

    #[test]
    fn what_is_not_ours_goes_to_the_other_pinentry_with_all_that_was_set() {
        let mut fake = Fake { other: true, ..Fake::default() };
        let lines =
            "OPTION ttyname=/dev/pts/1\nSETPROMPT Passphrase:\nGETPIN\nCONFIRM --one-button\n";
        assert_eq!(
            said(lines, &mut fake)[2..],
            ["D from the other", "OK", "D from the other", "OK"]
        );
        let settings = ["OPTION ttyname=/dev/pts/1\n", "SETPROMPT Passphrase:\n"];
        let handed = |question| settings.into_iter().chain([question]).collect::<Vec<_>>();
        assert_eq!(fake.handed, [handed("GETPIN\n"), handed("CONFIRM --one-button\n")].concat());
    }

    #[test]
    fn without_another_pinentry_what_is_not_ours_is_cancelled() {
        let cancelled = CANCELLED.trim_end();
        for lines in ["SETPROMPT Passphrase:\nGETPIN\n", "SETPROMPT Refused:\nGETPIN\n"] {
            assert_eq!(said(lines, &mut Fake::default()), ["OK", cancelled], "{lines}");
        }
        assert_eq!(said("CONFIRM\nMESSAGE\n", &mut Fake::default()), [cancelled, cancelled]);
    }

    #[test]
    fn a_refused_question_goes_to_nobody() {
        let mut fake = Fake { other: true, ..Fake::default() };
        assert_eq!(said("SETPROMPT Refused:\nGETPIN\n", &mut fake)[1], CANCELLED.trim_end());
        assert!(fake.handed.is_empty());
    }

    #[test]
    fn information_unknown_commands_and_long_lines_are_answered() {
        let long = "A".repeat(LINE_BYTES + 1);
        let lines = format!("GETINFO flavor\nGETINFO colour\nDANCE\n{long}\n# no\n\nNOP\nRESET\n");
        let said = said(&lines, &mut Fake::default());
        let errors = [NO_PARAMETER, UNKNOWN, TOO_LONG].map(str::trim_end);
        assert_eq!(said[..2], ["D passcode", "OK"]);
        assert_eq!(said[2..5], errors);
        assert_eq!(said[5..], ["OK", "OK"]);
    }

    #[test]
    fn texts_of_before_a_reset_count_no_more() {
        let lines = "SETPROMPT Code:\nRESET\nGETPIN\n";
        assert_eq!(said(lines, &mut Fake::default())[2], CANCELLED.trim_end());
    }
}
