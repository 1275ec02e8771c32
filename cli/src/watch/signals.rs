//! The signals of a Unix system: those that want the program to end are heard, so that the terminal can be given back
//! first; afterwards the program ends, or stops, as the signal would have had it.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::feed::News;

/// Starts the thread that hears signals.
pub fn hear(news: Sender<News>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    thread::spawn(move || signals.forever().try_for_each(|signal| news.send(News::Signal(signal))));
    Ok(())
}

/// Stops the program as Ctrl-Z does elsewhere; returns when it goes on.
pub fn stop() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

/// Ends the program by `signal`.
pub fn end_by(signal: i32) -> io::Result<()> {
    emulate_default_handler(signal)
}
