//! Which passcodes of a device are taken. Each works once: what was taken is never taken again, nor anything before it.
//! A counter may have run ahead, and a clock may be a step off. Too many wrong ones in a row block the device's
//! passcodes for a while.

use std::ops::Range;

use rusqlite::{Connection, Result};

use crate::crypto::otp;
use crate::crypto::vault::Vault;
use crate::limits::{
    BLOCKED_SECONDS, LOOK_AHEAD, PERIOD, RESYNC_LOOK_AHEAD, STEPS_ASIDE, WRONG_PASSCODES,
};
use crate::store::devices::{self, Device};

/// For what the vault seals seeds.
pub const SEEDS: &str = "seeds of devices";

/// What a passcode is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    /// Wrong, and the device's passcodes are blocked from now on.
    NowBlocked,
    /// Not even looked at.
    Blocked {
        seconds: i64,
    },
}

/// Says what a passcode is, and keeps what that changes.
pub fn check(
    db: &Connection,
    vault: &Vault,
    device: &mut Device,
    code: &str,
    now: i64,
) -> Result<Verdict> {
    if device.blocked_until > now {
        return Ok(Verdict::Blocked { seconds: device.blocked_until - now });
    }
    let verdict = match find(vault, device, candidates(device, now), &[code]) {
        Some(counter) => {
            device.next = counter + 1;
            device.wrong = 0;
            device.last_used = Some(now);
            Verdict::Right
        }
        None => note_wrong(device, now),
    };
    devices::keep_progress(db, device)?;
    Ok(verdict)
}

fn note_wrong(device: &mut Device, now: i64) -> Verdict {
    device.wrong += 1;
    if device.wrong < WRONG_PASSCODES {
        return Verdict::Wrong;
    }
    device.wrong = 0;
    device.blocked_until = now + BLOCKED_SECONDS;
    Verdict::NowBlocked
}

fn candidates(device: &Device, now: i64) -> Range<i64> {
    if !device.passcodes.is_timed {
        return device.next..device.next.saturating_add(LOOK_AHEAD);
    }
    let step = now / PERIOD;
    device.next.max(step - STEPS_ASIDE)..step + STEPS_ASIDE + 1
}

/// Finds the counter at which these passcodes begin to follow each other. Every candidate is looked at, so that the time
/// does not tell which one it was.
fn find(vault: &Vault, device: &Device, candidates: Range<i64>, codes: &[&str]) -> Option<i64> {
    let seed = vault.open_sealed(SEEDS, &device.id, &device.seed)?;
    let is_at = |counter: i64, code: &str| {
        let passcodes = device.passcodes;
        otp::same(&otp::passcode(passcodes.algorithm, &seed, counter, passcodes.digits), code)
    };
    let begins_at = |start: &i64| (*start..).zip(codes).all(|(counter, code)| is_at(counter, code));
    candidates.filter(begins_at).fold(None, |first, counter| first.or(Some(counter)))
}

/// Finds where a counter has run to by two successive passcodes, and keeps it: the next counter that is awaited.
pub fn resynchronise(
    db: &Connection,
    vault: &Vault,
    device: &mut Device,
    codes: [&str; 2],
) -> Result<Option<i64>> {
    if device.passcodes.is_timed {
        return Ok(None);
    }
    let ahead = device.next..device.next.saturating_add(RESYNC_LOOK_AHEAD);
    let Some(counter) = find(vault, device, ahead, &codes) else { return Ok(None) };
    device.next = counter + 2;
    device.wrong = 0;
    devices::keep_progress(db, device)?;
    Ok(Some(device.next))
}
