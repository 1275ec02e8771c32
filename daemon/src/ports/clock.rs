//! The two clocks: wall time for codes, and boot time, which counts sleep and never jumps, for deadlines.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Time since 1970 by the wall clock; zero when the clock is set before that.
    fn wall(&self) -> Duration;

    /// Time since the machine started, with the time it slept.
    fn boot(&self) -> Duration;

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

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(target_os = "linux")]
fn boot_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// Elsewhere the clock behind [`std::time::Instant`], counted from its first use.
#[cfg(not(target_os = "linux"))]
fn boot_time() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}
