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
            self.spell(&Sent::Fault(fault))?;
        }
        let clock = Arc::clone(&self.clock);
        let written = within(clock.as_ref(), WRITE_TIME, self.writer.write_all(&self.buffer)).await;
        self.buffer.zeroize();
        match written {
            Some(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    fn spell(&mut self, sent: &Sent) -> Result<(), Fault> {
        match self.spelling {
            Spelling::Json => json::write_sent(&self.id, sent, &mut self.buffer),
            Spelling::Binary => binary::write_sent(sent, &mut self.buffer),
        }
    }
}
