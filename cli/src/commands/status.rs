//! `passcode status`: how the agent is. Never starts one.

use clap::Args;
use passcode_proto::reply::{LockState, PinReport, StatusReport};
use passcode_proto::request;

use super::{Run, service};
use crate::context::Context;
use crate::output::{self, Outcome};
use crate::text;

/// Tell how the agent is
///
/// Exits with 3 when no agent runs; it is not started for this.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  passcode status --json | jq -r .socket")]
pub struct Status {
    /// Print JSON: state, socket, pid, profiles, default, keystore, pin, warnings and more
    #[arg(long)]
    json: bool,
}

impl Run for Status {
    fn json(&self) -> bool {
        self.json
    }

    fn run(self, context: &Context) -> Outcome {
        let report = context.running_agent()?.call(request::Status {})?;
        match self.json {
            true => output::print_json(&report),
            false => output::print(&in_lines(&report).join("\n")),
        }
    }
}

fn in_lines(report: &StatusReport) -> Vec<String> {
    let default =
        report.default.as_ref().map(|name| format!(", default \"{name}\"")).unwrap_or_default();
    let profiles =
        report.profiles.map(|number| format!("{}{default}", text::count(number, "profile")));
    let agent =
        format!("passcoded {}, process {}, protocol {}", report.agent, report.pid, report.protocol);
    let row = |name: &str, value: String| [name.to_owned(), value];
    let mut rows = vec![row("Vault", in_words(report.state).to_owned())];
    rows.extend(profiles.map(|profiles| row("Profiles", profiles)));
    rows.push(row("Key store", report.keystore.clone()));
    rows.push(row("PIN", pin_in_words(&report.pin)));
    rows.extend(report.locks_in.map(|seconds| row("Locks in", text::duration(seconds))));
    rows.push(row("Agent", agent));
    rows.push(row(
        "Socket",
        format!("{}, {}", report.socket, text::count(report.connections, "connection")),
    ));
    rows.extend(report.services.iter().map(|report| row("Service", service::in_words(report))));
    rows.extend(report.warnings.iter().map(|warning| row("Warning", warning.clone())));
    text::table(&rows)
}

fn pin_in_words(pin: &PinReport) -> String {
    let digits = |number: u8| format!("{number} digits");
    let required = digits(pin.required);
    match pin {
        PinReport { blocked_for: Some(seconds), .. } => {
            format!("no PIN is taken for {}", text::duration(*seconds))
        }
        PinReport { due: true, set: None, .. } => {
            format!("{required} are required; make one with: passcode pin set")
        }
        PinReport { due: true, set: Some(set), .. } if *set < pin.required => {
            format!(
                "{}, and {required} are required; change it with: passcode pin change",
                digits(*set)
            )
        }
        PinReport { due: true, .. } => {
            "a new one is due; make it with: passcode pin set".to_owned()
        }
        PinReport { set: None, .. } => "none".to_owned(),
        PinReport { set: Some(set), tries_left: Some(left @ (1 | 2)), .. } => {
            let tries = if *left == 1 { "1 try is" } else { "2 tries are" };
            format!("{}; {tries} left before a block", digits(*set))
        }
        PinReport { set: Some(set), .. } => digits(*set),
    }
}

fn in_words(state: LockState) -> &'static str {
    match state {
        LockState::Empty => "empty: nothing is paired yet",
        LockState::Locked => "locked",
        LockState::Opening => "being opened",
        LockState::Open => "open",
        LockState::Broken => "cannot be used",
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::Label;

    use super::*;

    #[test]
    fn status_reads_as_lines_of_name_and_value() {
        let report = StatusReport {
            state: LockState::Open,
            socket: "/run/user/1000/passcode/agent.sock".into(),
            pid: 4711,
            agent: "0.1.0".into(),
            protocol: 1,
            profiles: Some(2),
            default: Some(Label::new("work").unwrap()),
            keystore: "file".into(),
            pin: PinReport { set: Some(4), required: 4, ..PinReport::default() },
            passphrase: false,
            locks_in: Some(130),
            settings: Box::default(),
            prompter: None,
            connections: 1,
            seq: 3,
            services: Vec::new(),
            warnings: vec!["The key lies beside the vault.".into()],
        };
        assert_eq!(
            in_lines(&report),
            [
                "Vault      open",
                "Profiles   2 profiles, default \"work\"",
                "Key store  file",
                "PIN        4 digits",
                "Locks in   2 min 10 s",
                "Agent      passcoded 0.1.0, process 4711, protocol 1",
                "Socket     /run/user/1000/passcode/agent.sock, 1 connection",
                "Warning    The key lies beside the vault.",
            ]
        );
    }

    #[test]
    fn the_pin_is_told_with_what_there_is_to_do() {
        let none = PinReport::default();
        let due = PinReport { required: 6, due: true, ..none };
        for (report, words) in [
            (none, "none"),
            (due, "6 digits are required; make one with: passcode pin set"),
            (
                PinReport { set: Some(4), ..due },
                "4 digits, and 6 digits are required; change it with: passcode pin change",
            ),
            (PinReport { set: Some(6), ..due }, "a new one is due; make it with: passcode pin set"),
            (PinReport { set: Some(6), tries_left: Some(3), ..none }, "6 digits"),
            (
                PinReport { set: Some(4), tries_left: Some(1), ..none },
                "4 digits; 1 try is left before a block",
            ),
            (PinReport { set: Some(4), blocked_for: Some(95), ..none }, "no PIN is taken for 95 s"),
        ] {
            assert_eq!(pin_in_words(&report), words);
        }
    }
}
