//! Many kept connections at once: codes a second. 256 connections are all that the agent keeps.

use std::time::Duration;

use super::{PROFILE, PROFILES, per_second};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::many;
use crate::load::target::Target;
use crate::report::{Goal, Report};
use crate::sample::RATE;
use crate::site::Site;
use crate::site::agent::{Agent, names};

const ROUNDS: usize = 9;
const TURN: Duration = Duration::from_millis(300);

/// Numbers of connections, and the least share of the floor's rate that is wanted with them.
const COUNTS: [(usize, f64); 2] = [(64, 0.70), (256, 0.68)];

/// The least multiple of ssh-agent's rate that is wanted.
const AGAINST_SSH: f64 = 2.5;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agent = site.agent("many")?;
    agent.pair_totp(names(PROFILES))?;
    for (count, share) in COUNTS {
        with(count, share, &agent, site, report)?;
    }
    agent.quit()
}

fn with(count: usize, share: f64, agent: &Agent, site: &Site, report: &mut Report) -> Outcome<()> {
    let (_echo, echo_socket) = site.echo(&format!("many-echo-{count}"))?;
    let ssh = site.ssh(&format!("many-ssh-{count}"))?;
    let floor = vec![Target::echo(&echo_socket); count];
    let code = vec![agent.code(PROFILE)?; count];
    let ssh_list = ssh.as_ref().map(|ssh| vec![Target::ssh_list(&ssh.socket); count]);
    let mut contest = Contest::of(ROUNDS);
    let floor = contest.enter(move || many::kept(&floor, TURN));
    let code = contest.enter(move || many::kept(&code, TURN));
    let ssh_list = ssh_list.map(|list| contest.enter(move || many::kept(&list, TURN)));
    let results = contest.run()?;

    let what = format!("{count} kept connections, codes a second");
    let rate = per_second(results[code].median(RATE));
    let reference = format!("echo floor {}", per_second(results[floor].median(RATE)));
    report.compare(
        &what,
        &rate,
        &reference,
        results[code].ratio(&results[floor], RATE),
        Some(Goal::AtLeast(share)),
    );
    match ssh_list {
        None => report.lacks(&what, "ssh-agent"),
        Some(list) => {
            let reference = format!("ssh-agent list {}", per_second(results[list].median(RATE)));
            let ratio = results[code].ratio(&results[list], RATE);
            report.compare(&what, &rate, &reference, ratio, Some(Goal::AtLeast(AGAINST_SSH)));
        }
    }
    Ok(())
}
