//! Making a PIN: the present one first when there is one, then the new one, and once more. The rules are said in words
//! while it is typed; they are the agent's own.

use passcode_proto::pin;
use passcode_proto::request::{PinChange, PinRemove, PinSet};
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText};

use super::input::What;
use super::{App, Place};
use crate::texts;

/// A PIN that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewPin {
    /// Digits that it has to have at the least: 0, 4 or 6.
    pub(super) required: u8,
    /// Whether codes are not given before it is made.
    pub(super) is_due: bool,
    /// Whether the first code of a pairing was kept back for it.
    keeps_code: bool,
    pub(super) step: Step,
    /// What is to be said of what is typed.
    pub(super) rule: String,
    pub(super) is_good: bool,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The present PIN is asked for.
    Old,
    /// The new one is, in the place of the former if there is one.
    New { old: Option<SecretText> },
    /// The new one is once more.
    Again { old: Option<SecretText>, new: SecretText },
}

impl NewPin {
    /// The step before: none before the first one of a PIN that is due; `Some(None)` for the page before.
    pub(super) fn before(&self) -> Option<Option<Box<Self>>> {
        let at = |step| Some(Some(Box::new(Self { step, is_good: false, ..self.clone() })));
        match &self.step {
            Step::Again { old, .. } => at(Step::New { old: old.clone() }),
            Step::New { old: Some(_) } => at(Step::Old),
            Step::Old | Step::New { old: None } => (!self.is_due).then_some(None),
        }
    }
}

impl App {
    /// Begins to make a PIN; `due` is what an organisation asks for, if it does.
    pub(super) fn begin_pin(&mut self, due: Option<u8>) {
        let report = self.status.as_ref().map(|status| status.pin).unwrap_or_default();
        let required = due.unwrap_or(0).max(report.required);
        let step = match report.set {
            Some(_) => Step::Old,
            None => Step::New { old: None },
        };
        let is_due = due.is_some() || report.due;
        let rule = rule("", required).1;
        let keeps_code = due.is_some();
        let pin = NewPin { required, is_due, keeps_code, step, rule, is_good: false };
        self.go(Place::Pin(Box::new(pin)));
    }

    pub(super) fn pin_is_due(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.pin.due)
            || matches!(&self.place, Place::Pin(pin) if pin.is_due)
    }

    pub(super) fn old_pin(&mut self, old: SecretText) {
        if let Place::Pin(pin) = &mut self.place {
            pin.step = Step::New { old: Some(old) };
            self.note = None;
            self.begin_try();
        }
    }

    pub(super) fn pin_typed(&mut self, typed: &SecretText) {
        if let Place::Pin(pin) = &mut self.place {
            (pin.is_good, pin.rule) = rule(typed.expose(), pin.required);
            self.note = None;
        }
    }

    pub(super) fn new_pin(&mut self, new: SecretText) {
        let Place::Pin(pin) = &mut self.place else { return };
        let Step::New { old } = &pin.step else { return };
        if let Err(weak) = pin::check(new.expose(), pin.required) {
            pin.rule = texts::tr_owned(weak.to_string());
            return;
        }
        pin.step = Step::Again { old: old.clone(), new };
        self.note = None;
        self.begin_try();
    }

    pub(super) fn again_pin(&mut self, typed: &SecretText) {
        let Place::Pin(pin) = &mut self.place else { return };
        let Step::Again { old, new } = &pin.step else { return };
        if typed != new {
            let old = old.clone();
            pin.step = Step::New { old };
            (pin.is_good, pin.rule) = rule("", pin.required);
            self.begin_try();
            let unequal = "The two PINs were not the same. Choose one once more.";
            return self.complain(texts::tr(unequal).to_owned());
        }
        let request = match old.clone() {
            Some(old) => {
                let change = PinChange { pin: old, new: new.clone(), recovery_code: false };
                Request::PinChange(change)
            }
            None => Request::PinSet(PinSet { pin: new.clone(), recovery_code: false }),
        };
        self.ask_and_wait(What::MakePin, request);
    }

    pub(super) fn remove_pin(&mut self, pin: SecretText) {
        self.ask_and_wait(What::RemovePin, Request::PinRemove(PinRemove { pin }));
    }

    pub(super) fn pin_made(&mut self, what: What, answer: Result<Answer, Fault>) {
        match answer {
            Ok(_) => {
                let keeps_code = matches!(&self.place, Place::Pin(pin) if pin.keeps_code);
                self.forget_due();
                self.go(Place::Home);
                self.ask_status();
                self.tell(match what {
                    What::RemovePin => texts::tr("There is no PIN any more.").to_owned(),
                    _ => texts::tr("The PIN is set.").to_owned(),
                });
                if keeps_code {
                    self.show_first();
                }
            }
            Err(fault) => self.pin_refused(&fault),
        }
    }

    /// A counter-based code that was kept back for the PIN is given now, as it would have been after pairing.
    fn show_first(&mut self) {
        if self.is_open && self.shown.is_none() {
            self.refresh();
        }
    }

    fn forget_due(&mut self) {
        if let Some(status) = &mut self.status {
            status.pin.due = false;
        }
    }

    fn pin_refused(&mut self, fault: &Fault) {
        self.note_block(fault);
        if let Place::Pin(pin) = &mut self.place {
            pin.step = match (&pin.step, fault.code) {
                (_, FaultCode::WrongPin | FaultCode::PinBlocked) => Step::Old,
                (Step::Again { old, .. }, _) => Step::New { old: old.clone() },
                (step, _) => step.clone(),
            };
        }
        self.begin_try();
        self.fail(fault);
    }
}

/// Whether what is typed is a PIN, and what is to be said of it.
fn rule(typed: &str, required: u8) -> (bool, String) {
    match pin::check(typed, required) {
        Ok(_) => (true, texts::tr("This PIN is good.").to_owned()),
        // Nothing is wrong yet while there is little.
        Err(_) if typed.len() < 4 && typed.bytes().all(|byte| byte.is_ascii_digit()) => {
            let needed = if required == 6 {
                "At least 4 different digits, that do not just count up or down."
            } else {
                "At least 3 different digits of 4, or 4 of 6, that do not just count up or down."
            };
            (false, texts::tr(needed).to_owned())
        }
        Err(weak) => (false, texts::tr_owned(weak.to_string())),
    }
}
