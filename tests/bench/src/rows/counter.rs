//! Counter-based codes, each of which leaves the agent only when the next counter is on disk.

use std::time::Duration;

use super::{micros, per_second};
use crate::Outcome;
use crate::contest::Contest;
use crate::floor::durable::Durable;
use crate::load::{many, one};
use crate::report::{Goal, Report};
use crate::sample::{P50, RATE};
use crate::site::Site;
use crate::site::agent::names;

const ROUNDS: usize = 9;
const TURN: Duration = Duration::from_millis(300);

/// Clients at once.
const CLIENTS: usize = 64;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agent = site.agent("counter")?;
    agent.pair_hotp(names(CLIENTS))?;
    let one = agent.code("service 0")?;
    let same = vec![one.clone(); CLIENTS];
    let own = names(CLIENTS).map(|name| agent.code(&name)).collect::<Result<Vec<_>, _>>()?;
    let mut file = Durable::create(&agent.home().join("floor"))?;

    let mut contest = Contest::of(ROUNDS);
    let floor = contest.enter(move || file.turn(TURN));
    let alone = contest.enter(move || one::kept(&one, TURN));
    let same = contest.enter(move || many::kept(&same, TURN));
    let own = contest.enter(move || many::kept(&own, TURN));
    let results = contest.run()?;

    let floor = &results[floor];
    let one_write = format!("write + fdatasync {}", micros(floor.median(P50)));
    let alone = &results[alone];
    report.compare(
        "counter code, one client, p50",
        &micros(alone.median(P50)),
        &one_write,
        alone.ratio(floor, P50),
        Some(Goal::AtMost(2.5)),
    );
    let each_a_sync = format!("a sync for each {}", per_second(floor.median(RATE)));
    for (what, lane, goal) in [
        ("counter codes, 64 clients, one profile", same, Some(Goal::AtLeast(10.0))),
        ("counter codes, 64 clients, a profile each", own, None),
    ] {
        let series = &results[lane];
        report.compare(
            what,
            &per_second(series.median(RATE)),
            &each_a_sync,
            series.ratio(floor, RATE),
            goal,
        );
    }
    agent.quit()
}
