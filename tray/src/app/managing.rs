//! What stands behind the gear: renaming and removing profiles, the default one, and how long the vault stays open.

use passcode_proto::reply::LockTimes;
use passcode_proto::request::{LockTimesSet, Rename, SetDefault, Unpair};
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText};

use super::input::{Action, What};
use super::{App, Place};
use crate::texts;

/// Lengths of time that can be chosen, in seconds; 0 for never.
pub const TIMES: [u32; 9] = [60, 180, 300, 600, 1800, 3600, 43_200, 86_400, 0];

impl App {
    pub(super) fn act_on_profile(&mut self, action: Action) {
        match action {
            Action::Rename(row) => {
                if let Some(profile) = self.row(row) {
                    self.go(Place::Rename(profile));
                }
            }
            Action::Unpair(row) => {
                if let Some(profile) = self.row(row) {
                    self.go(Place::Unpair(profile));
                }
            }
            Action::MakeDefault(row) => self.make_default(row),
            Action::Renamed(name) => self.rename(name),
            Action::Unpaired(pin) => self.unpair(pin),
            Action::SetLockTimes(idle, open, pin) => self.set_lock_times(idle, open, pin),
            _ => {}
        }
    }

    fn make_default(&mut self, row: usize) {
        let profile = self.row(row).and_then(|id| self.profile(id));
        if let Some(profile) = profile.map(|profile| profile.name.to_string()) {
            self.ask_and_wait(What::MakeDefault, Request::SetDefault(SetDefault { profile }));
        }
    }

    fn rename(&mut self, name: String) {
        let Place::Rename(id) = self.place else { return };
        let profile = self.profile(id).map(|profile| profile.name.to_string());
        match profile {
            Some(profile) if profile == name.trim() => self.go(Place::Profiles),
            Some(profile) => {
                self.ask_and_wait(What::Rename, Request::Rename(Rename { profile, name }));
            }
            None => self.go(Place::Profiles),
        }
    }

    fn unpair(&mut self, pin: SecretText) {
        let Place::Unpair(id) = self.place else { return };
        let Some(profile) = self.profile(id).map(|profile| profile.name.to_string()) else {
            return self.go(Place::Profiles);
        };
        // The question said what follows; the service is told later when it cannot be reached.
        let unpair = Unpair { profile, pin: given(pin), offline: true };
        self.ask_and_wait(What::Unpair, Request::Unpair(unpair));
    }

    fn set_lock_times(&mut self, idle: usize, open: usize, pin: SecretText) {
        let Some(times) = self.lock_times() else { return };
        let idle_lock = choices(times.idle_lock).get(idle).copied();
        let max_open = choices(times.max_open).get(open).copied();
        let set = LockTimesSet { idle_lock, max_open, pin: given(pin) };
        self.ask_and_wait(What::LockTimes, Request::LockTimesSet(set));
    }

    pub(super) fn lock_times(&self) -> Option<LockTimes> {
        self.status.as_ref().map(|status| status.settings.lock_times)
    }

    pub(super) fn managed(&mut self, what: What, answer: Result<Answer, Fault>) {
        let done = match answer {
            Ok(answer) => self.done(what, answer),
            Err(fault) => {
                if matches!(fault.code, FaultCode::WrongPin | FaultCode::PinBlocked) {
                    self.begin_try();
                }
                return self.fail(&fault);
            }
        };
        if let Some(done) = done {
            self.tell(texts::tr(done).to_owned());
        }
    }

    fn done(&mut self, what: What, answer: Answer) -> Option<&'static str> {
        match (what, answer) {
            (What::Rename, _) => {
                self.go(Place::Profiles);
                Some("The profile has its new name.")
            }
            (What::Unpair, Answer::Unpair(unpaired)) => {
                self.go(Place::Profiles);
                Some(match unpaired.queued {
                    true => {
                        "The profile is removed; its organisation will be told when it can be reached."
                    }
                    false => "The profile is removed.",
                })
            }
            (What::LockTimes, Answer::LockTimesSet(times)) => {
                if let Some(status) = &mut self.status {
                    status.settings.lock_times = times;
                }
                self.go(Place::Settings);
                Some("The lock times are set.")
            }
            _ => None,
        }
    }
}

fn given(pin: SecretText) -> Option<SecretText> {
    Some(pin).filter(|pin| !pin.expose().is_empty())
}

/// What can be chosen: the usual times, and the present one if it is none of them.
pub fn choices(present: Option<u32>) -> Vec<u32> {
    let present = present.unwrap_or(0);
    let mut choices = TIMES.to_vec();
    if !choices.contains(&present) {
        choices.insert(0, present);
    }
    choices
}

/// Which of the choices the present one is.
pub fn chosen(present: Option<u32>) -> usize {
    choices(present).iter().position(|time| *time == present.unwrap_or(0)).unwrap_or(0)
}

/// A length of time, for people.
pub fn spelled(seconds: u32) -> String {
    let (count, one, many) = match seconds {
        0 => return texts::tr("Never").to_owned(),
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "1 hour", "{} hours"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "1 minute", "{} minutes"),
        _ => (seconds, "1 second", "{} seconds"),
    };
    match count {
        1 => texts::tr(one).to_owned(),
        _ => texts::with(many, &[&count.to_string()]),
    }
}
