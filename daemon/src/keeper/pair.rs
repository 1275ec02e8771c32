//! Pairing by a key that a service shows: reads the key, names the profile, computes the first code.

use std::time::Duration;

use passcode_proto::profile::{Counter, ProfileId};
use passcode_proto::reply::{Code, Paired, Validity};
use passcode_proto::request::Pair;
use passcode_proto::{Fault, FaultCode, Label};

use super::codes::{CLOCK_FLOOR, time_validity};
use crate::errand::container::{self, ContainerKey};
use crate::otp;
use crate::pairing::{self, KeyFault, OrganisationKey, Overrides, PairingKey};
use crate::ports::clock::Clock;
use crate::vault::Lock;
use crate::vault::edit::Draft;
use crate::vault::rows::{PairedOnline, StoredProfile};
use crate::vault::usage::Usage;

/// The organisation's key that `pair` brings, if it is one.
pub(super) fn organisation_key(pair: &Pair) -> Result<Option<OrganisationKey>, Fault> {
    pairing::organisation_key(pair.key.expose()).map_err(|fault| bad_key(&fault))
}

/// The container's key that `pair` brings, if it is one.
pub(super) fn container_key(pair: &Pair) -> Result<Option<ContainerKey>, Fault> {
    container::container_key(pair.key.expose())
        .map_err(|fault| Fault::because(FaultCode::BadKey, fault.to_string()).advise(fault.hint()))
}

/// The keys that `pair` brings.
pub(super) fn read(pair: &Pair) -> Result<Vec<Settled>, Fault> {
    let keys = pairing::read_all(pair.key.expose(), &overrides(pair));
    let keys = keys.map_err(|fault| bad_key(&fault))?;
    Ok(keys.into_iter().map(|key| (key, None)).collect())
}

/// A key that can be stored, with what it is to a service.
pub(super) type Settled = (PairingKey, Option<PairedOnline>);

/// Drafts the profiles of these keys, and the answer to give once they are stored. One profile gives its first code.
pub(super) fn add(
    draft: &mut Draft<'_>,
    pair: &Pair,
    keys: &[Settled],
    required: u8,
    clock: &dyn Clock,
    lock: &Lock,
) -> Result<(Vec<ProfileId>, Paired), Fault> {
    let asked = keys.iter().map(|(key, _)| key.pin_digits).max().unwrap_or_default();
    let pin_due = pin_due(lock, required.max(asked));
    let no_code = pair.no_code || pin_due.is_some() || keys.len() != 1;
    let (mut ids, mut profiles, mut first) = (Vec::new(), Vec::new(), None);
    for (key, paired) in keys {
        let name = name(draft, pair, key, keys.len())?;
        let stored = StoredProfile { paired: paired.clone(), ..stored(name, key) };
        let (code, usage) = first_code(key, &stored, no_code, clock.wall())?;
        let id = draft.add(&stored, &key.secret, usage)?;
        profiles.push(stored.profile(id));
        ids.push(id);
        first = code.map(Box::new);
    }
    let mut profiles = profiles.into_iter();
    let warnings = keys.iter().flat_map(|(key, _)| &key.warnings).map(ToString::to_string);
    let paired = Paired {
        profile: profiles.next(),
        others: profiles.collect(),
        first,
        pin_due,
        fingerprint: None,
        client_part: keys.iter().find_map(|(key, _)| key.client_part.clone()),
        warnings: warnings.collect(),
    };
    Ok((ids, paired))
}

/// The name that the user wants, with numbers when there are several profiles to be named, or one made from the key.
fn name(draft: &Draft<'_>, pair: &Pair, key: &PairingKey, count: usize) -> Result<Label, Fault> {
    match &pair.name {
        Some(wanted) if count > 1 => {
            let wanted = Label::new(wanted).map_err(|_| FaultCode::BadName)?;
            draft.name_for(None, &wanted, &key.account)
        }
        wanted => draft.name_for(wanted.as_deref(), &key.issuer, &key.account),
    }
}

/// A profile of this key that belongs to no service.
pub(super) fn stored(name: Label, key: &PairingKey) -> StoredProfile {
    StoredProfile {
        name,
        issuer: key.issuer.clone(),
        account: key.account.clone(),
        kind: key.parameters.kind(),
        algorithm: key.parameters.algorithm(),
        digits: key.parameters.digits(),
        period: key.parameters.period(),
        weak: otp::is_weak(&key.secret),
        pin: key.pin_digits,
        paired: None,
    }
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
