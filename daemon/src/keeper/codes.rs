//! Passcodes and counters. Nothing waits here: a code that is not good yet is answered with the moment at which it
//! will be, and one that spends a counter is answered when the counter is on disk.

use std::time::Duration;

use passcode_proto::event::{CodeGiven, Event};
use passcode_proto::limits::RESYNC_CODES;
use passcode_proto::profile::{CodeType, Counter, ProfileId};
use passcode_proto::reply::{Code, HotpState, Resync, Validity};
use passcode_proto::request::HotpResync;
use passcode_proto::{Answer, Fault, FaultCode, Label, Request, SecretText};

use super::pending::Job;
use super::state::{Agent, Open, State};
use super::wish::{Receiver, Wish};
use super::{Asked, Outcome};
use crate::otp::Step;
use crate::ports::store::Change;
use crate::vault::seal::Unsealable;
use crate::vault::{Entry, OpenVault};

/// A wall clock before this moment (2000-01-01) has not been set.
pub(super) const CLOCK_FLOOR: Duration = Duration::from_secs(946_684_800);

impl Agent {
    /// Answers `code`.
    pub(super) fn code(&mut self, asked: Asked) {
        let Some(wish) = Wish::of(&asked.request) else {
            return;
        };
        let now = self.ports.clock.wall();
        match self.plan_code(&wish, asked.terms.counts_as_use, now) {
            Err(fault) => asked.answer(fault),
            Ok(Plan::Later(moment)) => asked.answer(Outcome::NotBefore(moment)),
            Ok(Plan::AfterEdit) => self.postpone(asked),
            Ok(Plan::Spend(id)) => self.spend(asked, id),
            Ok(Plan::Give { id, step, counts }) => self.give(asked, id, step, counts, now),
        }
    }

    fn plan_code(&self, wish: &Wish<'_>, counts: bool, now: Duration) -> Result<Plan, Fault> {
        let open = self.open()?;
        let id = open.vault.find(wish.profile)?;
        let entry = usable(open.vault.entry(id))?;
        let counter_based = entry.profile.kind == CodeType::Hotp;
        if counter_based && wish.show {
            let what = "A counter-based code cannot be shown without being spent.";
            return Err(Fault::because(FaultCode::WrongKind, what));
        }
        if open.edits.concerns(id) && counts {
            return Ok(Plan::AfterEdit);
        }
        if counter_based {
            return Ok(Plan::Spend(id));
        }
        if now < CLOCK_FLOOR {
            return Err(FaultCode::ClockWrong.into());
        }
        let step = wanted_step(&open.vault, entry, wish, now.as_secs())?;
        match step.valid_from <= now.as_secs() {
            true => Ok(Plan::Give { id, step, counts }),
            false => Ok(Plan::Later(step.valid_from)),
        }
    }

    /// Gives a time-based code. That it was given is written down; only who insists on a fresh one waits for that.
    fn give(&mut self, asked: Asked, id: ProfileId, step: Step, counts: bool, now: Duration) {
        let fresh = Wish::of(&asked.request).is_some_and(|wish| wish.fresh);
        let validity = time_validity(&step, now.as_secs());
        let answer = match self.computed(id, &asked.request, step.number, validity) {
            Ok(answer) => answer,
            Err(fault) => return asked.answer(fault),
        };
        let receiver = Receiver::of(&asked.request, &asked.peer);
        if let Some(changes) = self.note_step(id, step.number, counts) {
            if fresh {
                let job = Job::FreshStep { profile: id, answer, reply: asked.reply, receiver };
                return self.submit(job, changes);
            }
            self.submit(Job::Noted, changes);
        }
        if counts {
            self.announce_given(&receiver, id);
        }
        asked.answer(answer);
    }

    fn note_step(&mut self, id: ProfileId, step: u64, counts: bool) -> Option<Vec<Change>> {
        let State::Open(open) = &mut self.state else {
            return None;
        };
        let news = counts && open.vault.entry_mut(id)?.usage.give_step(step);
        news.then(|| open.vault.usage_change(id))
    }

    /// Spends one counter.
    fn spend(&mut self, asked: Asked, id: ProfileId) {
        let reserved = self.reserve(id, 1).and_then(|first| {
            let validity = Validity::Count { counter: Counter(first) };
            Ok((first + 1, self.computed(id, &asked.request, first, validity)?))
        });
        match reserved {
            Ok((to, answer)) => self.move_counter(asked, id, to, answer, true),
            Err(fault) => asked.answer(fault),
        }
    }

    /// Answers `hotp.show`, `hotp.set` and `hotp.resync`.
    pub(super) fn counter(&mut self, asked: Asked) {
        match self.plan_counter(&asked.request) {
            Err(fault) => asked.answer(fault),
            Ok((id, _)) if self.open().is_ok_and(|open| open.edits.concerns(id)) => {
                self.postpone(asked)
            }
            Ok((_, CounterPlan::Tell(answer))) => asked.answer(answer),
            Ok((id, CounterPlan::Move { to, answer, gives })) => {
                self.move_counter(asked, id, to, answer, gives);
            }
        }
    }

    fn plan_counter(&self, request: &Request) -> Result<(ProfileId, CounterPlan), Fault> {
        match request {
            Request::HotpShow(show) => {
                let (id, next) = self.counter_of(show.profile.as_deref())?;
                let state = HotpState { profile: self.name(id)?, next: Counter(next) };
                Ok((id, CounterPlan::Tell(Answer::HotpShow(state))))
            }
            Request::HotpSet(set) => {
                let (id, now) = self.counter_of(Some(&set.profile))?;
                if set.next.0 < now {
                    return Err(FaultCode::CounterBack.into());
                }
                let state = HotpState { profile: self.name(id)?, next: set.next };
                let answer = Answer::HotpSet(state);
                Ok((id, CounterPlan::Move { to: set.next.0, answer, gives: false }))
            }
            Request::HotpResync(resync) => self.plan_resync(resync),
            _ => Err(FaultCode::Internal.into()),
        }
    }

    fn plan_resync(&self, resync: &HotpResync) -> Result<(ProfileId, CounterPlan), Fault> {
        let count = resync.codes.unwrap_or(*RESYNC_CODES.start());
        if !RESYNC_CODES.contains(&count) {
            return Err(Fault::because(
                FaultCode::BadRequest,
                "A service asks for 2 or 3 successive codes.",
            ));
        }
        let (id, first) = self.counter_of(resync.profile.as_deref())?;
        if resync.send && self.entry(id)?.paired.is_none() {
            return Err(FaultCode::NotOnline.into());
        }
        let to = self.reserve(id, count)? + u64::from(count);
        let codes =
            (first..to).map(|counter| self.code_text(id, counter)).collect::<Result<_, _>>()?;
        let answer =
            Answer::HotpResync(Resync { profile: self.name(id)?, codes, next: Counter(to) });
        Ok((id, CounterPlan::Move { to, answer, gives: true }))
    }

    /// Moves a counter at once in memory, and gives `answer`, with codes if it `gives`, when that is on disk.
    fn move_counter(&mut self, asked: Asked, id: ProfileId, to: u64, answer: Answer, gives: bool) {
        let State::Open(open) = &mut self.state else {
            return asked.answer(FaultCode::Locked);
        };
        if let Some(entry) = open.vault.entry_mut(id) {
            entry.usage.advance_to(to);
        }
        let changes = open.vault.usage_change(id);
        if let (Answer::HotpResync(resync), true) = (&answer, sends(&asked.request)) {
            let codes = resync.codes.clone();
            return self.submit(Job::Resync { profile: id, to, codes, asked }, changes);
        }
        let receiver = gives.then(|| Receiver::of(&asked.request, &asked.peer));
        let reply = asked.reply;
        self.submit(Job::Counter { profile: id, to, answer, reply, receiver }, changes);
    }

    pub(super) fn submit(&mut self, job: Job, changes: Vec<Change>) {
        let ticket = self.pending.add(job);
        if let State::Open(open) = &self.state {
            open.writer.submit(ticket, changes);
        }
    }

    /// The counter of the next code, when `count` codes can still be given.
    fn reserve(&self, id: ProfileId, count: u8) -> Result<u64, Fault> {
        let usage = &self.entry(id)?.usage;
        let next = usage.next_counter().ok_or(FaultCode::WrongKind)?;
        usage.counter_after(count).map_err(|_| FaultCode::CounterEnd)?;
        Ok(next)
    }

    /// A counter-based profile and the counter of its next code.
    fn counter_of(&self, typed: Option<&str>) -> Result<(ProfileId, u64), Fault> {
        let id = self.open()?.vault.find(typed)?;
        usable(self.open()?.vault.entry(id))?;
        Ok((id, self.reserve(id, 0)?))
    }

    fn name(&self, id: ProfileId) -> Result<Label, Fault> {
        Ok(self.entry(id)?.profile.name.clone())
    }

    fn entry(&self, id: ProfileId) -> Result<&Entry, Fault> {
        self.open()?.vault.entry(id).ok_or_else(|| FaultCode::NoSuchProfile.into())
    }

    /// The code for a counter or step, in the form that `request` asks for.
    fn computed(
        &self,
        id: ProfileId,
        request: &Request,
        factor: u64,
        validity: Validity,
    ) -> Result<Answer, Fault> {
        let entry = self.entry(id)?;
        let code = self.code_text(id, factor)?;
        let (profile, kind) = (entry.profile.name.clone(), entry.profile.kind);
        match request {
            Request::PasswordUse(_) => self.joined(entry, &code),
            _ => Ok(Answer::GetCode(Code { profile, code, kind, validity })),
        }
    }

    fn code_text(&self, id: ProfileId, factor: u64) -> Result<SecretText, Fault> {
        let vault = &self.open()?.vault;
        vault.code(self.entry(id)?, factor).map_err(|Unsealable| FaultCode::VaultDamaged.into())
    }

    pub(super) fn open(&self) -> Result<&Open, Fault> {
        match &self.state {
            State::Open(open) => Ok(open),
            _ => Err(FaultCode::Locked.into()),
        }
    }

    fn postpone(&mut self, asked: Asked) {
        if let State::Open(open) = &mut self.state {
            open.edits.postpone(asked);
        }
    }

    pub(super) fn announce_given(&mut self, receiver: &Receiver, profile: ProfileId) {
        self.note_use();
        self.subscribers.announce(|| {
            let (caller, purpose) = (receiver.peer.program().to_owned(), receiver.purpose.clone());
            Event::CodeGiven(CodeGiven { profile, caller, purpose })
        });
    }
}

/// A profile whose codes its service still accepts.
pub(super) fn usable(entry: Option<&Entry>) -> Result<&Entry, Fault> {
    match entry {
        None => Err(FaultCode::NoSuchProfile.into()),
        Some(entry) if entry.profile.ended => Err(FaultCode::UnpairedThere.into()),
        Some(entry) => Ok(entry),
    }
}

/// Whether the codes go to the profile's service.
fn sends(request: &Request) -> bool {
    matches!(request, Request::HotpResync(resync) if resync.send)
}

/// What is to be done for a `hotp.…`.
enum CounterPlan {
    /// Answer at once.
    Tell(Answer),
    /// Move the counter, then answer; `gives` when the answer holds codes.
    Move { to: u64, answer: Answer, gives: bool },
}

/// When a time-based code is good, seen from second `now`.
pub(super) fn time_validity(step: &Step, now: u64) -> Validity {
    let seconds_left = u32::try_from(step.valid_to.saturating_sub(now)).unwrap_or(u32::MAX);
    Validity::Time { valid_from: step.valid_from, valid_to: step.valid_to, seconds_left }
}

/// What is to be done for a `code`.
enum Plan {
    /// Wait until this second.
    Later(u64),
    /// Wait until the edit of this profile is over.
    AfterEdit,
    /// Spend a counter.
    Spend(ProfileId),
    /// Give the code of a time step, which counts as given or is only shown.
    Give { id: ProfileId, step: Step, counts: bool },
}

/// The first time step, from the present one on, that the wishes allow.
fn wanted_step(vault: &OpenVault, entry: &Entry, wish: &Wish<'_>, now: u64) -> Result<Step, Fault> {
    let parameters = &entry.parameters;
    let period = u64::from(parameters.period());
    let min_valid = wish.min_valid.unwrap_or(0).into();
    if min_valid > period {
        let what = format!("A code of this profile is valid for {period} seconds at the most.");
        return Err(Fault::because(FaultCode::NotReady, what));
    }
    let mut first_second = now;
    let step = parameters.step_at(now).ok_or(FaultCode::Internal)?;
    if step.valid_to.saturating_sub(now) < min_valid {
        first_second = step.valid_to;
    }
    if let Some(given) = vault.last_given_step(entry).filter(|_| wish.fresh) {
        first_second = first_second.max(given.saturating_add(1).saturating_mul(period));
    }
    parameters.step_at(first_second).ok_or_else(|| FaultCode::Internal.into())
}
