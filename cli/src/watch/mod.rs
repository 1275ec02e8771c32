//! The live list of `passcode watch`: one thread that draws, and others that bring it news ([`feed`]) and ask the
//! agent for it ([`asker`]). What is shown is the [`model`], how it looks is [`draw`], what keys mean is [`keys`], and
//! the terminal is entered and left by [`screen`].
//!
//! A code is asked for when its row is on the screen and its time step has begun, never more often; it is asked for
//! with `show`, so that looking at it does not count as giving it out.

mod asker;
mod bar;
mod draw;
mod feed;
mod keys;
mod model;
mod question;
mod rows;
mod screen;
mod session;
#[cfg(unix)]
mod signals;
#[cfg(windows)]
#[path = "no_signals.rs"]
mod signals;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use passcode_proto::place::Place;
use passcode_proto::reply::LockState;
use passcode_proto::request::Unlock;

use crate::context::Context;
use crate::output::{Failure, Outcome};
use crate::terminal;
use crate::unlocking::missing;
use bar::Signs;
use screen::Screen;
use session::{Next, Session};

/// How long to sleep when nothing on the screen changes by itself.
const IDLE: Duration = Duration::from_secs(3600);

/// Shows the live list until the user leaves it.
pub fn run(context: &Context) -> Outcome {
    if !io::stdout().is_terminal() {
        return Err(Failure::usage(
            "The live list needs a terminal to be drawn in.",
            "For scripts there is: passcode get --json",
        ));
    }
    // Says what is wrong, and asks, while there still is a place for that.
    let mut agent = context.agent()?;
    let status = agent.status()?;
    let nothing = Unlock { pin: None, passphrase: None, recovery: None };
    if status.state == LockState::Locked
        && missing(&status, &nothing).is_some()
        && context.may_ask()
    {
        agent.open(nothing)?;
    }
    drop(agent);
    let place = Place::find()?;
    let mut screen = Screen::enter().map_err(|_| no_screen())?;
    let (news, wishes) = feed::start(&place).map_err(|_| no_screen())?;
    let mut session = Session::new(wishes, signs());
    loop {
        screen.show(&session.frame(screen.size(), now())).map_err(|_| no_screen())?;
        let first = match news.recv_timeout(until_next_second(session.ticks())) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        // What came meanwhile is taken in before anything is drawn again.
        for piece in first.into_iter().chain(news.try_iter()) {
            match session.take(piece, now()) {
                Next::GoOn => {}
                Next::Redraw => screen.forget(),
                Next::Suspend => screen.suspend().map_err(|_| no_screen())?,
                Next::Quit => return Ok(()),
                Next::End(signal) => {
                    drop(screen);
                    return signals::end_by(signal).map_err(|_| no_screen());
                }
            }
        }
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    since_1970().as_secs()
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn until_next_second(ticks: bool) -> Duration {
    match ticks {
        true => Duration::from_secs(1) - Duration::from_nanos(since_1970().subsec_nanos().into()),
        false => IDLE,
    }
}

/// Blocks where the terminal shows more than ASCII.
fn signs() -> Signs {
    match terminal::shows_signs() {
        true => Signs::Blocks,
        false => Signs::Ascii,
    }
}

fn no_screen() -> Failure {
    Failure::local("terminal", "The terminal cannot be used.", "Try another terminal.")
}
