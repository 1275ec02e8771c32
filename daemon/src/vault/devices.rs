//! What this computer is to organisations' services: one row a device, with its keys and what it still has to do. A device
//! begins when its keys are made, before a service has seen them, and ends when the service has been told that it is over,
//! which may be long after its profiles are gone.

use std::collections::BTreeMap;

use passcode_proto::SecretText;
use passcode_proto::profile::Counter;
use serde::{Deserialize, Serialize};

use super::OpenVault;
use super::rows::DeviceId;
use super::seal::{Unsealable, VaultKey};
use crate::ports::store::{Row, Table};

/// Seconds after which a pairing that was begun is forgotten: longer than any key is good for.
pub const FORGOTTEN_AFTER: u64 = 24 * 60 * 60;

/// A device as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDevice {
    /// What everybody may know of it.
    #[serde(flatten)]
    pub about: About,
    /// Its private keys, as its kind of service has them.
    pub keys: Keys,
}

/// A device without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The service's address.
    pub service: String,
    /// The kind of service.
    pub kind: Kind,
    /// The service's name for this device; empty until it has given one.
    pub name: String,
    /// What people compare; empty where the service shows nothing.
    pub fingerprint: String,
    /// Number of the last call that was signed.
    pub count: Counter,
    /// How far it is.
    pub stage: Stage,
    /// When the service was last asked with success, in seconds since 1970.
    pub refreshed: Option<u64>,
    /// Names of passcodes that the service has for this device and the user has removed here.
    #[serde(default)]
    pub ignored: Vec<String>,
}

/// Kinds of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One that speaks the pairing API.
    Organisation,
    /// privacyIDEA, to which this computer is a container.
    Container,
}

/// How far a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Its keys were made; the service may know them.
    Begun {
        /// When, in seconds since 1970.
        at: u64,
    },
    /// It is paired.
    Paired,
    /// Its profiles are gone, and the service has still to be told.
    Leaving {
        /// When, in seconds since 1970.
        since: u64,
    },
}

/// Private keys, and what they were made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// To sign with, in base64.
    pub sign: SecretText,
    /// To open what is sealed to this computer, in base64; gone when it is of no use any more.
    pub seal: Option<SecretText>,
    /// The pairing key that they were made for.
    pub claim: SecretText,
}

/// A device of an open vault; its keys stay sealed.
pub struct Device {
    /// What everybody may know of it.
    pub about: About,
    revision: u64,
    sealed: Row,
}

impl Device {
    /// Reads a row. Its keys are looked at and not kept.
    pub(super) fn read(key: &VaultKey, row: Row) -> Result<(DeviceId, Self), Unsealable> {
        let stored = opened(key, &row)?;
        let device = Self { about: stored.about, revision: row.revision, sealed: row };
        Ok((DeviceId(device.sealed.id), device))
    }

    /// The same row under another key.
    pub(super) fn sealed_anew(&self, former: &VaultKey, key: &VaultKey) -> Result<Row, Unsealable> {
        let plain = former.open(&self.sealed)?;
        Ok(key.seal(Table::Device, self.sealed.id, self.revision, plain.expose()))
    }

    pub(super) fn take_sealed(&mut self, row: Row) {
        self.sealed = row;
    }

    /// The revision of its next writing.
    pub(super) fn next_revision(&self) -> u64 {
        self.revision + 1
    }
}

fn opened(key: &VaultKey, row: &Row) -> Result<StoredDevice, Unsealable> {
    let plain = key.open(row)?;
    serde_json::from_slice(plain.expose()).map_err(|_| Unsealable)
}

impl OpenVault {
    /// Every device.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// The device with its keys open.
    pub fn device(&self, id: DeviceId) -> Result<StoredDevice, Unsealable> {
        opened(&self.key, &self.devices.get(&id).ok_or(Unsealable)?.sealed)
    }

    /// The device that was made for this pairing key of this service.
    pub fn device_of(&self, service: &str, claim: &str) -> Option<(DeviceId, StoredDevice)> {
        let of_service = self.devices.iter().filter(|(_, device)| device.about.service == service);
        of_service
            .filter_map(|(id, _)| Some((*id, self.device(*id).ok()?)))
            .find(|(_, stored)| stored.keys.claim.expose() == claim)
    }
}
