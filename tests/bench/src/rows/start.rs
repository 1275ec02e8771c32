//! From starting the agent to its first answer: with nothing paired, and with a vault that it opens first.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use passcode_proto::request::Status;
use passcode_proto::verb::Verb;

use super::{PROFILE, PROFILES, millis};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::target::{Target, wanted};
use crate::report::{Goal, Report};
use crate::sample::{P50, Sample};
use crate::site::agent::{Agent, names};
use crate::site::ssh::SshAgent;
use crate::site::{Site, program};

const ROUNDS: usize = 31;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let (empty, full) = (site.path("start-empty"), site.path("start-full"));
    let filled = Agent::start(&site.agent, &full)?;
    filled.pair_totp(names(PROFILES))?;
    filled.quit()?;
    let closed = site.path("start-locked");
    let locked = Agent::start(&site.agent, &closed)?;
    locked.pair_totp(names(PROFILES))?;
    locked.set_pin()?;
    locked.quit()?;
    let ssh = site.path("start-ssh");

    let mut contest = Contest::of(ROUNDS);
    let ssh = program::is_installed("ssh-agent").then(|| contest.enter(move || ssh_agent(&ssh)));
    let nothing = contest.enter(|| agent(&site.agent, &empty, Status {}));
    let status = contest.enter(|| agent(&site.agent, &full, Status {}));
    let code = contest.enter(|| agent(&site.agent, &full, wanted(PROFILE)));
    let pin = contest.enter(|| agent(&site.agent, &closed, Status {}));
    let results = contest.run()?;

    for (what, lane, goal) in [
        ("start to first answer, no vault", nothing, Some(Goal::AtMost(1.0))),
        ("start to first answer, 100 profiles", status, Some(Goal::AtMost(1.0))),
        ("start to first answer, locked by a PIN", pin, Some(Goal::AtMost(1.0))),
        ("start to first code, 100 profiles", code, None),
    ] {
        let measured = millis(results[lane].median(P50));
        match ssh {
            None => report.lacks(what, "ssh-agent"),
            Some(ssh) => {
                let reference =
                    format!("ssh-agent to first list {}", millis(results[ssh].median(P50)));
                report.compare(
                    what,
                    &measured,
                    &reference,
                    results[lane].ratio(&results[ssh], P50),
                    goal,
                );
            }
        }
    }
    Ok(())
}

fn agent<V: Verb>(program: &Path, home: &Path, first: V) -> Outcome<Sample> {
    let begin = Instant::now();
    let mut agent = Agent::spawn(program, home)?;
    agent.wait_until_up()?.call(first)?;
    let took = begin.elapsed();
    agent.quit()?;
    Ok(Sample::once(took))
}

fn ssh_agent(socket: &Path) -> Outcome<Sample> {
    let begin = Instant::now();
    let agent = SshAgent::spawn(socket)?;
    let mut stream = agent.program().wait_for(socket)?;
    let list = Target::ssh_list(socket);
    stream.write_all(&list.request)?;
    let mut answer = [0; 64];
    let count = stream.read(&mut answer)?;
    let took = begin.elapsed();
    match list.is_good(&answer[..count]) {
        true => Ok(Sample::once(took)),
        false => Err("ssh-agent refused".into()),
    }
}
