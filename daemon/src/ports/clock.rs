//! The two clocks: wall time for codes, and boot time, which counts sleep and never jumps, for deadlines.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A moment on a clock that nobody can set: which start of the machine, and how long after it, sleep included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Names a start of the machine.
    pub boot: [u8; 16],
    /// Time since then.
    pub uptime: Duration,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Time since 1970 by the wall clock; zero when the clock is set before that.
    fn wall(&self) -> Duration;

    /// Time since the machine started, with the time it slept.
    fn boot(&self) -> Duration;

    /// Time that the machine has slept since it started.
    fn slept(&self) -> Duration;

    /// Now, on the clock that nobody can set.
    fn moment(&self) -> Moment;

    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The machine's own clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }

    fn boot(&self) -> Duration {
        boot_time()
    }

    fn slept(&self) -> Duration {
        time_asleep()
    }

    fn moment(&self) -> Moment {
        Moment { boot: this_boot(), uptime: boot_time() }
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(target_os = "linux")]
fn boot_time() -> Duration {
    read(rustix::time::ClockId::Boottime)
}

#[cfg(target_os = "linux")]
fn time_asleep() -> Duration {
    let awake = read(rustix::time::ClockId::Monotonic);
    boot_time().saturating_sub(awake)
}

#[cfg(target_os = "linux")]
fn read(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The kernel's random name for this start of the machine (`random(4)`).
#[cfg(target_os = "linux")]
fn this_boot() -> [u8; 16] {
    static BOOT: std::sync::OnceLock<[u8; 16]> = std::sync::OnceLock::new();
    *BOOT.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        u128::from_str_radix(&digits, 16).map_or_else(|_| random_boot(), u128::to_be_bytes)
    })
}

/// Elsewhere every start of the agent counts as one of the machine, so that a block begins anew rather than ends early.
#[cfg(not(target_os = "linux"))]
fn this_boot() -> [u8; 16] {
    static BOOT: std::sync::OnceLock<[u8; 16]> = std::sync::OnceLock::new();
    *BOOT.get_or_init(random_boot)
}

fn random_boot() -> [u8; 16] {
    let mut boot = [0; 16];
    // Without random bytes all starts look alike; the block then goes on as measured.
    let _ = getrandom::fill(&mut boot);
    boot
}

/// Not told apart from time awake elsewhere.
#[cfg(not(target_os = "linux"))]
fn time_asleep() -> Duration {
    Duration::ZERO
}

/// Elsewhere the clock behind [`std::time::Instant`], counted from its first use.
#[cfg(not(target_os = "linux"))]
fn boot_time() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}
