//! `passcode status`: how the agent is. Never starts one.

use clap::Args;
use passcode_proto::reply::{LockState, StatusReport};
use passcode_proto::request;

use super::Run;
use crate::context::Context;
use crate::output::{self, Outcome};
use crate::text;

/// Tell how the agent is
///
/// Exits with 3 when no agent runs; it is not started for this.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  passcode status --json | jq -r .socket")]
pub struct Status {
    /// Print JSON: state, socket, pid, profiles, default, keystore, warnings and more
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
    rows.push(row(
        "Key store",
        report.keystore.clone().unwrap_or_else(|| "none chosen".to_owned()),
    ));
    rows.push(row("Agent", agent));
    rows.push(row(
        "Socket",
        format!("{}, {}", report.socket, text::count(report.connections, "connection")),
    ));
    rows.extend(report.warnings.iter().map(|warning| row("Warning", warning.clone())));
    text::table(&rows)
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
            keystore: Some("file".into()),
            connections: 1,
            seq: 3,
            warnings: vec!["The key lies beside the vault.".into()],
        };
        assert_eq!(
            in_lines(&report),
            [
                "Vault      open",
                "Profiles   2 profiles, default \"work\"",
                "Key store  file",
                "Agent      passcoded 0.1.0, process 4711, protocol 1",
                "Socket     /run/user/1000/passcode/agent.sock, 1 connection",
                "Warning    The key lies beside the vault.",
            ]
        );
    }
}
