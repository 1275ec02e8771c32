//! Pairing with an organisation's service: the device's keys are stored, the pairing key is exchanged, and the profile is
//! stored with what came of it. Whatever fails between, the same key can be brought again, with the same device's keys.

use data_encoding::BASE64;
use passcode_proto::profile::Counter;
use passcode_proto::request::Pair;
use passcode_proto::{Fault, FaultCode, Label, Request, SecretText};

use super::Asked;
use super::edits::{Subject, Then};
use super::errands::News;
use super::state::{Agent, Open};
use crate::errand::fault::ServiceFault;
use crate::errand::organisation::{DeviceKeys, Exchanged, Offer};
use crate::origin::Origin;
use crate::pairing::{OrganisationKey, PairingKey};
use crate::secret::Secret;
use crate::vault::OpenVault;
use crate::vault::devices::{About, FORGOTTEN_AFTER, Keys, Kind, Stage, StoredDevice};
use crate::vault::edit::{Draft, Edit};
use crate::vault::rows::{DeviceId, PairedOnline};

/// What a pairing begins with.
enum Beginning {
    /// The keys have to be stored first.
    New(Box<Edit>, DeviceId),
    /// They were stored by an earlier try.
    Again(DeviceId),
}

impl Agent {
    /// Begins a pairing with a service. No edit is under way.
    pub(super) fn enrol(&mut self, asked: Asked, key: &OrganisationKey) {
        match self.beginning(&asked, key) {
            Ok(Beginning::New(edit, device)) => {
                self.begin_edit(*edit, Subject::Devices, Then::Exchange(asked, device));
            }
            Ok(Beginning::Again(device)) => self.exchange(asked, device),
            Err(fault) => asked.answer(fault),
        }
    }

    fn beginning(&self, asked: &Asked, key: &OrganisationKey) -> Result<Beginning, Fault> {
        let Request::Pair(pair) = &asked.request else { return Err(FaultCode::Internal.into()) };
        let service = self.service_for(pair, key)?;
        let open = self.open()?;
        let mut draft = open.vault.draft();
        let claim = key.digits.expose();
        if let Some(device) = earlier_try(open, &draft, pair, service.as_str(), claim)? {
            return Ok(Beginning::Again(device));
        }
        let now = self.ports.clock.wall().as_secs();
        forget_old(&mut draft, &open.vault, now);
        let device = draft.put_device(None, &new_device(&service, &key.digits, now)?)?;
        Ok(Beginning::New(Box::new(draft.finish(None)?), device))
    }

    /// The service of a key: the one that it names, the one that the user names, or the usual one.
    fn service_for(&self, pair: &Pair, key: &OrganisationKey) -> Result<Origin, Fault> {
        if [
            pair.counter.is_some(),
            pair.digits.is_some(),
            pair.algorithm.is_some(),
            pair.period.is_some(),
        ]
        .contains(&true)
        {
            let what = "An organisation's service says itself how its passcodes are made.";
            return Err(Fault::because(FaultCode::BadRequest, what)
                .advise("Leave out counter, digits, algorithm and period."));
        }
        let named = pair.service.as_deref().map(str::parse::<Origin>).transpose();
        let named = named.map_err(|fault| {
            Fault::because(FaultCode::BadService, format!("The service's address {fault}."))
        })?;
        match (named, &key.service) {
            (Some(named), Some(own)) if named != *own => Err(Fault::because(
                FaultCode::BadService,
                "The key is for another service than the one that was named.",
            )),
            (Some(named), _) => Ok(named),
            (None, Some(own)) => Ok(own.clone()),
            (None, None) => {
                self.ports.rules.network.service.clone().ok_or_else(|| FaultCode::NoService.into())
            }
        }
    }

    /// Exchanges a pairing key with the keys of a device that is stored.
    pub(super) fn exchange(&mut self, asked: Asked, device: DeviceId) {
        let prepared = self.open().and_then(|open| prepared(&open.vault, device));
        let (mut offer, keys) = match prepared {
            Ok(prepared) => prepared,
            Err(fault) => return asked.answer(fault),
        };
        offer.name = self.about.computer.clone();
        self.send_out(Some(asked), Some(device), |mut talk| async move {
            let exchanged = talk.exchange(&offer, &keys).await;
            (News::Exchanged(device, exchanged.map(Box::new)), talk)
        });
    }

    /// The service has answered, or not.
    pub(super) fn exchanged(
        &mut self,
        asked: Asked,
        device: DeviceId,
        result: Result<Exchanged, ServiceFault>,
    ) {
        let edit = match result {
            Ok(exchanged) => self.enrolled(&asked, device, exchanged),
            Err(fault) => return self.not_exchanged(asked, device, &fault),
        };
        match edit {
            Ok((edit, answer)) => {
                self.note_use();
                let then = Then::Answer(Box::new(answer), asked.reply);
                self.begin_edit(edit, Subject::Devices, then);
            }
            Err(fault) => asked.answer(fault),
        }
    }

    /// A key that will never do is forgotten; one that may do later keeps its device's keys.
    pub(super) fn not_exchanged(&mut self, asked: Asked, device: DeviceId, fault: &ServiceFault) {
        let is_final = matches!(
            fault,
            ServiceFault::KeyUnknown | ServiceFault::KeyExpired | ServiceFault::KeyUsed
        );
        let fault = fault.fault();
        let forgotten = self.open().and_then(|open| {
            let mut draft = open.vault.draft();
            draft.remove_device(device);
            draft.finish(None)
        });
        match forgotten {
            Ok(edit) if is_final => {
                self.begin_edit(edit, Subject::Devices, Then::Refuse(fault, asked.reply));
            }
            _ => asked.answer(fault),
        }
    }

    fn enrolled(
        &self,
        asked: &Asked,
        device: DeviceId,
        exchanged: Exchanged,
    ) -> Result<(Edit, passcode_proto::Answer), Fault> {
        let Request::Pair(pair) = &asked.request else { return Err(FaultCode::Internal.into()) };
        let open = self.open()?;
        let mut stored = open.vault.device(device).map_err(|_| FaultCode::VaultDamaged)?;
        let service = Label::new(host(&stored.about.service)).map_err(|_| FaultCode::Internal)?;
        stored.about.name = exchanged.device.clone();
        stored.about.stage = Stage::Paired;
        stored.about.refreshed = Some(self.ports.clock.wall().as_secs());
        stored.keys.seal = None;
        let export = exchanged.policy.export;
        let paired = PairedOnline { device, service, serial: None, export, ended: false };
        let mut draft = open.vault.draft();
        draft.put_device(Some(device), &stored)?;
        let keys = vec![(settled(exchanged), Some(paired))];
        let (subjects, mut answer) = super::pair::add(
            &mut draft,
            pair,
            &keys,
            self.pin_required(),
            self.ports.clock.as_ref(),
            &open.vault.lock,
        )?;
        answer.fingerprint = Some(stored.about.fingerprint);
        let edit = draft.finish(subjects.first().copied())?;
        Ok((edit, passcode_proto::Answer::Pair(answer)))
    }
}

/// The device of an earlier try to pair by this key. Refuses what cannot be paired in the end, before a service is asked.
pub(super) fn earlier_try(
    open: &Open,
    draft: &Draft<'_>,
    pair: &Pair,
    service: &str,
    claim: &str,
) -> Result<Option<DeviceId>, Fault> {
    let known = open.vault.device_of(service, claim).map(|(id, stored)| (id, stored.about.stage));
    match known {
        Some((_, Stage::Paired)) => return Err(FaultCode::AlreadyPaired.into()),
        Some((id, _)) if open.errands.is_pairing(id) => {
            return Err(FaultCode::PairingUnderWay.into());
        }
        _ => {}
    }
    draft.make_room(1)?;
    if pair.name.is_some() {
        draft.name_for(pair.name.as_deref(), &Label::default(), &Label::default())?;
    }
    let begun = known.filter(|(_, stage)| matches!(stage, Stage::Begun { .. }));
    Ok(begun.map(|(id, _)| id))
}

/// The host of a service's address.
pub(super) fn host(service: &str) -> &str {
    let host = service.trim_start_matches("https://");
    host.split('/').next().unwrap_or(host)
}

fn settled(exchanged: Exchanged) -> PairingKey {
    PairingKey {
        parameters: exchanged.parameters,
        secret: exchanged.seed,
        issuer: exchanged.issuer,
        account: exchanged.account,
        counter: exchanged.counter,
        pin_digits: exchanged.policy.pin,
        client_part: None,
        warnings: Vec::new(),
    }
}

/// Pairings that were begun so long ago that their keys are good no more.
pub(super) fn forget_old(draft: &mut Draft<'_>, vault: &OpenVault, now: u64) {
    for (id, device) in vault.devices() {
        if matches!(device.about.stage, Stage::Begun { at } if at + FORGOTTEN_AFTER < now) {
            draft.remove_device(*id);
        }
    }
}

fn new_device(service: &Origin, digits: &SecretText, now: u64) -> Result<StoredDevice, Fault> {
    let starved = || {
        Fault::because(FaultCode::Internal, "The system gives no random bytes for a device's keys.")
    };
    let keys = DeviceKeys::random().ok_or_else(starved)?;
    let text = |secret: &Secret| SecretText::new(BASE64.encode(secret.expose()));
    let (sign, seal) = keys.to_bytes();
    let about = About {
        service: service.to_string(),
        kind: Kind::Organisation,
        name: String::new(),
        fingerprint: keys.fingerprint(),
        count: Counter(0),
        stage: Stage::Begun { at: now },
        refreshed: None,
        ignored: Vec::new(),
    };
    let keys = Keys { sign: text(&sign), seal: Some(text(&seal)), claim: digits.clone() };
    Ok(StoredDevice { about, keys })
}

fn prepared(vault: &OpenVault, device: DeviceId) -> Result<(Offer, DeviceKeys), Fault> {
    let damaged = || Fault::from(FaultCode::VaultDamaged);
    let stored = vault.device(device).map_err(|_| damaged())?;
    let sign = decoded(&stored.keys.sign).ok_or_else(damaged)?;
    let seal = stored.keys.seal.as_ref().and_then(decoded).ok_or_else(damaged)?;
    let keys = DeviceKeys::from_bytes(sign.expose(), seal.expose()).ok_or_else(damaged)?;
    let origin = stored.about.service.parse().map_err(|_| damaged())?;
    let key = Secret::of(stored.keys.claim.expose());
    Ok((Offer { origin, key, name: None }, keys))
}

/// The bytes of a key.
pub(super) fn decoded(text: &SecretText) -> Option<Secret> {
    BASE64.decode(text.expose().as_bytes()).ok().map(Secret::new)
}
