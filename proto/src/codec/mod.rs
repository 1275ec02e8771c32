//! The two spellings of the language, told apart by a connection's first byte. Neither does I/O here: they turn
//! bytes into messages and messages into bytes, with every limit applied.

pub mod binary;
pub mod json;

use serde::{Deserialize, Serialize};

use crate::event::Numbered;
use crate::fault::Fault;
use crate::verb::Answer;

/// The protocol version: a number kept by hand, raised when a type of the wire changes.
pub const VERSION: u32 = 1;

/// The oldest version that the agent still speaks.
pub const OLDEST: u32 = 1;

/// Everything that the agent sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sent {
    /// The answer to a request.
    Answer(Answer),
    /// The request failed, or the connection did.
    Fault(Fault),
    /// An event, after `subscribe`.
    Event(Numbered),
}

/// What a connection's first byte says about the spelling that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// JSON-RPC 2.0, one object a line.
    Json,
    /// Length-prefixed bincode.
    Binary,
}

impl Spelling {
    /// Recognises the spelling; `None` for anything that is neither, such as HTTP.
    pub const fn of(first: u8) -> Option<Self> {
        match first {
            b'{' => Some(Self::Json),
            binary::FIRST_BYTE => Some(Self::Binary),
            _ => None,
        }
    }
}
