//! A vault of ten thousand profiles beside one of ten.

use std::time::Duration;

use super::command::{get, time};
use super::{micros, millis};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::one;
use crate::report::{Goal, Report};
use crate::sample::P50;
use crate::site::Site;
use crate::site::agent::{Agent, names};
use crate::site::cpu::OnOneCpu;

const FEW: usize = 10;
const MANY: usize = 10_000;

const ROUNDS: usize = 11;
const TURN: Duration = Duration::from_millis(200);
const COMMAND_ROUNDS: usize = 60;

/// A profile that both have; one whose name has to be found by its beginning, and its beginning.
const BOTH: &str = "service 5";
const ODD: &str = "zebra crossing";
const ODD_BEGINNING: &str = "zeb";

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let (few, many) = (site.agent("few")?, site.agent("many-profiles")?);
    few.pair_totp(names(FEW))?;
    many.pair_totp(names(MANY - 1).chain([ODD.to_owned()]))?;
    code(&few, &many, report)?;
    command(site, &few, &many, report)?;
    few.quit()?;
    many.quit()
}

fn code(few: &Agent, many: &Agent, report: &mut Report) -> Outcome<()> {
    let _pinned = OnOneCpu::put([few.id(), many.id()])?;
    let targets = [few.code(BOTH)?, many.code(BOTH)?, many.code(ODD_BEGINNING)?];
    let mut contest = Contest::of(ROUNDS);
    let [few, many, search] = targets.map(|target| contest.enter(move || one::kept(&target, TURN)));
    let results = contest.run()?;

    let reference = format!("10 profiles {}", micros(results[few].median(P50)));
    let ratio = results[many].ratio(&results[few], P50);
    report.compare(
        "code, 10,000 profiles, p50",
        &micros(results[many].median(P50)),
        &reference,
        ratio,
        Some(Goal::AtMost(1.1)),
    );
    let time = results[search].median(P50);
    let goal = Some((Goal::AtMost(1.0), " ms"));
    report.tell(
        "code by the beginning of a name, 10,000 profiles",
        &millis(time),
        time / 1e3,
        goal,
    );
    Ok(())
}

fn command(site: &Site, few: &Agent, many: &Agent, report: &mut Report) -> Outcome<()> {
    let mut contest = Contest::of(COMMAND_ROUNDS);
    let [few, many] = [few, many]
        .map(|agent| contest.enter(|| time(&mut get(&site.command, agent.home(), BOTH))));
    let results = contest.run()?;

    let reference = format!("10 profiles {}", millis(results[few].median(P50)));
    let ratio = results[many].ratio(&results[few], P50);
    let measured = millis(results[many].median(P50));
    report.compare(
        "`passcode get NAME`, 10,000 profiles",
        &measured,
        &reference,
        ratio,
        Some(Goal::AtMost(1.1)),
    );
    Ok(())
}
