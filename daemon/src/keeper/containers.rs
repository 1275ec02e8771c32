//! Being a container of privacyIDEA: registered by a key, given tokens, which become profiles. A container has as many
//! profiles as the server has tokens in it; what is added, renewed and removed there is followed at each synchronisation.

use data_encoding::BASE64;
use passcode_proto::profile::{CodeType, Counter, ProfileId};
use passcode_proto::{Answer, Fault, FaultCode, Label, Request, SecretText};

use super::Asked;
use super::edits::{Subject, Then};
use super::enrolling::{decoded, earlier_try, forget_old, host};
use super::errands::News;
use super::pair::{Settled, add};
use super::services::members;
use super::state::Agent;
use crate::errand::container::{ContainerDevice, ContainerKey, ContainerKeys, OwnToken, Tokens};
use crate::errand::fault::ServiceFault;
use crate::pairing::{self, Overrides, PairingKey};
use crate::vault::OpenVault;
use crate::vault::devices::{About, Keys, Kind, Stage, StoredDevice};
use crate::vault::edit::{Draft, Edit};
use crate::vault::rows::{DeviceId, PairedOnline, StoredProfile};
use crate::vault::usage::Usage;

impl Agent {
    /// Begins the registration of this computer as a container. No edit is under way.
    pub(super) fn enrol_container(&mut self, asked: Asked, key: &ContainerKey) {
        match self.container_begun(&asked, key) {
            Ok((Some(edit), device)) => {
                self.begin_edit(edit, Subject::Devices, Then::Register(asked, device, key.clone()));
            }
            Ok((None, device)) => self.register(asked, device, key.clone(), true),
            Err(fault) => asked.answer(fault),
        }
    }

    /// Stores the device's key, unless an earlier try has.
    fn container_begun(
        &self,
        asked: &Asked,
        key: &ContainerKey,
    ) -> Result<(Option<Edit>, DeviceId), Fault> {
        let Request::Pair(pair) = &asked.request else { return Err(FaultCode::Internal.into()) };
        if key.asks_passphrase && pair.passphrase.is_none() {
            return Err(FaultCode::KeyPassphraseNeeded.into());
        }
        let open = self.open()?;
        let mut draft = open.vault.draft();
        let claim = key.nonce.expose();
        if let Some(device) = earlier_try(open, &draft, pair, &key.server, claim)? {
            return Ok((None, device));
        }
        let now = self.ports.clock.wall().as_secs();
        forget_old(&mut draft, &open.vault, now);
        let device = draft.put_device(None, &new_container(key, now)?)?;
        Ok((Some(draft.finish(None)?), device))
    }

    /// Registers, and gets what the server has for this computer. A try that was cut short may have registered.
    pub(super) fn register(&mut self, asked: Asked, id: DeviceId, key: ContainerKey, again: bool) {
        let device = self.open().ok().and_then(|open| container(&open.vault, id));
        let Some(device) = device else { return asked.answer(FaultCode::VaultDamaged) };
        let passphrase = match &asked.request {
            Request::Pair(pair) => pair.passphrase.clone(),
            _ => None,
        };
        let model = self.about.computer.clone().unwrap_or_else(|| "computer".to_owned());
        self.send_out(Some(asked), Some(id), |mut talk| async move {
            let registered = talk.register(&key, &device.keys, &model, passphrase.as_ref()).await;
            let tokens = match registered {
                Ok(()) => talk.synchronise(&device, &[]).await,
                Err(fault @ (ServiceFault::NotAccepted | ServiceFault::KeyUsed)) if again => {
                    talk.synchronise(&device, &[]).await.map_err(|_| fault)
                }
                Err(fault) => Err(fault),
            };
            (News::Contained(id, tokens), talk)
        });
    }

    /// The server has given its tokens, or not.
    pub(super) fn contained(
        &mut self,
        asked: Asked,
        device: DeviceId,
        result: Result<Tokens, ServiceFault>,
    ) {
        let tokens = match result {
            Ok(tokens) => tokens,
            Err(ServiceFault::DeviceUnknown) => {
                return self.not_exchanged(asked, device, &ServiceFault::KeyUnknown);
            }
            Err(fault) => return self.not_exchanged(asked, device, &fault),
        };
        match self.container_stored(&asked, device, &tokens) {
            Ok((edit, answer)) => {
                self.note_use();
                self.begin_edit(
                    edit,
                    Subject::Everything,
                    Then::Answer(Box::new(answer), asked.reply),
                );
            }
            Err(fault) => asked.answer(fault),
        }
    }

    fn container_stored(
        &self,
        asked: &Asked,
        id: DeviceId,
        tokens: &Tokens,
    ) -> Result<(Edit, Answer), Fault> {
        let Request::Pair(pair) = &asked.request else { return Err(FaultCode::Internal.into()) };
        let vault = &self.open()?.vault;
        let mut stored = vault.device(id).map_err(|_| FaultCode::VaultDamaged)?;
        stored.about.stage = Stage::Paired;
        stored.about.refreshed = Some(self.ports.clock.wall().as_secs());
        let mut draft = vault.draft();
        draft.put_device(Some(id), &stored)?;
        let former = former(vault, id, &stored.about);
        former.iter().for_each(|former| draft.remove_device(*former));
        let (keys, unreadable) = readable(tokens, id, &stored.about)?;
        let new = renewed(&mut draft, vault, &former, keys)?;
        let (required, clock) = (self.pin_required(), self.ports.clock.as_ref());
        let (_, mut paired) = add(&mut draft, pair, &new, required, clock, &vault.lock)?;
        paired.warnings.extend(unreadable);
        Ok((draft.finish(None)?, Answer::Pair(paired)))
    }
}

/// An earlier registration of the same container, whose place this one takes.
fn former(vault: &OpenVault, id: DeviceId, about: &About) -> Vec<DeviceId> {
    let same = |other: &About| other.service == about.service && other.name == about.name;
    let others = vault.devices().iter().filter(|(other, _)| **other != id);
    others.filter(|(_, device)| same(&device.about)).map(|(other, _)| *other).collect()
}

/// The tokens that passcodes can be made of, and what to say of the others.
fn readable(
    tokens: &Tokens,
    device: DeviceId,
    about: &About,
) -> Result<(Vec<Settled>, Option<String>), Fault> {
    let service = Label::new(host(&about.service)).map_err(|_| FaultCode::Internal)?;
    let read = |text: &SecretText| {
        let key = pairing::read(text.expose(), &Overrides::default()).ok()?;
        let serial = pairing::serial(text.expose())?;
        let service = service.clone();
        let paired =
            PairedOnline { device, service, serial: Some(serial), export: true, ended: false };
        Some((key, Some(paired)))
    };
    let keys: Vec<_> = tokens.added.iter().filter_map(read).collect();
    let unreadable = tokens.added.len() - keys.len();
    let warning = format!(
        "The server has {unreadable} more for this computer, of kinds that are not made here."
    );
    Ok((keys, (unreadable > 0).then_some(warning)))
}

/// Puts new secrets in the place of those that profiles of these devices have; gives the keys that are new here.
fn renewed(
    draft: &mut Draft<'_>,
    vault: &OpenVault,
    devices: &[DeviceId],
    keys: Vec<Settled>,
) -> Result<Vec<Settled>, Fault> {
    let mut new = Vec::new();
    for (key, paired) in keys {
        let serial = paired.as_ref().and_then(|paired| paired.serial.clone());
        let known = devices.iter().flat_map(|device| members(vault, *device)).find(|(id, _)| {
            let entry = vault.entry(*id).and_then(|entry| entry.paired.as_ref());
            entry.is_some_and(|paired| paired.serial == serial)
        });
        match known {
            Some((id, name)) => renew(draft, id, name.clone(), &key, paired)?,
            None => new.push((key, paired)),
        }
    }
    Ok(new)
}

fn renew(
    draft: &mut Draft<'_>,
    id: ProfileId,
    name: Label,
    key: &PairingKey,
    paired: Option<PairedOnline>,
) -> Result<(), Fault> {
    let stored = StoredProfile { paired, ..super::pair::stored(name, key) };
    let usage = match key.parameters.kind() {
        CodeType::Hotp => Usage::counter(key.counter),
        CodeType::Totp | CodeType::Steam => Usage::step(None),
    };
    draft.replace(id, &stored, &key.secret, usage)
}

/// What a synchronisation has brought, as part of an edit; what the server has removed is marked as ended.
pub(super) fn follow(
    draft: &mut Draft<'_>,
    vault: &OpenVault,
    device: DeviceId,
    tokens: &Tokens,
) -> Result<(), Fault> {
    let Some(about) = vault.devices().get(&device).map(|device| &device.about) else {
        return Ok(());
    };
    let (keys, _) = readable(tokens, device, about)?;
    let brought: Vec<_> =
        keys.iter().filter_map(|(_, paired)| paired.as_ref()?.serial.clone()).collect();
    for (key, paired) in renewed(draft, vault, &[device], keys)? {
        let name = draft.name_for(None, &key.issuer, &key.account)?;
        let stored = StoredProfile { paired, ..super::pair::stored(name, &key) };
        let usage = match key.parameters.kind() {
            CodeType::Hotp => Usage::counter(key.counter),
            CodeType::Totp | CodeType::Steam => Usage::step(None),
        };
        draft.add(&stored, &key.secret, usage)?;
    }
    for (id, _) in members(vault, device) {
        let Some(entry) = vault.entry(id) else { continue };
        let Some(paired) = entry.paired.clone() else { continue };
        let serial = paired.serial.clone().unwrap_or_default();
        if !brought.contains(&serial) {
            let ended = !tokens.kept.contains(&serial);
            draft.set_policy(id, entry.pin, PairedOnline { ended, ..paired })?;
        }
    }
    Ok(())
}

/// The tokens that this computer has of a container, and those that the user has removed here: what the server is not
/// told of it would make anew.
pub(super) fn own_tokens(vault: &OpenVault, device: DeviceId) -> Vec<OwnToken> {
    let live = members(vault, device).filter_map(|(id, _)| {
        let entry = vault.entry(id)?;
        let serial = entry.paired.as_ref().filter(|paired| !paired.ended)?.serial.clone()?;
        let kind = match entry.profile.kind {
            CodeType::Hotp => "HOTP",
            CodeType::Totp | CodeType::Steam => "TOTP",
        };
        let counter = entry.usage.next_counter().map(|counter| counter.to_string());
        Some(OwnToken { serial, tokentype: kind.to_owned(), counter })
    });
    let ignored = vault.devices().get(&device).map(|device| device.about.ignored.clone());
    let ignored = ignored.unwrap_or_default().into_iter();
    let removed = |serial| OwnToken { serial, tokentype: "TOTP".to_owned(), counter: None };
    live.chain(ignored.map(removed)).collect()
}

/// A container that can sign its calls.
pub(super) fn container(vault: &OpenVault, id: DeviceId) -> Option<ContainerDevice> {
    let stored = vault.device(id).ok().filter(|stored| stored.about.kind == Kind::Container)?;
    let keys = ContainerKeys::from_bytes(decoded(&stored.keys.sign)?.expose())?;
    Some(ContainerDevice { server: stored.about.service, serial: stored.about.name, keys })
}

fn new_container(key: &ContainerKey, now: u64) -> Result<StoredDevice, Fault> {
    let starved = || {
        Fault::because(FaultCode::Internal, "The system gives no random bytes for a device's keys.")
    };
    let keys = ContainerKeys::random().ok_or_else(starved)?;
    let about = About {
        service: key.server.clone(),
        kind: Kind::Container,
        name: key.serial.clone(),
        fingerprint: String::new(),
        count: Counter(0),
        stage: Stage::Begun { at: now },
        refreshed: None,
        ignored: Vec::new(),
    };
    let sign = SecretText::new(BASE64.encode(keys.to_bytes().expose()));
    Ok(StoredDevice { about, keys: Keys { sign, seal: None, claim: key.nonce.clone() } })
}
