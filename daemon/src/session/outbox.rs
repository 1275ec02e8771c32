//! Bytes out: each message is spelled into one buffer, written at once, and wiped.

use std::sync::Arc;

use passcode_proto::Fault;
use passcode_proto::codec::{Sent, Spelling, binary, json};
use passcode_proto::limits::WRITE_TIME;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use zeroize::Zeroize;

use super::deadline::within;
use super::{End, no_id};
use crate::ports::clock::Clock;

/// Room for the usual answer.
const USUAL_BYTES: usize = 512;

/// The largest buffer that is kept from one message to the next.
const LARGEST_KEPT: usize = 16 * USUAL_BYTES;

/// The sending side of a connection.
pub(super) struct Outbox<W> {
    writer: W,
    clock: Arc<dyn Clock>,
    spelling: Spelling,
    id: json::Id,
    buffer: Vec<u8>,
}

impl<W: AsyncWrite + Unpin> Outbox<W> {
    /// Speaks JSON until the other side has shown what it speaks.
    pub(super) fn new(writer: W, clock: Arc<dyn Clock>) -> Self {
        let buffer = Vec::with_capacity(USUAL_BYTES);
        Self { writer, clock, spelling: Spelling::Json, id: no_id(), buffer }
    }

    /// Speaks as the other side does from now on.
    pub(super) fn speak(&mut self, spelling: Spelling) {
        self.spelling = spelling;
    }

    /// Answers under this id from now on.
    pub(super) fn answer_to(&mut self, id: json::Id) {
        self.id = id;
    }

    /// Writes one message. One that is over the limit becomes the fault that says so.
    pub(super) async fn send(&mut self, sent: &Sent) -> Result<(), End> {
        if let Err(fault) = self.spell(sent) {
            // Also behind the end, where what was too long had got to.
            self.buffer.zeroize();
            self.spell(&Sent::Fault(fault))?;
        }
        let clock = Arc::clone(&self.clock);
        let written = within(clock.as_ref(), WRITE_TIME, self.writer.write_all(&self.buffer)).await;
        self.wipe();
        match written {
            Some(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    /// Wipes what was sent. An unusually large buffer is not kept for the next message.
    fn wipe(&mut self) {
        self.buffer.as_mut_slice().zeroize();
        self.buffer.clear();
        self.buffer.shrink_to(LARGEST_KEPT);
    }

    fn spell(&mut self, sent: &Sent) -> Result<(), Fault> {
        match self.spelling {
            Spelling::Json => json::write_sent(&self.id, sent, &mut self.buffer),
            Spelling::Binary => binary::write_sent(sent, &mut self.buffer),
        }
    }
}

impl<W> Drop for Outbox<W> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}
