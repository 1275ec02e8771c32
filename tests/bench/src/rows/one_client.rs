//! One client, both ends on one CPU: what a code costs on a connection that is kept, and with one of its own.

use std::time::Duration;

use super::{PROFILE, PROFILES, micros};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::one;
use crate::load::target::Target;
use crate::report::{Goal, Report};
use crate::sample::{P50, Sample};
use crate::site::Site;
use crate::site::agent::names;
use crate::site::cpu::OnOneCpu;

const ROUNDS: usize = 11;
const TURN: Duration = Duration::from_millis(200);

/// On a kept connection, in both spellings.
pub fn kept(site: &Site, report: &mut Report) -> Outcome<()> {
    let what = "code, kept connection, p50";
    measure(site, report, &Way { name: "kept", what, ask: one::kept, floor: 1.25, ssh: Some(0.65) })
}

/// With a connection for each code.
pub fn connecting(site: &Site, report: &mut Report) -> Outcome<()> {
    let what = "connect + code + close, p50";
    measure(
        site,
        report,
        &Way { name: "connecting", what, ask: one::connecting, floor: 1.45, ssh: None },
    )
}

/// A way to ask, and the goals for it.
struct Way {
    name: &'static str,
    what: &'static str,
    ask: fn(&Target, Duration) -> Outcome<Sample>,
    floor: f64,
    ssh: Option<f64>,
}

fn measure(site: &Site, report: &mut Report, way: &Way) -> Outcome<()> {
    let agent = site.agent(way.name)?;
    agent.pair_totp(names(PROFILES))?;
    let (echo, echo_socket) = site.echo(&format!("{}-echo", way.name))?;
    let ssh = site.ssh(&format!("{}-ssh", way.name))?;
    let processes = [agent.id(), echo.id()].into_iter().chain(ssh.as_ref().map(|ssh| ssh.id()));
    let pinned = OnOneCpu::put(processes)?;

    let (floor, code) = (Target::echo(&echo_socket), agent.code(PROFILE)?);
    let json = agent.code_in_json(PROFILE);
    let ssh_list = ssh.as_ref().map(|ssh| Target::ssh_list(&ssh.socket));
    let mut contest = Contest::of(ROUNDS);
    let floor = contest.enter(move || (way.ask)(&floor, TURN));
    let code = contest.enter(move || (way.ask)(&code, TURN));
    let json = contest.enter(move || (way.ask)(&json, TURN));
    let ssh_list = ssh_list.map(|list| contest.enter(move || (way.ask)(&list, TURN)));
    let results = contest.run()?;
    drop(pinned);

    let against_floor =
        |lane| (results[lane].median(P50), results[lane].ratio(&results[floor], P50));
    let reference = format!("echo floor {}", micros(results[floor].median(P50)));
    let (time, ratio) = against_floor(code);
    report.compare(way.what, &micros(time), &reference, ratio, Some(Goal::AtMost(way.floor)));
    let (json_time, json_ratio) = against_floor(json);
    report.compare(
        &format!("{}, in JSON", way.what),
        &micros(json_time),
        &reference,
        json_ratio,
        None,
    );
    match ssh_list {
        None => report.lacks(way.what, "ssh-agent"),
        Some(list) => {
            let reference = format!("ssh-agent list {}", micros(results[list].median(P50)));
            let ratio = results[code].ratio(&results[list], P50);
            report.compare(way.what, &micros(time), &reference, ratio, way.ssh.map(Goal::AtMost));
        }
    }
    agent.quit()
}
