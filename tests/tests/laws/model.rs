//! What is known of an agent from outside: its profiles, and which counters and time steps may still come.

use std::collections::BTreeMap;

use passcode_proto::FaultCode;

/// Seconds of every time-based profile's steps.
pub const PERIOD: u64 = 30;

/// What an agent has to be like.
#[derive(Debug)]
pub struct Model {
    /// By their numbers.
    pub profiles: BTreeMap<u32, Known>,
    /// The default profile.
    pub default: Option<u32>,
    /// The number of the next profile.
    pub next_id: u32,
    /// Whether a write has failed since the vault was opened, so that it is not closed in good order.
    pub has_failed: bool,
    /// Whether what was not durable may have been lost at any time.
    was_lossy: bool,
    /// Whether the clock was set back at any time.
    was_set_back: bool,
    /// Steps up to this second may be taken for given.
    doubtful_until: u64,
}

/// What is known of a profile.
#[derive(Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// What of it was given.
    pub given: Given,
}

/// What was given of a profile.
#[derive(Debug, Clone, Copy)]
pub enum Given {
    /// The next counter is in this range; more than one only after a kill or a torn write.
    Counters { lowest: u64, highest: u64 },
    /// The last step that anyone was given; that was given since the vault was opened; that was given and is on disk;
    /// and that was asked for.
    Steps { last: Option<u64>, lately: Option<u64>, durable: Option<u64>, tried: Option<u64> },
}

impl Model {
    /// Nothing paired.
    pub fn new() -> Self {
        Self {
            profiles: BTreeMap::new(),
            default: None,
            next_id: 1,
            has_failed: false,
            was_lossy: false,
            was_set_back: false,
            doubtful_until: 0,
        }
    }

    /// The profile of this name.
    pub fn find(&self, name: &str) -> Result<u32, FaultCode> {
        let named = self.profiles.iter().find(|(_, known)| known.name == name).map(|(id, _)| *id);
        named.ok_or(match self.profiles.is_empty() {
            true => FaultCode::NothingPaired,
            false => FaultCode::NoSuchProfile,
        })
    }

    /// What was given of the profile of this name.
    pub fn given(&mut self, name: &str) -> Option<&mut Given> {
        let id = self.find(name).ok()?;
        self.profiles.get_mut(&id).map(|known| &mut known.given)
    }

    /// A profile was paired.
    pub fn add(&mut self, name: &'static str, given: Given) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        self.profiles.insert(id, Known { name, given });
        id
    }

    /// A profile was unpaired.
    pub fn remove(&mut self, id: u32) {
        self.profiles.remove(&id);
        self.default = self.default.filter(|default| *default != id);
    }

    /// The vault was closed and is opened at `now`; what was not durable is lost when the agent was `killed`.
    pub fn reopen(&mut self, killed: bool, now: u64) {
        let is_lossy = std::mem::take(&mut self.has_failed) || killed;
        for known in self.profiles.values_mut() {
            known.given.close(is_lossy);
        }
        if is_lossy {
            self.was_lossy = true;
            self.doubtful_until = now;
            self.forget_what_may_be_lost();
        }
    }

    /// The clock was set back: what an agent that was killed has given lies ahead again.
    pub fn set_back(&mut self) {
        self.was_set_back = true;
        self.forget_what_may_be_lost();
    }

    /// A clock that is set back behind a kill is the one thing that steps are not defended from, unless they were
    /// durable.
    fn forget_what_may_be_lost(&mut self) {
        if !(self.was_lossy && self.was_set_back) {
            return;
        }
        for given in self.profiles.values_mut().map(|known| &mut known.given) {
            if let Given::Steps { last, durable, .. } = given {
                *last = *durable;
            }
        }
    }

    /// Whether the step that `now` is in may be refused as not fresh.
    pub fn may_refuse(&self, given: Given, now: u64) -> bool {
        let step = now / PERIOD;
        let Given::Steps { last, tried, .. } = given else { return false };
        last.max(tried).max(Some(self.doubtful_until / PERIOD)) >= Some(step)
    }
}

impl Given {
    /// Nothing was given.
    pub fn nothing(counter_based: bool) -> Self {
        match counter_based {
            true => Self::Counters { lowest: 0, highest: 0 },
            false => Self::Steps { last: None, lately: None, durable: None, tried: None },
        }
    }

    /// Whether there are counters.
    pub fn is_counter_based(self) -> bool {
        matches!(self, Self::Counters { .. })
    }

    /// `counter` was given.
    pub fn take_counter(&mut self, counter: u64) {
        let Self::Counters { lowest, highest } = self else { panic!("counters belong to HOTP") };
        assert!(
            (*lowest..=*highest).contains(&counter),
            "{counter} is not in {lowest}..={highest}"
        );
        (*lowest, *highest) = (counter + 1, counter + 1);
    }

    /// `step` was given.
    pub fn take_step(&mut self, step: u64, is_durable: bool) {
        let Self::Steps { last, lately, durable, tried } = self else {
            panic!("steps belong to TOTP");
        };
        *last = (*last).max(Some(step));
        *lately = (*lately).max(Some(step));
        *tried = (*tried).max(Some(step));
        if is_durable {
            *durable = (*durable).max(Some(step));
        }
    }

    /// `step` was given as a fresh one.
    pub fn take_fresh_step(&mut self, step: u64) {
        let Self::Steps { last, .. } = self else { panic!("steps belong to TOTP") };
        assert!(Some(step) > *last, "step {step} was given before: {last:?}");
        self.take_step(step, true);
    }

    /// The vault was closed: what was given lately is on disk, unless something may be lost.
    fn close(&mut self, is_lossy: bool) {
        if let Self::Steps { lately, durable, .. } = self {
            let lately = lately.take().filter(|_| !is_lossy);
            *durable = (*durable).max(lately);
        }
    }

    /// A fresh `step` was asked for and failed.
    pub fn try_step(&mut self, step: u64) {
        if let Self::Steps { tried, .. } = self {
            *tried = (*tried).max(Some(step));
        }
    }

    /// Up to `count` counters may have been spent without being given.
    pub fn spend_perhaps(&mut self, count: u64) {
        if let Self::Counters { highest, .. } = self {
            *highest += count;
        }
    }
}
