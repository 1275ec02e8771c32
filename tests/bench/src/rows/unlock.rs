//! From `unlock` to the first code. The key is in a file: there is no PIN and no key derivation yet.

use std::thread::sleep;
use std::time::{Duration, Instant};

use passcode_proto::client::Client;
use passcode_proto::request::{Lock, Unlock};

use super::{PROFILE, PROFILES, millis};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::target::wanted;
use crate::report::{Goal, Report};
use crate::sample::{P50, Sample};
use crate::site::Site;
use crate::site::agent::names;

const ROUNDS: usize = 31;

/// Users do not unlock in the instant in which they lock: the vault is closed by then.
const LOCKED_FOR: Duration = Duration::from_millis(30);

/// Milliseconds that may pass, beside the key derivation that does not exist yet.
const GOAL: f64 = 10.0;

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let agent = site.agent("unlock")?;
    agent.pair_totp(names(PROFILES))?;
    let mut client = agent.client()?;
    let mut contest = Contest::of(ROUNDS);
    let unlock = contest.enter(|| unlock(&mut client));
    let results = contest.run()?;

    let time = results[unlock].median(P50);
    let goal = Some((Goal::AtMost(GOAL), " ms"));
    report.tell(
        "unlock to first code, 100 profiles, `file` store",
        &millis(time),
        time / 1e3,
        goal,
    );
    agent.quit()
}

fn unlock(client: &mut Client) -> Outcome<Sample> {
    client.call(Lock {})?;
    sleep(LOCKED_FOR);
    let begin = Instant::now();
    client.call(Unlock {})?;
    client.call(wanted(PROFILE))?;
    Ok(Sample::once(begin.elapsed()))
}
