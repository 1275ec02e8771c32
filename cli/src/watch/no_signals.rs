//! In the place of [`signals`](super::signals) on Windows, which has none: Ctrl-C is a key like any other while the
//! list is on the screen, and a console that is closed takes its programs with it.

use std::io;
use std::sync::mpsc::Sender;

use super::feed::News;

/// Nothing is heard.
pub fn hear(_: Sender<News>) -> io::Result<()> {
    Ok(())
}

/// A program cannot stop itself here, so it goes on.
pub fn stop() -> io::Result<()> {
    Ok(())
}

/// Ends like a program that was left.
pub fn end_by(_: i32) -> io::Result<()> {
    Ok(())
}
