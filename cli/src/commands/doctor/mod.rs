//! `passcode doctor`: what the agent finds, and what only a client sees ([`here`]), each with what to do. Starts no
//! agent: that none runs is one of the findings.

mod here;

use clap::Args;
use passcode_proto::place::Place;
use passcode_proto::reply::{Finding, Findings, Verdict};

use super::Run;
use crate::context::Context;
use crate::output::{self, Failure, Outcome};
use crate::terminal::{self, Stream};
use crate::text;

/// Look for what is in the way, and say what to do
///
/// Looks at the agent, its socket, vault, key store, PIN and clock, and at the programs and variables that this
/// terminal has. A finding is as it should be, weak (it works, and protects less than it could), or bad (it does not work).
///
/// Exits with 1 when something is bad. No agent is started for this.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  passcode doctor --json | jq -r '.findings[] | select(.verdict == \"bad\")'"
)]
pub struct Doctor {
    /// Print JSON: findings, a list of about, verdict (good, weak, bad), message, hint
    #[arg(long)]
    json: bool,
}

impl Run for Doctor {
    fn json(&self) -> bool {
        self.json
    }

    fn run(self, _: &Context) -> Outcome {
        let findings = Findings { findings: here::findings(Place::find()) };
        match self.json {
            true => output::print_json(&findings)?,
            false => output::print(&in_lines(&findings.findings, &marks()).join("\n"))?,
        }
        match findings.findings.iter().any(|finding| finding.verdict == Verdict::Bad) {
            true => Err(Failure::told()),
            false => Ok(()),
        }
    }
}

/// What stands before a finding: good, weak, bad.
type Marks = [&'static str; 3];

const WORDS: Marks = ["ok", "weak", "BAD"];
const SIGNS: Marks = ["\x1b[32m✓\x1b[0m", "\x1b[33m!\x1b[0m", "\x1b[31m✗\x1b[0m"];

fn marks() -> Marks {
    match terminal::colour(Stream::Output) && terminal::shows_signs() {
        true => SIGNS,
        false => WORDS,
    }
}

fn in_lines(findings: &[Finding], marks: &Marks) -> Vec<String> {
    // Signs are one column wide, whatever their colours take in bytes.
    let wide = if marks == &WORDS { 4 } else { 1 };
    let about = findings.iter().map(|finding| text::width(&finding.about)).max().unwrap_or(0);
    let indent = " ".repeat(wide + about + 4);
    let lines = |finding: &Finding| {
        let mark = marks[finding.verdict as usize];
        let mark = if marks == &WORDS { text::pad(mark, wide) } else { mark.to_owned() };
        let first = format!("{mark}  {}  {}", text::pad(&finding.about, about), finding.message);
        let hint = Some(format!("{indent}{}", finding.hint)).filter(|_| !finding.hint.is_empty());
        [Some(first), hint].into_iter().flatten()
    };
    findings.iter().flat_map(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(about: &str, verdict: Verdict, message: &str, hint: &str) -> Finding {
        Finding { about: about.into(), verdict, message: message.into(), hint: hint.into() }
    }

    #[test]
    fn a_finding_is_a_line_with_its_mark_and_a_line_with_what_to_do() {
        let findings = [
            finding("Agent", Verdict::Good, "It answers.", ""),
            finding("Key store", Verdict::Weak, "\"file\".", "Move it."),
            finding("Clock", Verdict::Bad, "It is wrong.", "Set it."),
        ];
        assert_eq!(
            in_lines(&findings, &WORDS),
            [
                "ok    Agent      It answers.",
                "weak  Key store  \"file\".",
                "                 Move it.",
                "BAD   Clock      It is wrong.",
                "                 Set it.",
            ]
        );
        let signs = in_lines(&findings, &SIGNS);
        assert_eq!(signs[1], "\x1b[33m!\x1b[0m  Key store  \"file\".");
        assert_eq!(signs[2], "              Move it.");
    }
}
