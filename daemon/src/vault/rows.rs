//! The plain forms of sealed rows. Profiles and settings are JSON, so that a later version can add a field without
//! rewriting every row; secrets are their bytes alone; use has a form of its own in [`super::usage`].

use passcode_proto::Label;
use passcode_proto::profile::{Algorithm, CodeType, Profile, ProfileId};
use serde::{Deserialize, Serialize};

use crate::otp::{ParameterFault, Parameters};

/// A profile as it is stored, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredProfile {
    /// The user's name for it.
    pub name: Label,
    /// Who issued it.
    pub issuer: Label,
    /// The account it is for.
    pub account: Label,
    /// Its kind of passcode.
    pub kind: CodeType,
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// Characters of a passcode.
    pub digits: u8,
    /// Seconds of a time step; 0 when counter-based.
    pub period: u32,
    /// Whether its secret is shorter than 128 bits.
    pub weak: bool,
    /// Digits of the PIN that its key or organisation asks for; 0 for none.
    pub pin: u8,
    /// What it is to the service that it was paired with online, if it was.
    #[serde(default)]
    pub paired: Option<PairedOnline>,
}

/// What a profile is to the service that it was paired with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairedOnline {
    /// The device that this computer is there.
    pub device: DeviceId,
    /// Host and port of the service, as people know it.
    pub service: Label,
    /// The service's own name for the passcode's secret, where a device has several.
    pub serial: Option<String>,
    /// Whether the organisation allows that the secret is exported.
    pub export: bool,
    /// Whether the service has unpaired it.
    pub ended: bool,
}

/// Number of a device's row; never used again while the vault is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub u32);

impl StoredProfile {
    /// What clients may see of it.
    pub fn profile(&self, id: ProfileId) -> Profile {
        Profile {
            id,
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            account: self.account.clone(),
            kind: self.kind,
            algorithm: self.algorithm,
            digits: self.digits,
            period: self.period,
            weak: self.weak,
            service: self.paired.as_ref().map(|paired| paired.service.clone()),
            ended: self.paired.as_ref().is_some_and(|paired| paired.ended),
        }
    }

    /// How its codes are computed.
    pub fn parameters(&self) -> Result<Parameters, ParameterFault> {
        match self.kind {
            CodeType::Totp => Parameters::totp(self.algorithm, self.digits, self.period),
            CodeType::Hotp => Parameters::hotp(self.algorithm, self.digits),
            CodeType::Steam => Parameters::steam(self.period),
        }
    }
}

/// What holds for the vault as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The profile that is meant when none is named.
    pub default: Option<ProfileId>,
    /// The number of the next profile; numbers are never used again.
    pub next_id: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { default: None, next_id: 1 }
    }
}
