//! What of a profile has been used: the next counter, or the last time step that was given.
//!
//! A counter is issued in memory at once, so that two callers never get the same, and is durable later. When a write
//! fails, its code never left the agent: once nothing else is under way, the counter goes back to what is on disk.

/// First byte of a stored use: which of the two it is.
const COUNTER: u8 = 1;
const STEP: u8 = 2;

/// The use of one profile.
#[derive(Debug, PartialEq, Eq)]
pub struct Usage {
    revision: u64,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Counter { next: u64, durable: u64, under_way: u32 },
    Step { last: Option<u64> },
}

/// There is no counter after the last.
#[derive(Debug, PartialEq, Eq)]
pub struct CounterEnd;

impl Usage {
    /// The use of a counter-based profile whose next code is that of `next`.
    pub fn counter(next: u64) -> Self {
        Self { revision: 1, kind: Kind::Counter { next, durable: next, under_way: 0 } }
    }

    /// The use of a time-based profile whose last given step is `last`.
    pub fn step(last: Option<u64>) -> Self {
        Self { revision: 1, kind: Kind::Step { last } }
    }

    /// Reads what [`Usage::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8], revision: u64) -> Option<Self> {
        let number = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.try_into().ok()?));
        let kind = match bytes.split_first()? {
            (&COUNTER, rest) => {
                let next = number(rest)?;
                Kind::Counter { next, durable: next, under_way: 0 }
            }
            (&STEP, []) => Kind::Step { last: None },
            (&STEP, rest) => Kind::Step { last: Some(number(rest)?) },
            _ => return None,
        };
        Some(Self { revision, kind })
    }

    /// The stored form: a byte for the kind, then the number in 8 bytes, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, number) = match self.kind {
            Kind::Counter { next, .. } => (COUNTER, Some(next)),
            Kind::Step { last } => (STEP, last),
        };
        let mut bytes = vec![kind];
        bytes.extend(number.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    /// The revision under which the present use is to be stored.
    pub fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// Goes on with the revisions of another use of the same profile.
    pub fn follow(&mut self, former: &Self) {
        self.revision = former.revision;
    }

    /// The counter of the next code; none for a time-based profile.
    pub fn next_counter(&self) -> Option<u64> {
        match self.kind {
            Kind::Counter { next, .. } => Some(next),
            Kind::Step { .. } => None,
        }
    }

    /// The last time step that was given.
    pub fn last_step(&self) -> Option<u64> {
        match self.kind {
            Kind::Step { last } => last,
            Kind::Counter { .. } => None,
        }
    }

    /// Notes that a step was given; tells whether that is news.
    pub fn give_step(&mut self, step: u64) -> bool {
        match &mut self.kind {
            Kind::Step { last } if last.is_none_or(|last| last < step) => {
                *last = Some(step);
                true
            }
            _ => false,
        }
    }

    /// Moves the counter to `to`, to be followed by [`Usage::settle`] once it is known whether that is on disk.
    /// The last counter of all, 2⁶⁴−1, is never issued: it has no successor to be stored.
    pub fn advance_to(&mut self, to: u64) {
        if let Kind::Counter { next, under_way, .. } = &mut self.kind {
            *next = to;
            *under_way += 1;
        }
    }

    /// The counter after `count` more codes.
    pub fn counter_after(&self, count: u8) -> Result<u64, CounterEnd> {
        self.next_counter().and_then(|next| next.checked_add(count.into())).ok_or(CounterEnd)
    }

    /// Ends an [`Usage::advance_to`]: `to` is on disk, or its code was never given.
    pub fn settle(&mut self, to: u64, stored: bool) {
        if let Kind::Counter { next, durable, under_way } = &mut self.kind {
            *under_way = under_way.saturating_sub(1);
            if stored {
                *durable = to.max(*durable);
            }
            if *under_way == 0 {
                *next = *durable;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_use_is_read_back_as_it_was_stored() {
        for usage in
            [Usage::counter(0), Usage::counter(u64::MAX), Usage::step(None), Usage::step(Some(7))]
        {
            assert_eq!(Usage::from_bytes(&usage.to_bytes(), 1), Some(usage));
        }
        for bytes in [&[][..], &[0], &[COUNTER], &[COUNTER, 1], &[STEP, 1, 2], &[COUNTER; 10]] {
            assert_eq!(Usage::from_bytes(bytes, 1), None);
        }
    }

    #[test]
    fn a_full_disk_does_not_burn_counters() {
        let mut usage = Usage::counter(5);
        for _ in 0..3 {
            usage.advance_to(usage.counter_after(1).unwrap());
        }
        assert_eq!(usage.next_counter(), Some(8));
        for to in [6, 7, 8] {
            usage.settle(to, false);
        }
        assert_eq!(usage.next_counter(), Some(5));
    }

    proptest! {
        /// Whatever succeeds and fails in whatever order: no counter is issued twice of which one was stored.
        #[test]
        fn a_stored_counter_is_never_issued_again(steps in prop::collection::vec(any::<(bool, bool)>(), 1..200)) {
            let mut usage = Usage::counter(0);
            let (mut under_way, mut given) = (Vec::new(), std::collections::BTreeSet::new());
            for (issue, stored) in steps {
                if issue {
                    let counter = usage.next_counter().unwrap();
                    usage.advance_to(counter + 1);
                    under_way.push(counter);
                } else if !under_way.is_empty() {
                    let counter = under_way.remove(0);
                    usage.settle(counter + 1, stored);
                    prop_assert!(!stored || given.insert(counter));
                }
            }
        }
    }
}
