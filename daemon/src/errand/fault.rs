//! What can go wrong between here and a service, as a closed list with its words. None quotes what the service sent.

use passcode_proto::{Fault, FaultCode};

use crate::ports::courier::Undelivered;

/// Why an errand did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceFault {
    /// There was no answer.
    Undelivered(Undelivered),
    /// The service sends elsewhere; nothing follows that.
    Redirected,
    /// What answers there is none of the services that this agent knows.
    NotAService,
    /// The answer is not of the form that it should have, and in which way.
    Malformed(&'static str),
    /// The service itself failed.
    Broken(u16),
    /// Too much was asked of it; how many seconds it wants to be left alone.
    Busy(Option<u32>),
    /// The key is none of its keys.
    KeyUnknown,
    /// The key's time is over.
    KeyExpired,
    /// The key has been used, here or on another computer.
    KeyUsed,
    /// It does not pair from this network.
    NotAllowed,
    /// The account has as many devices as it may.
    TooManyDevices,
    /// It does not accept what proves who we are.
    Refused,
    /// It accepts neither the key nor what was given beside it, and does not say why.
    NotAccepted,
    /// Its policy forbids it.
    Forbidden,
    /// It has seen a higher count of calls than this one.
    CountTaken(u64),
    /// It does not know this device.
    DeviceUnknown,
    /// This device was removed there.
    DeviceRemoved,
    /// The codes do not fit the counter that it knows.
    ResyncFailed,
    /// What it sealed does not open with this device's key.
    Unsealable,
}

impl From<Undelivered> for ServiceFault {
    fn from(fault: Undelivered) -> Self {
        Self::Undelivered(fault)
    }
}

impl ServiceFault {
    /// In the words of the protocol.
    pub fn fault(&self) -> Fault {
        let (code, what, hint) = self.words();
        match what.is_empty() {
            true => code.into(),
            false => Fault::because(code, what).advise(hint),
        }
    }

    fn words(&self) -> (FaultCode, String, &'static str) {
        let (code, what, hint) = match self {
            Self::Undelivered(fault) => undelivered(*fault),
            Self::Busy(Some(seconds)) => {
                let what = format!("The service wants to be left alone for {seconds} seconds.");
                return (FaultCode::ServiceRefused, what, "Try again then.");
            }
            Self::Malformed(which) => {
                let what = format!("The service's answer cannot be used: {which}.");
                return (FaultCode::ServiceAnswer, what, "Tell the organisation's help desk.");
            }
            Self::Broken(status) => {
                let what = format!("The service failed (HTTP status {status}).");
                return (FaultCode::ServiceAnswer, what, "Try again later.");
            }
            other => other.fixed_words(),
        };
        (code, what.to_owned(), hint)
    }

    /// Nothing stands for the words of the protocol itself.
    fn fixed_words(&self) -> (FaultCode, &'static str, &'static str) {
        match self {
            Self::Redirected => (
                FaultCode::ServiceAnswer,
                "The service sends to another address, which is never followed.",
                "Make sure of the address: it is the one that the organisation's page shows.",
            ),
            Self::NotAService => (
                FaultCode::ServiceAnswer,
                "What answers at this address is no pairing service.",
                "Make sure of the address: it is the one that the organisation's page shows.",
            ),
            Self::KeyUnknown => (FaultCode::KeyUnknown, "", ""),
            Self::KeyExpired => (FaultCode::KeyExpired, "", ""),
            Self::KeyUsed => (FaultCode::KeyUsed, "", ""),
            Self::NotAllowed => (
                FaultCode::ServiceRefused,
                "The organisation does not pair computers in this network.",
                "Pair in the organisation's own network or over its VPN, or ask its help desk.",
            ),
            Self::TooManyDevices => (
                FaultCode::ServiceRefused,
                "The account has as many devices as the organisation allows.",
                "Remove one on the organisation's page of your devices, then get a new key.",
            ),
            Self::Busy(_) => (
                FaultCode::ServiceRefused,
                "The service has been asked too often.",
                "Wait a few minutes, then try again.",
            ),
            Self::NotAccepted => (
                FaultCode::ServiceRefused,
                "The server does not accept the key: its time is over, it was used, or the passphrase is wrong.",
                "Try again with the right passphrase, or get a new key from the organisation's page.",
            ),
            Self::Forbidden => (
                FaultCode::ServiceRefused,
                "The organisation's policy does not let a device do this itself.",
                "Ask its help desk to do it.",
            ),
            Self::Refused | Self::CountTaken(_) => (
                FaultCode::ServiceRefused,
                "The service does not accept this computer's proof of who it is.",
                "Unpair the profile here, remove the device on the organisation's page, and pair again.",
            ),
            Self::DeviceUnknown | Self::DeviceRemoved => (FaultCode::UnpairedThere, "", ""),
            Self::ResyncFailed => (
                FaultCode::ServiceRefused,
                "The service does not find these codes near the counter that it knows.",
                "Ask the organisation's help desk, or pair again with a new key.",
            ),
            _ => (
                FaultCode::ServiceAnswer,
                "What the service sealed does not open with this computer's key.",
                "Get a new key from the organisation's page and pair again.",
            ),
        }
    }
}

fn undelivered(fault: Undelivered) -> (FaultCode, &'static str, &'static str) {
    let unreachable = FaultCode::ServiceUnreachable;
    let untrusted = FaultCode::ServiceUntrusted;
    let network = "Check the address and your network, then try again; the key stays good until its time is over.";
    match fault {
        Undelivered::UnknownHost => {
            (unreachable, "No computer of the service's name is known here.", network)
        }
        Undelivered::Unreachable => (unreachable, "The service cannot be reached.", network),
        Undelivered::Late => (unreachable, "The service did not answer in time.", network),
        Undelivered::CutOff => {
            (unreachable, "The connection to the service ended in the middle.", network)
        }
        Undelivered::NotHttps => {
            (untrusted, "What answers at the service's address does not speak HTTPS.", network)
        }
        Undelivered::UnknownAuthority => (
            untrusted,
            "The service's certificate is signed by nobody who is trusted here.",
            "If the organisation has an authority of its own, name its certificate as \"ca\" in config.toml or policy.toml.",
        ),
        Undelivered::WrongName => (
            untrusted,
            "The service's certificate is for another name.",
            "Make sure of the address: it is the one that the organisation's page shows.",
        ),
        Undelivered::OutOfDate => (
            untrusted,
            "The service's certificate is not valid at this time.",
            "Check this computer's clock; if it is right, tell the organisation's help desk.",
        ),
        Undelivered::BadCertificate => (
            untrusted,
            "The service's certificate is not acceptable.",
            "Tell the organisation's help desk.",
        ),
        Undelivered::ProxyAway | Undelivered::ProxyLogin | Undelivered::ProxyRefuses => {
            proxy(fault)
        }
        Undelivered::TooLong => (
            FaultCode::ServiceAnswer,
            "The service's answer is longer than 1 MiB.",
            "Make sure of the address: it is the one that the organisation's page shows.",
        ),
        Undelivered::NoAuthorityFile => (
            untrusted,
            "The file that \"ca\" names cannot be read, or holds no certificate.",
            "Mend \"ca\" in config.toml or policy.toml; the file is of the PEM kind.",
        ),
        Undelivered::Failed => (
            unreachable,
            "The agent's helper for the network could not be started, or ended without an answer.",
            "Try again; if it stays, install the package anew.",
        ),
    }
}

fn proxy(fault: Undelivered) -> (FaultCode, &'static str, &'static str) {
    let settings = "See \"proxy\" in: passcoded --print-config";
    let (what, hint) = match fault {
        Undelivered::ProxyLogin => (
            "The proxy asks for a login, or does not accept the one that is stored.",
            "Store it with: passcode service proxy-login",
        ),
        Undelivered::ProxyRefuses => ("The proxy refuses to connect to the service.", settings),
        _ => ("The proxy cannot be reached.", settings),
    };
    (FaultCode::ServiceUnreachable, what, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_happened_and_what_to_do() {
        let undelivered = [
            Undelivered::UnknownHost,
            Undelivered::Unreachable,
            Undelivered::Late,
            Undelivered::CutOff,
            Undelivered::NotHttps,
            Undelivered::UnknownAuthority,
            Undelivered::WrongName,
            Undelivered::OutOfDate,
            Undelivered::BadCertificate,
            Undelivered::ProxyAway,
            Undelivered::ProxyLogin,
            Undelivered::ProxyRefuses,
            Undelivered::TooLong,
            Undelivered::NoAuthorityFile,
            Undelivered::Failed,
        ];
        let others = [
            ServiceFault::Redirected,
            ServiceFault::NotAService,
            ServiceFault::Malformed("a part is missing"),
            ServiceFault::Broken(500),
            ServiceFault::Busy(Some(30)),
            ServiceFault::Busy(None),
            ServiceFault::KeyUnknown,
            ServiceFault::KeyExpired,
            ServiceFault::KeyUsed,
            ServiceFault::NotAllowed,
            ServiceFault::TooManyDevices,
            ServiceFault::Refused,
            ServiceFault::NotAccepted,
            ServiceFault::Forbidden,
            ServiceFault::CountTaken(7),
            ServiceFault::DeviceUnknown,
            ServiceFault::DeviceRemoved,
            ServiceFault::ResyncFailed,
            ServiceFault::Unsealable,
        ];
        for fault in undelivered.map(ServiceFault::Undelivered).into_iter().chain(others) {
            let said = fault.fault();
            assert!(said.message.ends_with('.') && said.message.len() > 20, "{fault:?}");
            assert!(said.hint.len() > 10, "{fault:?}");
        }
    }
}
