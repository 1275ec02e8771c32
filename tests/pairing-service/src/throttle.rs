//! Counts what may happen only so often, in memory: a service that starts again starts counting again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::limits::{Rate, Rates};

/// Windows that are remembered at the most. When there are more, the ones that are over are forgotten, and then all.
const WINDOWS: usize = 50_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    Challenge,
    FailedKey,
    FailedKeyAnywhere,
    Resync,
    SignOn,
    FailedSignOn,
    Passcode,
    NewKey,
}

/// It may be tried again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub i64);

struct Window {
    ends: i64,
    times: u32,
}

type Windows = HashMap<(Counted, String), Window>;

pub struct Throttle {
    rates: Rates,
    windows: Mutex<Windows>,
}

impl Throttle {
    pub fn new(rates: Rates) -> Self {
        Self { rates, windows: Mutex::default() }
    }

    fn rate(&self, counted: Counted) -> Rate {
        match counted {
            Counted::Challenge => self.rates.challenges_of_address,
            Counted::FailedKey => self.rates.failed_keys_of_address,
            Counted::FailedKeyAnywhere => self.rates.failed_keys_of_service,
            Counted::Resync => self.rates.resyncs_of_device,
            Counted::SignOn => self.rates.sign_ons_of_address,
            Counted::FailedSignOn => self.rates.failed_sign_ons_of_account,
            Counted::Passcode => self.rates.passcodes_of_account,
            Counted::NewKey => self.rates.keys_of_account,
        }
    }

    /// Whether `whose` may do it once more now.
    pub fn check(&self, counted: Counted, whose: &str, now: i64) -> Result<(), RetryAfter> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        match windows.get(&(counted, whose.to_owned())) {
            Some(window) if window.ends > now && window.times >= self.rate(counted).times => {
                Err(RetryAfter(window.ends - now))
            }
            _ => Ok(()),
        }
    }

    /// Notes that `whose` did it.
    pub fn count(&self, counted: Counted, whose: &str, now: i64) {
        let ends = now + self.rate(counted).seconds;
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut windows, now);
        let window =
            windows.entry((counted, whose.to_owned())).or_insert(Window { ends, times: 0 });
        if window.ends <= now {
            *window = Window { ends, times: 0 };
        }
        window.times = window.times.saturating_add(1);
    }

    /// [`Throttle::check`], and [`Throttle::count`] when it may be done.
    pub fn take(&self, counted: Counted, whose: &str, now: i64) -> Result<(), RetryAfter> {
        self.check(counted, whose, now)?;
        self.count(counted, whose, now);
        Ok(())
    }
}

fn make_room(windows: &mut Windows, now: i64) {
    if windows.len() >= WINDOWS {
        windows.retain(|_, window| window.ends > now);
    }
    if windows.len() >= WINDOWS {
        windows.clear();
    }
}

/// What of an address is counted: all of it for IPv4, the network of one household for IPv6.
pub fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_is_full_opens_again_when_it_is_over() {
        let rates = Rates { keys_of_account: Rate { times: 2, seconds: 60 }, ..Rates::default() };
        let throttle = Throttle::new(rates);
        let take = |now| throttle.take(Counted::NewKey, "alice", now);
        assert_eq!((take(0), take(10)), (Ok(()), Ok(())));
        assert_eq!(take(20), Err(RetryAfter(40)));
        assert_eq!(throttle.take(Counted::NewKey, "bob", 20), Ok(()));
        assert_eq!(take(60), Ok(()));
    }

    #[test]
    fn addresses_of_one_household_are_counted_together() {
        let of = |text: &str| place(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::4"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
