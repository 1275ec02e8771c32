//! How long things last and how often they may happen. What has a rate is counted in windows of time, by address, by
//! account or for the service as a whole; tests can bring rates of their own.

/// Longest body that the API and the pages take, in bytes.
pub const BODY_BYTES: usize = 64 * 1024;

/// Longest body that is read before it is refused, in bytes.
pub const DRAINED_BYTES: usize = 1024 * 1024;

/// How long a body may take to come, in seconds.
pub const BODY_SECONDS: u64 = 10;

/// How long a challenge can be answered, in seconds.
pub const CHALLENGE_SECONDS: i64 = 120;

/// Challenges that may be open at once, over all addresses.
pub const CHALLENGES: usize = 10_000;

/// How long after the key's end the first passcode of a device that took it in time is awaited, in seconds.
pub const FIRST_PASSCODE_GRACE: i64 = 10 * 60;

/// How long used and expired keys are remembered, so that they are told from unknown ones, in seconds.
pub const KEY_MEMORY: i64 = 7 * 24 * 60 * 60;

/// How many counters ahead a passcode is looked for.
pub const LOOK_AHEAD: i64 = 10;

/// How many counters ahead two successive passcodes are looked for when a device asks for it.
pub const RESYNC_LOOK_AHEAD: i64 = 1_000;

/// Time steps before and after the present one whose passcodes are taken.
pub const STEPS_ASIDE: i64 = 1;

/// Seconds of a time step.
pub const PERIOD: i64 = 30;

/// Wrong passcodes in a row after which a device's passcodes are blocked.
pub const WRONG_PASSCODES: i64 = 5;

/// How long they are blocked, in seconds.
pub const BLOCKED_SECONDS: i64 = 5 * 60;

/// How long a session lasts without being used, in seconds.
pub const SESSION_IDLE: i64 = 60 * 60;

/// How long a session lasts at the most, in seconds.
pub const SESSION_LIFE: i64 = 8 * 60 * 60;

/// Shortest and longest password, in bytes.
pub const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 8..=256;

/// Bytes of a seed.
pub const SEED_BYTES: usize = 20;

/// Longest name of a device or user, in characters.
pub const NAME_CHARS: usize = 64;

/// So many times in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How often.
    pub times: u32,
    /// In which time.
    pub seconds: i64,
}

const fn rate(times: u32, seconds: i64) -> Rate {
    Rate { times, seconds }
}

/// How often what can be tried again and again may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// Challenges given to one address.
    pub challenges_of_address: Rate,
    /// Pairing keys from one address that were no good.
    pub failed_keys_of_address: Rate,
    /// Pairing keys that were no good, from everywhere.
    pub failed_keys_of_service: Rate,
    /// Resynchronisations of one device.
    pub resyncs_of_device: Rate,
    /// Sign-ons that one address tried, well or not.
    pub sign_ons_of_address: Rate,
    /// Wrong passwords for one account.
    pub failed_sign_ons_of_account: Rate,
    /// Passcodes entered for one account, right or wrong.
    pub passcodes_of_account: Rate,
    /// Pairing keys made for one account.
    pub keys_of_account: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            challenges_of_address: rate(120, 60),
            failed_keys_of_address: rate(10, 600),
            failed_keys_of_service: rate(100, 600),
            resyncs_of_device: rate(10, 600),
            sign_ons_of_address: rate(60, 600),
            failed_sign_ons_of_account: rate(10, 600),
            passcodes_of_account: rate(30, 600),
            keys_of_account: rate(20, 600),
        }
    }
}

impl Rates {
    /// Rates that no test of conformance reaches, since it asks thousands of times from one address.
    pub fn lenient() -> Self {
        let free = rate(u32::MAX, 1);
        Self {
            challenges_of_address: free,
            failed_keys_of_address: free,
            failed_keys_of_service: free,
            resyncs_of_device: free,
            sign_ons_of_address: free,
            failed_sign_ons_of_account: free,
            passcodes_of_account: free,
            keys_of_account: free,
        }
    }
}
