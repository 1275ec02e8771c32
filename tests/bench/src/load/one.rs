//! One client: on a connection that it keeps, or on a new one for each request, as a command line does.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::target::Target;
use crate::Outcome;
use crate::sample::Sample;

/// Requests before the clock starts.
const WARM_UP: usize = 20;

/// Asks on one connection for `time`.
pub fn kept(target: &Target, time: Duration) -> Outcome<Sample> {
    let mut connection = Connection::open_to_keep(target)?;
    for _ in 0..WARM_UP {
        connection.ask()?;
    }
    connection.check()?;
    let sample = repeat(time, || connection.ask())?;
    connection.check()?;
    Ok(sample)
}

/// Connects, asks and closes for `time`.
pub fn connecting(target: &Target, time: Duration) -> Outcome<Sample> {
    let mut first = Connection::open_to_keep(target)?;
    first.ask()?;
    first.check()?;
    drop(first);
    repeat(time, || Connection::open(target)?.ask())
}

fn repeat(time: Duration, mut work: impl FnMut() -> Outcome<()>) -> Outcome<Sample> {
    let mut took = Vec::with_capacity(1 << 17);
    let begin = Instant::now();
    while begin.elapsed() < time {
        let start = Instant::now();
        work()?;
        took.push(start.elapsed().as_nanos() as u32);
    }
    Ok(Sample::of(took, begin.elapsed()))
}
