//! Opening the vault: what it asks for beside what was given, and the questions for that.

use passcode_proto::reply::{LockState, StatusReport};
use passcode_proto::request::Unlock;
use passcode_proto::{Exit, Fault, FaultCode, SecretText};

use super::Agent;
use super::pins::not_blocked;
use crate::asking::{self, AtTerminal, TRIES};
use crate::input::Kind;
use crate::output::{self, Failure};
use crate::terminal;

impl Agent {
    /// Opens the vault with what was given, and with what the user is asked for.
    pub fn open(&mut self, mut given: Unlock) -> Result<(), Failure> {
        let status = self.status()?;
        while let Some(kind) = missing(&status, &given) {
            match self.secret(kind, &status)? {
                Some(secret) => put(kind, secret, &mut given),
                None => break,
            }
        }
        let mut wrong = 0;
        loop {
            let fault = match self.client.call(given.clone()) {
                Ok(_) => {
                    self.recovered = given.recovery.is_some();
                    self.proved = given.pin;
                    return Ok(());
                }
                Err(fault) => fault,
            };
            wrong += u8::from(fault.code.exit() == Exit::WrongPin);
            let kind = to_ask_for(fault.code, &given).filter(|_| wrong < TRIES);
            let Some(kind) = kind.filter(|_| self.may_ask) else {
                return Err(fault.into());
            };
            if kind == Kind::Pin && !self.may_try_again()? {
                return Err(fault.into());
            }
            output::note(&fault.message);
            put(kind, asking::known(&mut AtTerminal, kind)?, &mut given);
        }
    }

    /// What the vault asks for, if it is to be had.
    fn secret(&mut self, kind: Kind, status: &StatusReport) -> Result<Option<SecretText>, Failure> {
        if kind == Kind::Pin && self.offered.is_some() {
            return Ok(self.offered.take());
        }
        if !self.may_ask {
            return Ok(None);
        }
        if kind == Kind::Pin {
            not_blocked(&status.pin)?;
        }
        let secret = match status.state {
            LockState::Empty => asking::new_passphrase(&mut AtTerminal),
            _ => asking::known(&mut AtTerminal, kind),
        };
        secret.map(Some)
    }

    /// Opens the vault that kept the agent from answering, or gives the failure back.
    pub(super) fn clear_lock(&mut self, fault: Fault) -> Result<(), Failure> {
        let status = self.status()?;
        let nothing = Unlock { pin: None, passphrase: None, recovery: None };
        match (status.state, missing(&status, &nothing)) {
            (LockState::Open, _) => Err(fault.into()),
            (_, Some(Kind::Pin)) if self.offered.is_some() => self.open(nothing),
            _ if !self.may_ask => Err(fault.into()),
            (_, Some(_)) => self.open(nothing),
            // It was locked on purpose, and opening it takes a word of the user even though it takes no secret.
            (_, None) => match terminal::confirm("The vault is locked. Unlock it?")? {
                true => self.open(nothing),
                false => Err(fault.into()),
            },
        }
    }
}

/// What a vault asks for beside what was given.
pub fn missing(status: &StatusReport, given: &Unlock) -> Option<Kind> {
    let is_closed = matches!(status.state, LockState::Locked | LockState::Opening);
    let is_to_be_made = status.state == LockState::Empty;
    if status.passphrase && given.passphrase.is_none() && (is_closed || is_to_be_made) {
        return Some(Kind::Passphrase);
    }
    let is_proved = given.pin.is_some() || given.recovery.is_some();
    (is_closed && status.pin.set.is_some() && !is_proved).then_some(Kind::Pin)
}

/// What to ask for after the vault was not opened for this reason: something wrong again, something missing once.
fn to_ask_for(code: FaultCode, given: &Unlock) -> Option<Kind> {
    match code {
        FaultCode::WrongPin => Some(Kind::Pin),
        FaultCode::WrongPassphrase => Some(Kind::Passphrase),
        FaultCode::WrongRecoveryCode => Some(Kind::Recovery),
        FaultCode::PinNeeded if given.pin.is_none() => Some(Kind::Pin),
        FaultCode::PassphraseNeeded if given.passphrase.is_none() => Some(Kind::Passphrase),
        _ => None,
    }
}

/// Puts a secret where it belongs.
pub fn put(kind: Kind, secret: SecretText, given: &mut Unlock) {
    match kind {
        Kind::Passphrase => given.passphrase = Some(secret),
        Kind::Recovery => given.recovery = Some(secret),
        _ => given.pin = Some(secret),
    }
}

#[cfg(test)]
mod tests {
    use passcode_proto::reply::PinReport;

    use super::*;

    fn report(state: LockState, pin: Option<u8>, passphrase: bool) -> StatusReport {
        StatusReport {
            state,
            socket: "/run/user/1000/passcode/agent.sock".into(),
            pid: 4711,
            agent: "0.1.0".into(),
            protocol: 1,
            profiles: None,
            default: None,
            keystore: "passphrase".into(),
            pin: PinReport { set: pin, ..PinReport::default() },
            passphrase,
            locks_in: None,
            settings: Box::default(),
            prompter: None,
            connections: 1,
            seq: 3,
            services: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn given(kinds: &[Kind]) -> Unlock {
        let mut given = Unlock { pin: None, passphrase: None, recovery: None };
        kinds.iter().for_each(|kind| put(*kind, SecretText::new("2468".into()), &mut given));
        given
    }

    #[test]
    fn a_locked_vault_asks_for_its_passphrase_and_then_for_its_pin() {
        let locked = report(LockState::Locked, Some(4), true);
        assert_eq!(missing(&locked, &given(&[])), Some(Kind::Passphrase));
        assert_eq!(missing(&locked, &given(&[Kind::Passphrase])), Some(Kind::Pin));
        assert_eq!(missing(&locked, &given(&[Kind::Passphrase, Kind::Pin])), None);
        assert_eq!(missing(&locked, &given(&[Kind::Passphrase, Kind::Recovery])), None);
    }

    #[test]
    fn an_open_vault_asks_for_nothing_and_one_that_is_to_be_made_for_its_passphrase_alone() {
        assert_eq!(missing(&report(LockState::Open, Some(6), true), &given(&[])), None);
        let empty = report(LockState::Empty, None, true);
        assert_eq!(missing(&empty, &given(&[])), Some(Kind::Passphrase));
        assert_eq!(missing(&empty, &given(&[Kind::Passphrase])), None);
        assert_eq!(missing(&report(LockState::Empty, None, false), &given(&[])), None);
    }

    #[test]
    fn what_is_wrong_is_asked_for_again_and_what_is_missing_once() {
        let pin = given(&[Kind::Pin]);
        assert_eq!(to_ask_for(FaultCode::WrongPin, &pin), Some(Kind::Pin));
        assert_eq!(to_ask_for(FaultCode::PinNeeded, &given(&[])), Some(Kind::Pin));
        assert_eq!(to_ask_for(FaultCode::PinNeeded, &pin), None);
        assert_eq!(to_ask_for(FaultCode::PassphraseNeeded, &pin), Some(Kind::Passphrase));
        assert_eq!(to_ask_for(FaultCode::PinBlocked, &pin), None);
        assert_eq!(to_ask_for(FaultCode::VaultDamaged, &pin), None);
    }
}
