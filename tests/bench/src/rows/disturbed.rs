//! Time-based codes while others ask for counter-based ones: the disk must not be in their way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::micros;
use crate::Outcome;
use crate::contest::Contest;
use crate::load::target::Target;
use crate::load::{many, one};
use crate::report::{Goal, Report};
use crate::sample::{P50, P99, Sample};
use crate::site::Site;

const ROUNDS: usize = 9;
const TURN: Duration = Duration::from_millis(300);

/// Clients that ask for counter-based codes.
const CLIENTS: usize = 8;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agent = site.agent("disturbed")?;
    agent.pair_totp(["time".to_owned()])?;
    agent.pair_hotp(["counter".to_owned()])?;
    let (time, counter) = (agent.code("time")?, vec![agent.code("counter")?; CLIENTS]);
    let mut contest = Contest::of(ROUNDS);
    let alone = contest.enter(|| one::kept(&time, TURN));
    let disturbed = contest.enter(|| beside(&time, &counter));
    let results = contest.run()?;

    let (alone, disturbed) = (&results[alone], &results[disturbed]);
    for (what, figure, goal) in [
        (
            "time-based code while 8 clients ask for counter-based ones, p50",
            P50,
            Some(Goal::AtMost(4.0)),
        ),
        ("the same, p99", P99, None),
    ] {
        let reference = format!("undisturbed {}", micros(alone.median(figure)));
        report.compare(
            what,
            &micros(disturbed.median(figure)),
            &reference,
            disturbed.ratio(alone, figure),
            goal,
        );
    }
    agent.quit()
}

fn beside(time: &Target, counter: &[Target]) -> Outcome<Sample> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            many::until(counter, || over.load(Ordering::Relaxed)).map_err(|error| error.to_string())
        });
        let sample = one::kept(time, TURN);
        over.store(true, Ordering::Relaxed);
        others.join().map_err(|_| "the other clients failed")??;
        sample
    })
}
