//! Pairing by a key that a service shows: reads the key, names the profile, computes the first code.

use std::time::Duration;

use passcode_proto::profile::Counter;
use passcode_proto::reply::{Code, Paired, Validity};
use passcode_proto::request::Pair;
use passcode_proto::{Answer, Fault, FaultCode};

use super::codes::{CLOCK_FLOOR, time_validity};
use crate::otp;
use crate::pairing::{self, KeyFault, Overrides, PairingKey};
use crate::ports::clock::Clock;
use crate::vault::edit::Edit;
use crate::vault::rows::StoredProfile;
use crate::vault::usage::Usage;
use crate::vault::{Lock, OpenVault};

/// Prepares the profile that `pair` asks for, and the answer to give once it is stored.
pub(super) fn prepare(
    vault: &OpenVault,
    pair: &Pair,
    required: u8,
    clock: &dyn Clock,
) -> Result<(Edit, Answer), Fault> {
    let key =
        pairing::read(pair.key.expose(), &overrides(pair)).map_err(|fault| bad_key(&fault))?;
    let name = vault.name_for(pair.name.as_deref(), &key.issuer, &key.account)?;
    let stored = StoredProfile {
        name,
        issuer: key.issuer.clone(),
        account: key.account.clone(),
        kind: key.parameters.kind(),
        algorithm: key.parameters.algorithm(),
        digits: key.parameters.digits(),
        period: key.parameters.period(),
        weak: otp::is_weak(&key.secret),
        pin: key.pin_digits,
    };
    let pin_due = pin_due(&vault.lock, required.max(key.pin_digits));
    let no_code = pair.no_code || pin_due.is_some();
    let (first, usage) = first_code(&key, &stored, no_code, clock.wall())?;
    let edit = vault.add(&stored, &key.secret, usage)?;
    let warnings = key.warnings.iter().map(ToString::to_string).collect();
    let profile = stored.profile(edit.subject);
    Ok((edit, Answer::Pair(Paired { profile, first, pin_due, warnings })))
}

/// Digits of a PIN that has to be made before codes are given, where so many are required.
pub(super) fn pin_due(lock: &Lock, required: u8) -> Option<u8> {
    let set = lock.guard.pin.as_ref().map_or(0, |pin| pin.digits);
    match lock.recovering {
        true => Some(required.max(4)),
        false => (set < required).then_some(required),
    }
}

fn overrides(pair: &Pair) -> Overrides {
    Overrides {
        counter: pair.counter.map(|Counter(counter)| counter),
        digits: pair.digits,
        algorithm: pair.algorithm,
        period: pair.period,
    }
}

/// The first code, unless none is wanted, and the use that the profile begins with.
fn first_code(
    key: &PairingKey,
    stored: &StoredProfile,
    no_code: bool,
    now: Duration,
) -> Result<(Option<Code>, Usage), Fault> {
    let step = key.parameters.step_at(now.as_secs());
    let counter_based = step.is_none();
    let factor = step.as_ref().map_or(key.counter, |step| step.number);
    let usage = match (counter_based, no_code) {
        (true, true) => Usage::counter(key.counter),
        (true, false) => Usage::counter(key.counter.checked_add(1).ok_or(FaultCode::CounterEnd)?),
        (false, true) => Usage::step(None),
        (false, false) if now < CLOCK_FLOOR => return Err(FaultCode::ClockWrong.into()),
        (false, false) => Usage::step(Some(factor)),
    };
    let validity = match &step {
        Some(step) => time_validity(step, now.as_secs()),
        None => Validity::Count { counter: Counter(factor) },
    };
    let first = (!no_code).then(|| Code {
        profile: stored.name.clone(),
        code: key.parameters.code(&key.secret, factor),
        kind: stored.kind,
        validity,
    });
    Ok((first, usage))
}

fn bad_key(fault: &KeyFault) -> Fault {
    Fault::because(FaultCode::BadKey, fault.message()).advise(fault.hint())
}
