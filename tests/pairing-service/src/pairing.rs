//! Pairing from the organisation's side: a key is made for a user, the first device that brings it gets a seed, and the
//! device's first passcode, typed into the page, ends it.

use std::net::IpAddr;

use data_encoding::BASE64URL_NOPAD;
use rusqlite::Connection;
use serde_json::json;
use zeroize::Zeroizing;

use crate::api::problem::Problem;
use crate::crypto::proofs::Offer;
use crate::crypto::{random, random_digits, random_text, seal};
use crate::limits::{FIRST_PASSCODE_GRACE, KEY_MEMORY, PERIOD, SEED_BYTES};
use crate::passcodes::{self, SEEDS, Verdict};
use crate::service::{Actor, Service};
use crate::store::audit::Event;
use crate::store::devices::{self, Device, State};
use crate::store::keys::{self, Key};
use crate::store::settings::{self, Policy};
use crate::store::users::{self, User};

const KEY_DIGITS: usize = 12;
const KEYS: &str = "pairing keys";

/// What a device that brings no name is called.
const NAME: &str = "Desktop";

/// What a device was told.
pub struct Taken {
    pub answer: String,
    /// The account that has a new device; none when it was told before.
    pub new_for: Option<String>,
}

/// Makes a key for a user. Earlier keys of the user are over, and so is a pairing that one of them began.
pub fn make_key(
    service: &Service,
    db: &Connection,
    user: &User,
    address: IpAddr,
) -> rusqlite::Result<()> {
    let now = service.clock.now();
    sweep(service, db)?;
    if let Some(device) = pending(db, user.id)? {
        give_up(service, db, &device)?;
    }
    keys::withdraw(db, user.id, now)?;
    let digits = Zeroizing::new(random_digits(KEY_DIGITS));
    let sealed = service.vault.seal(KEYS, &user.name, digits.as_bytes());
    let expires = now + settings::policy(db)?.key_lifetime;
    keys::add(db, service.vault.mark(KEYS, &digits), user.id, &sealed, expires)?;
    service.note(db, Event::KeyMade, Actor { user: Some(&user.name), address: Some(address) }, "")
}

/// The digits of a key, for its user's page.
pub fn digits(service: &Service, user: &User, key: &Key) -> Option<Zeroizing<String>> {
    let digits = service.vault.open_sealed(KEYS, &user.name, &key.sealed)?;
    String::from_utf8(digits.to_vec()).ok().map(Zeroizing::new)
}

/// The device that has taken the user's key and whose first passcode has not come.
pub fn pending(db: &Connection, user: i64) -> rusqlite::Result<Option<Device>> {
    let Some(id) = keys::current(db, user)?.and_then(|key| key.device) else { return Ok(None) };
    Ok(devices::by_id(db, &id)?.filter(|device| device.state == State::Pending))
}

/// Ends pairings whose first passcode was awaited for long enough, and forgets keys of long ago.
pub fn sweep(service: &Service, db: &Connection) -> rusqlite::Result<()> {
    let now = service.clock.now();
    for device in devices::overdue(db, now - FIRST_PASSCODE_GRACE)? {
        give_up(service, db, &device)?;
    }
    keys::forget(db, now, now - KEY_MEMORY)
}

fn give_up(service: &Service, db: &Connection, device: &Device) -> rusqlite::Result<()> {
    devices::remove(db, device)?;
    service.note(db, Event::PairingGivenUp, Actor { user: None, address: None }, &device.id)
}

/// Gives a seed for a key whose bringer has proven what it has to.
pub fn take_key(
    service: &Service,
    db: &Connection,
    offer: &Offer<'_>,
    name: Option<&str>,
) -> Result<Taken, Problem> {
    sweep(service, db)?;
    let mark = service.vault.mark(KEYS, offer.key);
    let key = keys::by_mark(db, mark)?.ok_or(Problem::KeyUnknown)?;
    let has_expired = key.expires <= service.clock.now();
    if let Some(device) = &key.device {
        let device = devices::by_id(db, device)?.ok_or(Problem::Internal)?;
        let is_the_same =
            device.sign_key == offer.sign_key && device.seal_key == offer.seal_key && !has_expired;
        let answer = key.answer.filter(|_| is_the_same && !key.is_used);
        return Ok(Taken { answer: answer.ok_or(Problem::KeyUsed)?, new_for: None });
    }
    if has_expired {
        return Err(Problem::KeyExpired);
    }
    let user = users::by_id(db, key.user)?.filter(|user| !user.is_disabled);
    let user = user.ok_or(Problem::KeyUnknown)?;
    let policy = settings::policy(db)?;
    if devices::paired(db, user.id)?.len() >= policy.devices as usize {
        return Err(Problem::TooManyDevices);
    }
    let (device, answer) = seal_seed(service, db, offer, &user, &policy, name)?;
    keys::take(db, mark, &device, &answer)?;
    Ok(Taken { answer, new_for: Some(user.name) })
}

/// Makes a seed and a device that has it: the device's name on the wire, and all that it is told.
fn seal_seed(
    service: &Service,
    db: &Connection,
    offer: &Offer<'_>,
    user: &User,
    policy: &Policy,
    name: Option<&str>,
) -> Result<(String, String), Problem> {
    let id = format!("d-{}", random_text::<12>());
    let seed = Zeroizing::new(random::<SEED_BYTES>());
    let passcodes = policy.passcodes;
    devices::add(
        db,
        &Device {
            id: id.clone(),
            user: Some(user.id),
            state: State::Pending,
            name: name.unwrap_or(NAME).to_owned(),
            sign_key: offer.sign_key,
            seal_key: offer.seal_key,
            seed: service.vault.seal(SEEDS, &id, seed.as_ref()),
            passcodes,
            next: 0,
            calls: -1,
            wrong: 0,
            blocked_until: 0,
            is_default: false,
            paired: None,
            last_used: None,
        },
    )?;
    let answer = answer(service, offer, &id, &user.name, policy, seed.as_ref())?;
    Ok((id, answer))
}

fn answer(
    service: &Service,
    offer: &Offer<'_>,
    id: &str,
    account: &str,
    policy: &Policy,
    seed: &[u8],
) -> Result<String, Problem> {
    let passcodes = policy.passcodes;
    let kind = if passcodes.is_timed { "totp" } else { "hotp" };
    let start = if passcodes.is_timed { PERIOD.to_string() } else { "0".to_owned() };
    let about = [
        id,
        kind,
        passcodes.algorithm.name(),
        &passcodes.digits.to_string(),
        &start,
        &policy.pin.to_string(),
        &BASE64URL_NOPAD.encode(&offer.sign_key),
        &BASE64URL_NOPAD.encode(&offer.seal_key),
    ];
    let sealed = seal::seed(&service.origin, &offer.seal_key, &about, seed);
    let sealed = sealed.map_err(|_| Problem::ProofInvalid)?;
    let mut passcode =
        json!({"type": kind, "algorithm": passcodes.algorithm.name(), "digits": passcodes.digits});
    if passcodes.is_timed {
        passcode["period"] = PERIOD.into();
    } else {
        passcode["counter"] = start.into();
    }
    let answer = json!({
        "device": id,
        "issuer": service.issuer,
        "account": account,
        "passcode": passcode,
        "policy": {"pin": policy.pin, "export": policy.export},
        "sealed_seed": {
            "enc": BASE64URL_NOPAD.encode(&sealed.enc),
            "ciphertext": BASE64URL_NOPAD.encode(&sealed.ciphertext),
        },
    });
    Ok(answer.to_string())
}

/// What the first passcode did.
pub enum Finished {
    /// The device is paired.
    Paired(Box<Device>),
    /// No device has taken the key yet.
    NoDevice,
    /// The passcode was not right.
    Refused(Box<Device>, Verdict),
}

/// Ends pairing by the first passcode of the device that took the user's key.
pub fn finish(
    service: &Service,
    db: &Connection,
    user: &User,
    code: &str,
) -> rusqlite::Result<Finished> {
    sweep(service, db)?;
    let Some(mut device) = pending(db, user.id)? else { return Ok(Finished::NoDevice) };
    let now = service.clock.now();
    let verdict = passcodes::check(db, &service.vault, &mut device, code, now)?;
    if verdict != Verdict::Right {
        return Ok(Finished::Refused(Box::new(device), verdict));
    }
    devices::pair(db, &device.id, user.id, now)?;
    if let Some(key) = keys::current(db, user.id)? {
        keys::use_up(db, key.mark)?;
    }
    Ok(Finished::Paired(Box::new(device)))
}
