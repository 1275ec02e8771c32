//! A connection to a target: one write a request, and reads until its answer is whole.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::target::Target;
use crate::Outcome;

/// Longest answer to anything that is asked here, in bytes.
const ANSWER_BYTES: usize = 1024;

/// A server that does not answer for so long never will.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pause when the server has not yet accepted those who came before.
const BACKLOG_PAUSE: Duration = Duration::from_micros(200);

/// One connection.
pub struct Connection<'a> {
    target: &'a Target,
    stream: UnixStream,
    spoken: bool,
    answer: [u8; ANSWER_BYTES],
    filled: usize,
}

impl<'a> Connection<'a> {
    /// Connects.
    pub fn open(target: &'a Target) -> Outcome<Self> {
        let stream = loop {
            match UnixStream::connect(&target.socket) {
                Ok(stream) => break stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    std::thread::sleep(BACKLOG_PAUSE)
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Self { target, stream, spoken: false, answer: [0; ANSWER_BYTES], filled: 0 })
    }

    /// Connects for more than one request; an answer that never comes becomes an error.
    pub fn open_to_keep(target: &'a Target) -> Outcome<Self> {
        let connection = Self::open(target)?;
        connection.stream.set_read_timeout(Some(PATIENCE))?;
        Ok(connection)
    }

    /// Asks, and takes in the whole answer.
    pub fn ask(&mut self) -> Outcome<()> {
        self.send()?;
        while !self.receive()? {}
        Ok(())
    }

    /// Asks.
    pub fn send(&mut self) -> Outcome<()> {
        self.filled = 0;
        let request = if self.spoken { &self.target.request } else { &self.target.first };
        self.stream.write_all(request)?;
        self.spoken = true;
        Ok(())
    }

    /// Reads once; true when the answer is whole.
    pub fn receive(&mut self) -> Outcome<bool> {
        match self.stream.read(&mut self.answer[self.filled..])? {
            0 => Err(format!("{} closed the connection", self.target.socket.display()).into()),
            count => {
                self.filled += count;
                Ok(self.target.is_complete(&self.answer[..self.filled]))
            }
        }
    }

    /// Makes sure that the last answer was what was asked for.
    pub fn check(&self) -> Outcome<()> {
        match self.target.is_good(&self.answer[..self.filled]) {
            true => Ok(()),
            false => Err(format!("{} refused", self.target.socket.display()).into()),
        }
    }

    /// The stream, to wait for several at once.
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }
}
