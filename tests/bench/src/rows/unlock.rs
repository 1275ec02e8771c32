//! From `unlock` to the first code: of a vault without PIN, and of one with a PIN beside the key derivation alone.

use std::thread::sleep;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use passcode_proto::client::Client;
use passcode_proto::request::Lock;

use super::{PROFILE, PROFILES, millis};
use crate::Outcome;
use crate::contest::Contest;
use crate::load::target::wanted;
use crate::report::{Goal, Report};
use crate::sample::{P50, Sample};
use crate::site::Site;
use crate::site::agent::{names, unlock};

const ROUNDS: usize = 31;

/// Users do not unlock in the instant in which they lock: the vault is closed by then.
const LOCKED_FOR: Duration = Duration::from_millis(50);

/// Milliseconds that may pass beside the key derivation.
const GOAL: f64 = 10.0;

/// What a PIN's key costs: memory in KiB, and passes.
const COST: (u32, u32) = (64 * 1024, 3);

/// Measures.
pub fn measure(site: &Site, report: &mut Report) -> Outcome<()> {
    let (bare, with_pin) = (site.agent("unlock")?, site.agent("unlock-pin")?);
    bare.pair_totp(names(PROFILES))?;
    with_pin.pair_totp(names(PROFILES))?;
    with_pin.set_pin()?;
    let (mut client, mut pin_client) = (bare.client()?, with_pin.client()?);
    let mut contest = Contest::of(ROUNDS);
    let without = contest.enter(|| to_first_code(&mut client, false));
    let with = contest.enter(|| to_first_code(&mut pin_client, true));
    let derivation = contest.enter(derive);
    let results = contest.run()?;

    let goal = Some((Goal::AtMost(GOAL), " ms"));
    let time = results[without].median(P50);
    let what = "unlock to first code, 100 profiles, `file` store";
    report.tell(what, &millis(time), time / 1e3, goal);
    let (time, floor) = (results[with].median(P50), results[derivation].median(P50));
    let measured = format!("{} (the derivation alone: {})", millis(time), millis(floor));
    let what = "unlock with a PIN to first code, 100 profiles: beyond the derivation";
    report.tell(what, &measured, (time - floor) / 1e3, goal);
    bare.quit()?;
    with_pin.quit()
}

fn to_first_code(client: &mut Client, has_pin: bool) -> Outcome<Sample> {
    client.call(Lock {})?;
    sleep(LOCKED_FOR);
    let begin = Instant::now();
    client.call(unlock(has_pin))?;
    client.call(wanted(PROFILE))?;
    Ok(Sample::once(begin.elapsed()))
}

/// What the agent has to compute in any case.
fn derive() -> Outcome<Sample> {
    let params = Params::new(COST.0, COST.1, 1, None).map_err(|error| error.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = [0; 32];
    let begin = Instant::now();
    argon2
        .hash_password_into(b"2468", b"sixteen bytes ok", &mut key)
        .map_err(|error| error.to_string())?;
    Ok(Sample::once(begin.elapsed()))
}
