//! Bytes in: one buffered read for a message that arrives whole, a deadline from its first byte for one that does
//! not, and the size limit before anything is kept. The buffer is wiped behind each message.

use std::sync::Arc;

use passcode_proto::codec::binary::{self, LENGTH_BYTES, PREAMBLE_BYTES};
use passcode_proto::codec::{Spelling, json};
use passcode_proto::limits::{MESSAGE_TIME, REQUEST_BYTES};
use passcode_proto::{Fault, FaultCode, Request};
use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroize;

use super::deadline::within;
use super::{End, no_id};
use crate::ports::clock::Clock;

/// Room for the usual message and then some, so that one read takes it whole.
const USUAL_BYTES: usize = 1024;

/// A message as it was understood, and the id to answer it under.
pub(super) type Message = (json::Id, Result<Request, Fault>);

/// The receiving side of a connection.
pub(super) struct Inbox<R> {
    reader: R,
    clock: Arc<dyn Clock>,
    spelling: Spelling,
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes of a line that were looked through without finding its end.
    searched: usize,
}

impl<R: AsyncRead + Unpin> Inbox<R> {
    pub(super) fn new(reader: R, clock: Arc<dyn Clock>) -> Self {
        Self {
            reader,
            clock,
            spelling: Spelling::Json,
            buffer: vec![0; USUAL_BYTES],
            filled: 0,
            searched: 0,
        }
    }

    /// Waits for the first byte; none when the connection closes before it.
    pub(super) async fn first_byte(&mut self) -> Result<Option<u8>, End> {
        let any = self.filled > 0 || self.fill().await?;
        Ok(any.then(|| self.buffer[0]))
    }

    /// Settles the spelling, and takes the preamble off when there is one.
    pub(super) async fn open(&mut self, spelling: Spelling) -> Result<(), End> {
        self.spelling = spelling;
        if spelling == Spelling::Binary {
            let clock = Arc::clone(&self.clock);
            let preamble = within(clock.as_ref(), MESSAGE_TIME, self.preamble()).await;
            binary::read_preamble(preamble.unwrap_or_else(|| Err(FaultCode::TooSlow.into()))?)?;
            self.consume(PREAMBLE_BYTES);
        }
        Ok(())
    }

    async fn preamble(&mut self) -> Result<[u8; PREAMBLE_BYTES], End> {
        loop {
            if let Some(preamble) = self.arrived().first_chunk() {
                return Ok(*preamble);
            }
            if !self.fill().await? {
                return Err(cut_short());
            }
        }
    }

    /// Waits for the next message; none when the connection closes between two.
    ///
    /// May be dropped while it waits: what has arrived stays in the buffer.
    pub(super) async fn next(&mut self) -> Result<Option<Message>, End> {
        if self.filled == 0 && !self.fill().await? {
            return Ok(None);
        }
        if let Some(message) = self.complete()? {
            return Ok(Some(message));
        }
        let clock = Arc::clone(&self.clock);
        within(clock.as_ref(), MESSAGE_TIME, self.rest())
            .await
            .unwrap_or_else(|| Err(FaultCode::TooSlow.into()))
    }

    /// Watches a connection that has nothing more to ask; ends when the other side goes or speaks again.
    ///
    /// A subscriber that only stopped sending still listens, so the end of its sending is no end.
    pub(super) async fn silence(&mut self) -> End {
        match self.filled > 0 || matches!(self.fill().await, Ok(true)) {
            true => {
                Fault::because(FaultCode::BadRequest, "A subscription takes no further request.")
                    .into()
            }
            false => std::future::pending().await,
        }
    }

    /// Reads until the message that has begun is complete.
    async fn rest(&mut self) -> Result<Option<Message>, End> {
        loop {
            self.make_space()?;
            if !self.fill().await? {
                return self.last().map(Some);
            }
            if let Some(message) = self.complete()? {
                return Ok(Some(message));
            }
        }
    }

    /// What was begun when the other side stopped sending: a last line needs no line break.
    fn last(&mut self) -> Result<Message, End> {
        match self.spelling {
            Spelling::Json => Ok(self.take_line(self.filled)),
            Spelling::Binary => Err(cut_short()),
        }
    }

    /// Reads once; false at the end of the stream.
    async fn fill(&mut self) -> Result<bool, End> {
        let count =
            self.reader.read(&mut self.buffer[self.filled..]).await.map_err(|_| End::Gone)?;
        self.filled += count;
        Ok(count > 0)
    }

    fn arrived(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Takes the message at the beginning of the buffer when it is all there.
    fn complete(&mut self) -> Result<Option<Message>, End> {
        match self.spelling {
            Spelling::Json => self.complete_line(),
            Spelling::Binary => self.complete_frame(),
        }
    }

    fn complete_line(&mut self) -> Result<Option<Message>, End> {
        let unsearched = &self.arrived()[self.searched..];
        match unsearched.iter().position(|byte| *byte == b'\n') {
            Some(end) if self.searched + end <= REQUEST_BYTES => {
                Ok(Some(self.take_line(self.searched + end)))
            }
            None if self.filled <= REQUEST_BYTES => {
                self.searched = self.filled;
                Ok(None)
            }
            _ => Err(FaultCode::TooLarge.into()),
        }
    }

    fn take_line(&mut self, end: usize) -> Message {
        let message = json::read_request(&self.buffer[..end]);
        self.consume((end + 1).min(self.filled));
        message
    }

    fn complete_frame(&mut self) -> Result<Option<Message>, End> {
        let Some(length) = self.arrived().first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let end = LENGTH_BYTES + binary::read_length(*length, REQUEST_BYTES)?;
        if self.filled < end {
            return Ok(None);
        }
        let request = binary::read_request(&self.buffer[LENGTH_BYTES..end]);
        self.consume(end);
        Ok(Some((no_id(), request)))
    }

    /// Wipes what has been read, and moves what came after it to the front.
    fn consume(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.buffer[self.filled - count..self.filled].zeroize();
        self.filled -= count;
        self.searched = 0;
        if self.filled <= USUAL_BYTES && self.buffer.len() > USUAL_BYTES {
            self.resize(USUAL_BYTES);
        }
    }

    fn make_space(&mut self) -> Result<(), End> {
        if self.filled < self.buffer.len() {
            return Ok(());
        }
        if self.filled > REQUEST_BYTES + LENGTH_BYTES {
            return Err(FaultCode::TooLarge.into());
        }
        self.resize((self.buffer.len() * 4).min(REQUEST_BYTES + USUAL_BYTES));
        Ok(())
    }

    /// Moves to a buffer of another size; growing in place would leave a copy behind.
    fn resize(&mut self, size: usize) {
        let mut other = vec![0; size];
        other[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
        self.buffer.zeroize();
        self.buffer = other;
    }
}

fn cut_short() -> End {
    Fault::because(FaultCode::BadRequest, "The message ended before it was complete.").into()
}

impl<R> Drop for Inbox<R> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}
