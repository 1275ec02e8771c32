//! The helper that watches the session over D-Bus; the agent's end is `ports::session_watch`. It holds no secret, and
//! goes on without a bus and tries again, until its standard input ends.
//!
//! | it writes | when |
//! |---|---|
//! | `locked`, `unlocked` | a screen saver or logind says so of the screen, or locks it at once |
//! | `suspending N` | the machine is about to sleep; it waits until `sleep N` is read, or logind's patience is over |
//! | `resumed` | the machine is awake again |
//! | `away`, `back` | the seat shows another session; shows this one again |
//! | `logged-out` | the session has ended, or the machine is going down |
//! | `missing WORD...` | once when it is known, and when it changes: all that cannot be listened for (`wire::Gap`) |
//!
//! It reads `sleep N`: the machine may sleep, for the time of that number. Facts can come twice, from two sources.

use std::io::{self, BufRead};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::ports::session_watch::wire::Order;

mod bus;
mod connect;
mod delay;
mod logind;
mod properties;
mod report;
mod screens;
mod search;

use connect::Which;
use delay::Delay;
use logind::Logind;
use report::Report;
use screens::Screens;

/// How long a bus that says nothing at all is waited for before it is called missing.
const SETTLING: Duration = Duration::from_secs(10);

/// Watches until standard input ends: the agent has gone, or wants no more.
pub fn run() -> ExitCode {
    let report = Arc::new(Report::new(Box::new(io::stdout())));
    let delay = Arc::new(Delay::default());
    let (logind, screens) =
        (Logind::new(Arc::clone(&report), Arc::clone(&delay)), Screens::new(Arc::clone(&report)));
    thread::spawn(move || bus::keep_listening(Which::System, logind));
    thread::spawn(move || bus::keep_listening(Which::Session, screens));
    thread::spawn(move || {
        thread::sleep(SETTLING);
        report.settle();
    });
    for line in io::stdin().lock().lines() {
        match line.as_deref().map(Order::parse) {
            Ok(Some(Order::Sleep(number))) => delay.let_sleep(number),
            Ok(None) => {}
            Err(_) => break,
        }
    }
    ExitCode::SUCCESS
}
