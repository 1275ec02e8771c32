//! What a service says of a device: the passcodes, the policy, the standing. Nothing is taken that a passcode could not be
//! made of, or that could not be shown.

use passcode_proto::Label;
use passcode_proto::profile::Algorithm;
use serde::Deserialize;

use super::super::fault::ServiceFault;
use crate::otp::Parameters;

/// What the organisation asks of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Digits of the PIN: 0 for none, 4 or 6.
    pub pin: u8,
    /// Whether the secret may leave the computer in an export.
    pub export: bool,
}

/// How a device stands with its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What the organisation asks of it.
    pub policy: Policy,
    /// The counter that the service expects next, of counter-based passcodes.
    pub counter: Option<u64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct WirePolicy {
    pin: u8,
    #[serde(default = "allowed")]
    export: bool,
}

fn allowed() -> bool {
    true
}

impl TryFrom<WirePolicy> for Policy {
    type Error = ServiceFault;

    fn try_from(WirePolicy { pin, export }: WirePolicy) -> Result<Self, ServiceFault> {
        match pin {
            0 | 4 | 6 => Ok(Self { pin, export }),
            _ => Err(ServiceFault::Malformed(
                "it asks for a PIN that is neither 4 nor 6 digits long",
            )),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct WireStanding {
    device: String,
    policy: WirePolicy,
    counter: Option<String>,
}

impl WireStanding {
    /// What it says of `device`, and of no other.
    pub fn of(self, device: &str) -> Result<Standing, ServiceFault> {
        if self.device != device {
            return Err(ServiceFault::Malformed("it is about another device"));
        }
        let counter = self.counter.as_deref().map(number).transpose()?;
        Ok(Standing { policy: self.policy.try_into()?, counter })
    }
}

/// How passcodes are made.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WirePasscode {
    #[serde(rename = "type")]
    pub kind: String,
    pub algorithm: String,
    pub digits: u8,
    pub counter: Option<String>,
    pub period: Option<u32>,
}

impl WirePasscode {
    /// The parameters, and the first counter.
    pub fn read(&self) -> Result<(Parameters, u64), ServiceFault> {
        let algorithm = match self.algorithm.as_str() {
            "SHA1" => Algorithm::Sha1,
            "SHA256" => Algorithm::Sha256,
            "SHA512" => Algorithm::Sha512,
            _ => return Err(UNUSABLE),
        };
        match (self.kind.as_str(), &self.counter, self.period) {
            ("hotp", Some(counter), None) => {
                let parameters = Parameters::hotp(algorithm, self.digits);
                Ok((parameters.map_err(|_| UNUSABLE)?, number(counter)?))
            }
            ("totp", None, Some(period)) => {
                let parameters = Parameters::totp(algorithm, self.digits, period);
                Ok((parameters.map_err(|_| UNUSABLE)?, 0))
            }
            _ => Err(UNUSABLE),
        }
    }
}

const UNUSABLE: ServiceFault =
    ServiceFault::Malformed("its passcodes are of a kind that cannot be made here");

pub(super) fn number(text: &str) -> Result<u64, ServiceFault> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.ok_or(ServiceFault::Malformed("a counter is no number of 64 bits"))
}

pub(super) fn label(text: &str) -> Result<Label, ServiceFault> {
    Label::new(text).map_err(|_| ServiceFault::Malformed("a name in it cannot be shown"))
}
