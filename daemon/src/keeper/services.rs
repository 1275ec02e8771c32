//! Looking after what was paired with services: policies are asked for at unlock, daily and on demand, devices leave when
//! they are unpaired, drifted counters are found again, and what could not be told is told later.

use passcode_proto::profile::{Counter, ProfileId};
use passcode_proto::reply::{Refreshed, ServiceReport, Unpaired};
use passcode_proto::{Answer, Fault, FaultCode, Label, Request, SecretText};

use super::Asked;
use super::containers::{container, follow, own_tokens};
use super::edits::{Subject, Then};
use super::enrolling::{decoded, host};
use super::errands::{News, Visit, Visited};
use super::state::Agent;
use crate::errand::Talk;
use crate::errand::container::{ContainerDevice, OwnToken};
use crate::errand::fault::ServiceFault;
use crate::errand::organisation::{Device, Standing};
use crate::vault::OpenVault;
use crate::vault::devices::{About, Kind, Stage};
use crate::vault::edit::{Draft, Edit};
use crate::vault::rows::{DeviceId, PairedOnline};

impl Agent {
    /// Asks every service how it stands, for `asked` or because it is time to. One round is out at a time.
    pub(super) fn refresh(&mut self, asked: Option<Asked>) {
        let Ok(open) = self.open() else { return };
        if open.errands.refreshing.is_none() {
            let devices = open.vault.devices().iter();
            let due =
                devices.filter(|(_, device)| !matches!(device.about.stage, Stage::Begun { .. }));
            let due: Vec<_> =
                due.filter_map(|(id, _)| Some((*id, caller(&open.vault, *id)?))).collect();
            self.next_refresh = Some(self.ports.clock.boot() + super::timing::REFRESH);
            if due.is_empty() {
                return self.refreshed(asked.into_iter().collect());
            }
            self.send_out(None, None, |talk| visit_all(talk, due));
        }
        if let Some(open) = self.open_mut() {
            open.errands.refreshing.get_or_insert_default().extend(asked);
        }
    }

    /// All services were asked, or could not be.
    pub(super) fn visited(&mut self, visits: Vec<Visit>) {
        let now = self.ports.clock.wall().as_secs();
        let Some(open) = self.open_mut() else { return };
        let asked = open.errands.refreshing.take().unwrap_or_default();
        for visit in &visits {
            match &visit.result {
                Ok(_) => drop(open.errands.troubles.remove(&visit.device)),
                Err(fault) if is_over(fault) => {
                    open.errands.troubles.remove(&visit.device);
                }
                Err(fault) => drop(open.errands.troubles.insert(visit.device, fault.fault())),
            }
        }
        match noted(&open.vault, &visits, now) {
            Ok(edit) => {
                self.begin_edit(edit, Subject::Everything, Then::Refreshed(asked));
            }
            Err(fault) => asked.into_iter().for_each(|asked| asked.answer(fault.clone())),
        }
        self.set_alarm();
    }

    /// Answers who asked for the policies.
    pub(super) fn refreshed(&self, asked: Vec<Asked>) {
        for asked in asked {
            asked.answer(Answer::PolicyRefresh(Refreshed { services: self.services() }));
        }
    }

    /// How the pairings with services are.
    pub(super) fn services(&self) -> Vec<ServiceReport> {
        let Ok(open) = self.open() else { return Vec::new() };
        let paired = open.vault.devices().iter();
        let paired =
            paired.filter(|(_, device)| !matches!(device.about.stage, Stage::Begun { .. }));
        let text = |text: &String| (!text.is_empty()).then(|| text.clone());
        paired
            .map(|(id, device)| ServiceReport {
                service: host(&device.about.service).to_owned(),
                profiles: names(&open.vault, *id),
                fingerprint: text(&device.about.fingerprint),
                refreshed: device.about.refreshed,
                trouble: open.errands.troubles.get(id).map(|fault| fault.message.clone()),
                queued: matches!(device.about.stage, Stage::Leaving { .. })
                    .then(|| "unpair".to_owned()),
            })
            .collect()
    }

    /// Unpairs a profile that belongs to a service: tells the service first. No edit is under way.
    pub(super) fn leave_service(&mut self, asked: Asked, device: DeviceId) {
        let caller = self.open().ok().and_then(|open| caller(&open.vault, device));
        let Some(Caller { device: mut signer, .. }) = caller else {
            return asked.answer(FaultCode::VaultDamaged);
        };
        self.send_out(Some(asked), None, |mut talk| async move {
            let left = signer.leave(&mut talk).await;
            (News::Left(device, left), talk)
        });
    }

    /// The service was told that a device leaves, or could not be.
    pub(super) fn left(&mut self, asked: Asked, device: DeviceId, told: Result<(), ServiceFault>) {
        let Request::Unpair(unpair) = &asked.request else { return };
        let queued = match &told {
            Ok(()) => false,
            Err(_) if unpair.offline => true,
            Err(fault) => {
                let fault = fault.fault();
                return asked.answer(fault.advise(LATER));
            }
        };
        let now = self.ports.clock.wall().as_secs();
        let edit = self.open().and_then(|open| {
            let id = open.vault.find_exactly(&unpair.profile)?;
            removal(&open.vault, id, device, queued.then_some(now))
        });
        match edit {
            Ok(edit) => {
                let answer = Answer::Unpair(Unpaired { queued });
                self.begin_edit(
                    edit,
                    Subject::Everything,
                    Then::Answer(Box::new(answer), asked.reply),
                );
            }
            Err(fault) => asked.answer(fault),
        }
    }

    /// Gets a key by which another computer takes over the container that a profile belongs to.
    pub(super) fn hand_over(&mut self, asked: Asked) {
        let Request::HandOver(wanted) = &asked.request else { return };
        let device = self.open().and_then(|open| {
            let id = open.vault.find(wanted.profile.as_deref())?;
            let paired = open.vault.entry(id).and_then(|entry| entry.paired.as_ref());
            let device = paired.and_then(|paired| container(&open.vault, paired.device));
            device.ok_or_else(|| FaultCode::NotOnline.into())
        });
        match device {
            Ok(device) => self.send_out(Some(asked), None, |mut talk| async move {
                (News::HandedOver(talk.hand_over(&device).await), talk)
            }),
            Err(fault) => asked.answer(fault),
        }
    }

    /// Sends codes that are spent to the service of `profile`, for `asked` to be answered when it has found them.
    pub(super) fn send_resync(&mut self, asked: Asked, profile: ProfileId, codes: Vec<SecretText>) {
        let caller = self.open().ok().and_then(|open| {
            let paired = open.vault.entry(profile)?.paired.as_ref()?;
            Some((paired.device, organisation_device(&open.vault, paired.device)?))
        });
        let Some((id, mut device)) = caller else {
            return asked.answer(FaultCode::NotOnline);
        };
        self.send_out(Some(asked), None, |mut talk| async move {
            // A service looks for two codes, whatever it has been made to show.
            let found = talk.resync(&mut device, &codes[..2.min(codes.len())]).await;
            (News::Resynced(id, device.count, found), talk)
        });
    }

    /// The service has looked for the codes.
    pub(super) fn resynced(
        &mut self,
        asked: Asked,
        device: DeviceId,
        count: u64,
        found: Result<u64, ServiceFault>,
    ) {
        if let Err(fault) = found {
            return asked.answer(fault.fault());
        }
        let answered = self.open().and_then(|open| {
            let id = open.vault.find(profile_of(&asked.request))?;
            let entry = open.vault.entry(id).ok_or(FaultCode::NoSuchProfile)?;
            let next = Counter(entry.usage.next_counter().ok_or(FaultCode::WrongKind)?);
            let profile = entry.profile.name.clone();
            let mut draft = open.vault.draft();
            called(&mut draft, &open.vault, device, count, None)?;
            let answer = passcode_proto::reply::Resync { profile, codes: Vec::new(), next };
            Ok((draft.finish(None)?, Answer::HotpResync(answer)))
        });
        match answered {
            Ok((edit, answer)) => {
                self.begin_edit(
                    edit,
                    Subject::Devices,
                    Then::Answer(Box::new(answer), asked.reply),
                );
            }
            Err(fault) => asked.answer(fault),
        }
    }
}

const LATER: &str = "Try again when the service can be reached, or remove it here now and let the service be told later: \
    passcode unpair --offline";

fn profile_of(request: &Request) -> Option<&str> {
    match request {
        Request::HotpResync(resync) => resync.profile.as_deref(),
        _ => None,
    }
}

/// A device that can speak for itself, and what it has to say.
struct Caller {
    device: Speaker,
    leaves: bool,
}

/// Who speaks, in the language of its service.
enum Speaker {
    Organisation(Device),
    Container(ContainerDevice, Vec<OwnToken>),
}

impl Speaker {
    /// Number of its last call.
    fn count(&self) -> u64 {
        match self {
            Self::Organisation(device) => device.count,
            Self::Container(..) => 0,
        }
    }

    async fn leave(&mut self, talk: &mut Talk) -> Result<(), ServiceFault> {
        match self {
            Self::Organisation(device) => talk.leave(device).await,
            Self::Container(device, _) => talk.unregister(device).await,
        }
    }

    async fn visit(&mut self, talk: &mut Talk) -> Result<Visited, ServiceFault> {
        match self {
            Self::Organisation(device) => talk.standing(device).await.map(Visited::Standing),
            Self::Container(device, own) => {
                talk.synchronise(device, own).await.map(Visited::Synchronised)
            }
        }
    }
}

fn caller(vault: &OpenVault, id: DeviceId) -> Option<Caller> {
    let about = &vault.devices().get(&id)?.about;
    let device = match about.kind {
        Kind::Organisation => Speaker::Organisation(organisation_device(vault, id)?),
        Kind::Container => Speaker::Container(container(vault, id)?, own_tokens(vault, id)),
    };
    Some(Caller { device, leaves: matches!(about.stage, Stage::Leaving { .. }) })
}

fn organisation_device(vault: &OpenVault, id: DeviceId) -> Option<Device> {
    let stored = vault.device(id).ok().filter(|stored| stored.about.kind == Kind::Organisation)?;
    let About { service, name, count, .. } = stored.about;
    let sign = decoded(&stored.keys.sign)?;
    Device::new(service.parse().ok()?, name, count.0, sign.expose())
}

async fn visit_all(mut talk: Talk, due: Vec<(DeviceId, Caller)>) -> (News, Talk) {
    let mut visits = Vec::with_capacity(due.len());
    for (id, Caller { mut device, leaves }) in due {
        let result = match leaves {
            true => device.leave(&mut talk).await.map(|()| Visited::Left),
            false => device.visit(&mut talk).await,
        };
        visits.push(Visit { device: id, count: device.count(), result });
    }
    (News::Visited(visits), talk)
}

fn names(vault: &OpenVault, device: DeviceId) -> Vec<Label> {
    members(vault, device).map(|id| id.1.clone()).collect()
}

/// The profiles that belong to a device.
pub(super) fn members(
    vault: &OpenVault,
    device: DeviceId,
) -> impl Iterator<Item = (ProfileId, &Label)> {
    vault.profiles_after(None).filter_map(move |profile| {
        let paired = vault.entry(profile.id)?.paired.as_ref()?;
        (paired.device == device).then_some((profile.id, &profile.name))
    })
}

/// What was learnt, as one edit.
fn noted(vault: &OpenVault, visits: &[Visit], now: u64) -> Result<Edit, Fault> {
    let mut draft = vault.draft();
    for visit in visits {
        // It may have been unpaired while it was asked.
        if !vault.devices().contains_key(&visit.device) {
            continue;
        }
        match &visit.result {
            Ok(Visited::Left) => draft.remove_device(visit.device),
            Ok(Visited::Standing(standing)) => {
                called(&mut draft, vault, visit.device, visit.count, Some(now))?;
                note_standing(&mut draft, vault, visit.device, Some(standing))?;
            }
            Ok(Visited::Synchronised(tokens)) => {
                called(&mut draft, vault, visit.device, visit.count, Some(now))?;
                follow(&mut draft, vault, visit.device, tokens)?;
            }
            Err(fault) if is_over(fault) => {
                note_standing(&mut draft, vault, visit.device, None)?;
            }
            Err(_) => {}
        }
    }
    draft.finish(None)
}

/// Whether the service does not know the device any more. privacyIDEA does not accept the signatures of a container that
/// another computer has taken over.
fn is_over(fault: &ServiceFault) -> bool {
    matches!(
        fault,
        ServiceFault::DeviceUnknown | ServiceFault::DeviceRemoved | ServiceFault::NotAccepted
    )
}

/// Notes the number of a device's last call, and when it went well.
fn called(
    draft: &mut Draft<'_>,
    vault: &OpenVault,
    device: DeviceId,
    count: u64,
    refreshed: Option<u64>,
) -> Result<(), Fault> {
    let mut stored = vault.device(device).map_err(|_| FaultCode::VaultDamaged)?;
    stored.about.count = Counter(count.max(stored.about.count.0));
    stored.about.refreshed = refreshed.or(stored.about.refreshed);
    draft.put_device(Some(device), &stored).map(drop)
}

/// What the organisation asks now; nothing stands for a device that it has unpaired.
fn note_standing(
    draft: &mut Draft<'_>,
    vault: &OpenVault,
    device: DeviceId,
    standing: Option<&Standing>,
) -> Result<(), Fault> {
    for (id, _) in members(vault, device) {
        let Some((entry, paired)) =
            vault.entry(id).and_then(|entry| Some((entry, entry.paired.clone()?)))
        else {
            continue;
        };
        let pin = standing.map_or(entry.pin, |standing| standing.policy.pin);
        let export = standing.map_or(paired.export, |standing| standing.policy.export);
        draft.set_policy(id, pin, PairedOnline { export, ended: standing.is_none(), ..paired })?;
    }
    Ok(())
}

/// Removes a profile, and its device with the last of its profiles. Where the service has still to be told, the device
/// stays until it was.
pub(super) fn removal(
    vault: &OpenVault,
    id: ProfileId,
    device: DeviceId,
    queued: Option<u64>,
) -> Result<Edit, Fault> {
    let mut draft = vault.draft();
    draft.remove(id);
    match queued {
        None => draft.remove_device(device),
        Some(since) => {
            let mut stored = vault.device(device).map_err(|_| FaultCode::VaultDamaged)?;
            stored.about.stage = Stage::Leaving { since };
            draft.put_device(Some(device), &stored)?;
        }
    }
    draft.finish(None)
}
