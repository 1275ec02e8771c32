//! A code from the shell: the whole process, from its start to its end.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{PROFILE, PROFILES, millis};
use crate::Outcome;
use crate::contest::{Contest, Lane, Results};
use crate::report::{Goal, Report};
use crate::sample::{P50, Sample};
use crate::site::Site;
use crate::site::agent::{SECRET, names};
use crate::site::program::is_installed;

const ROUNDS: usize = 100;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agent = site.agent("command")?;
    agent.pair_totp(names(PROFILES))?;
    let ssh = site.ssh("command-ssh")?;
    let mut contest = Contest::of(ROUNDS);
    let get = contest.enter(|| time(&mut get(&site.command, agent.home(), PROFILE)));
    let ssh_add = ssh.as_ref().map(|ssh| {
        contest.enter(|| time(Command::new("ssh-add").arg("-l").env("SSH_AUTH_SOCK", &ssh.socket)))
    });
    let oathtool = is_installed("oathtool")
        .then(|| contest.enter(|| time(Command::new("oathtool").args(["--totp", "-b", SECRET]))));
    let results = contest.run()?;

    compare(report, &results, get, ssh_add, ("ssh-add", "ssh-add -l"), 0.5);
    compare(report, &results, get, oathtool, ("oathtool", "oathtool --totp"), 1.6);
    agent.quit()
}

fn compare(
    report: &mut Report,
    results: &Results,
    get: Lane,
    peer: Option<Lane>,
    (program, command): (&str, &str),
    most: f64,
) {
    let what = "`passcode get NAME`, whole process";
    let Some(peer) = peer else {
        return report.lacks(what, program);
    };
    let measured = millis(results[get].median(P50));
    let reference = format!("`{command}` {}", millis(results[peer].median(P50)));
    report.compare(
        what,
        &measured,
        &reference,
        results[get].ratio(&results[peer], P50),
        Some(Goal::AtMost(most)),
    );
}

/// `passcode get` for the agent in the folder `home`.
pub(super) fn get(program: &Path, home: &Path, profile: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["get", profile]).env("PASSCODE_HOME", home);
    command
}

/// Times one run of a command, which has to succeed.
pub(super) fn time(command: &mut Command) -> Outcome<Sample> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let status = command.status()?;
    let took = begin.elapsed();
    match status.success() {
        true => Ok(Sample::once(took)),
        false => Err(format!("{} failed", command.get_program().display()).into()),
    }
}
