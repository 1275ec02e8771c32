//! What takes the PIN, and what makes one: asked for when it is needed, and again when it was wrong.

use passcode_proto::reply::{PinMade, PinReport};
use passcode_proto::request::{PinChange, PinSet};
use passcode_proto::{Fault, FaultCode, SecretText, Verb};

use super::Agent;
use crate::asking::{self, AtTerminal, TRIES};
use crate::input::Kind;
use crate::output::{self, Failure};

impl Agent {
    /// Asks for something that takes the PIN when one is set: the one that was given, the one that has just opened the
    /// vault, or one that is asked for.
    pub fn call_with_pin<V: Verb + Clone>(
        &mut self,
        given: Option<SecretText>,
        verb: impl Fn(Option<SecretText>) -> V,
    ) -> Result<V::Answer, Failure> {
        let mut pin = match given {
            Some(pin) => Some(pin),
            None => self.pin(Kind::Pin)?,
        };
        let mut left = TRIES;
        loop {
            left -= 1;
            self.offer(pin.clone());
            match self.call(verb(pin)) {
                Err(wrong)
                    if wrong.is(FaultCode::WrongPin) && left > 0 && self.may_try_again()? =>
                {
                    output::note(wrong.message());
                    pin = Some(asking::known(&mut AtTerminal, Kind::Pin)?);
                }
                other => return other,
            }
        }
    }

    /// The PIN, asked for as the given kind unless it has just been typed; none when none is set, or nobody can be
    /// asked.
    pub fn pin(&mut self, kind: Kind) -> Result<Option<SecretText>, Failure> {
        if !self.may_ask {
            return Ok(None);
        }
        let report = self.opened()?.pin;
        match (report.set, self.proved.take()) {
            (None, _) => Ok(None),
            (Some(_), Some(pin)) => Ok(Some(pin)),
            (Some(_), None) => {
                not_blocked(&report)?;
                asking::known(&mut AtTerminal, kind).map(Some)
            }
        }
    }

    /// Makes a PIN: `new`, or one that is asked for. Where a longer one has to take the place of a PIN, that is asked
    /// for first.
    pub fn make_pin(
        &mut self,
        new: Option<SecretText>,
        recovery_code: bool,
    ) -> Result<PinMade, Failure> {
        let report = self.status()?.pin;
        let is_too_short = report.set.is_some_and(|set| set < report.required);
        let old = match is_too_short && !self.recovered {
            true => self.pin(Kind::OldPin)?,
            false => None,
        };
        let new = match new {
            Some(new) => new,
            None => asking::new_pin(&mut AtTerminal, report.required)?,
        };
        asking::check_pin(new.expose(), report.required)?;
        if let Some(old) = old {
            return self.change_pin(old, new, recovery_code);
        }
        match self.client.call(PinSet { pin: new.clone(), recovery_code }) {
            // One is due and yet there is one, so it is needed after all.
            Err(set) if set.code == FaultCode::PinIsSet && report.due && self.may_ask => {
                let old = asking::known(&mut AtTerminal, Kind::OldPin)?;
                self.change_pin(old, new, recovery_code)
            }
            made => Ok(made?),
        }
    }

    /// Puts a PIN in the place of another.
    pub fn change_pin(
        &mut self,
        old: SecretText,
        new: SecretText,
        recovery_code: bool,
    ) -> Result<PinMade, Failure> {
        let none = || SecretText::new(String::new());
        self.call_with_pin(Some(old), |old| PinChange {
            pin: old.unwrap_or_else(none),
            new: new.clone(),
            recovery_code,
        })
    }
}

/// Refuses to ask for a PIN that would not be looked at.
pub fn not_blocked(pin: &PinReport) -> Result<(), Failure> {
    let Some(seconds) = pin.blocked_for else {
        return Ok(());
    };
    let message = format!("{} {seconds} seconds are left.", FaultCode::PinBlocked.message());
    Err(Fault::because(FaultCode::PinBlocked, message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pin_is_asked_for_while_none_is_taken() {
        let blocked = PinReport { blocked_for: Some(95), ..PinReport::default() };
        let failure = not_blocked(&blocked).unwrap_err();
        assert!(failure.is(FaultCode::PinBlocked));
        assert_eq!(
            failure.message(),
            "No PIN is taken after three wrong ones. 95 seconds are left."
        );
        assert!(not_blocked(&PinReport::default()).is_ok());
    }
}
