//! How long the vault stays open, set while the agent runs: kept in the configuration first, then in force at once. The
//! administrator's policy caps it.

use std::sync::Arc;
use std::time::Duration;

use passcode_proto::reply::LockTimes;
use passcode_proto::request::LockTimesSet;
use passcode_proto::{Answer, Fault, FaultCode, Request};

use super::state::Agent;
use super::{Asked, Message, aside};
use crate::ports::settings::WantedTimes;
use crate::rules::Rules;
use crate::vault::opening::faults::seconds;

impl Agent {
    /// Answers `lock_times.set`.
    pub(super) fn set_lock_times(&mut self, asked: Asked) {
        let Request::LockTimesSet(set) = &asked.request else { return };
        let wanted = wanted(set);
        let rules = match self.ports.rules.with(wanted) {
            Ok(rules) => rules,
            Err(fault) => return asked.answer(fault),
        };
        let (settings, report) = (Arc::clone(&self.ports.settings), self.report_to());
        aside(move || {
            let kept = settings.keep(wanted).map(|()| Arc::new(rules));
            report(Message::TimesKept(asked, kept));
        });
    }

    /// The times were kept, or not.
    pub(super) fn times_kept(&mut self, asked: Asked, kept: Result<Arc<Rules>, String>) {
        match kept {
            Ok(rules) => {
                self.ports.rules = rules;
                self.lock_when_due();
                self.set_alarm();
                asked.answer(Answer::LockTimesSet(self.ports.rules.lock_times()));
            }
            Err(trouble) => asked.answer(
                Fault::because(FaultCode::Internal, trouble)
                    .advise("Nothing was changed; see to the file and try again."),
            ),
        }
    }
}

fn wanted(set: &LockTimesSet) -> WantedTimes {
    let time = |seconds: u32| Duration::from_secs(seconds.into());
    WantedTimes { idle_lock: set.idle_lock.map(time), max_open: set.max_open.map(time) }
}

impl Rules {
    /// The times that hold, for people.
    pub fn lock_times(&self) -> LockTimes {
        LockTimes {
            idle_lock: self.idle_lock.map(seconds),
            max_open: self.max_open.map(seconds),
            longest_idle_lock: self.longest_idle_lock.map(seconds),
            longest_max_open: self.longest_max_open.map(seconds),
        }
    }

    /// These rules with other times.
    ///
    /// # Errors
    /// `policy_forbids` when one is longer than the administrator allows.
    fn with(&self, wanted: WantedTimes) -> Result<Self, Fault> {
        Ok(Self {
            idle_lock: within(wanted.idle_lock, self.idle_lock, self.longest_idle_lock)?,
            max_open: within(wanted.max_open, self.max_open, self.longest_max_open)?,
            ..self.clone()
        })
    }
}

fn within(
    wanted: Option<Duration>,
    present: Option<Duration>,
    longest: Option<Duration>,
) -> Result<Option<Duration>, Fault> {
    let Some(wanted) = wanted else { return Ok(present) };
    let wanted = Some(wanted).filter(|time| !time.is_zero());
    match longest {
        Some(longest) if wanted.is_none_or(|time| time > longest) => {
            let what = format!(
                "The administrator's policy allows {} seconds at the longest.",
                longest.as_secs()
            );
            Err(Fault::because(FaultCode::PolicyForbids, what))
        }
        _ => Ok(wanted),
    }
}
