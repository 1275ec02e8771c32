//! Every limit of the protocol, named once. Each is an error when it is passed, never a silent cut;
//! `docs/protocol.md` lists them and a test holds the list to this file.

use std::time::Duration;

/// Longest message a client may send, in bytes, without the frame's length field.
pub const REQUEST_BYTES: usize = 64 * 1024;

/// Longest message the agent sends, in bytes, without the frame's length field.
pub const REPLY_BYTES: usize = 1024 * 1024;

/// Deepest nesting of arrays and objects in a JSON message.
pub const JSON_DEPTH: usize = 8;

/// Longest `id` of a JSON-RPC request that is echoed, in bytes.
pub const JSON_ID_BYTES: usize = 64;

/// Connections that the agent keeps open at once.
pub const CONNECTIONS: usize = 256;

/// How long a connection must have been idle before it can be closed to make room for another.
pub const EVICTION_IDLE: Duration = Duration::from_secs(1);

/// Time from a message's first byte to its last.
pub const MESSAGE_TIME: Duration = Duration::from_secs(10);

/// Time that a client has to take in a reply or an event.
pub const WRITE_TIME: Duration = Duration::from_secs(10);

/// Longest name, issuer or account, in bytes of UTF-8.
pub const LABEL_BYTES: usize = 256;

/// Profiles in one vault.
pub const PROFILES: usize = 10_000;

/// Profiles in one page of `list`, or in one part of a view.
pub const PAGE: u32 = 500;

/// Events that may wait for a slow subscriber before it is told `lagged` and closed.
pub const EVENT_QUEUE: usize = 64;

/// Longest time that `code` waits for a later time step, in seconds.
pub const CODE_WAIT: u32 = 60;

/// Longest secret of a pairing key, in bytes; the shortest is one byte.
pub const SECRET_BYTES: usize = 1024;

/// Longest pairing key as typed or pasted, in bytes.
pub const KEY_BYTES: usize = 8 * 1024;

/// Longest text that holds several pairing keys, as exports do, in bytes.
pub const EXPORT_BYTES: usize = 48 * 1024;

/// Longest time step of a time-based profile, in seconds (one day); the shortest is one second.
pub const PERIOD: u32 = 86_400;

/// Numbers of digits that a passcode may have.
pub const DIGITS: std::ops::RangeInclusive<u8> = 6..=8;

/// Successive codes that `hotp.resync` gives.
pub const RESYNC_CODES: std::ops::RangeInclusive<u8> = 2..=3;

/// Length of a passphrase in bytes.
pub const PASSPHRASE_BYTES: std::ops::RangeInclusive<usize> = 8..=1024;

/// How long the user is asked for something before the question is withdrawn.
pub const PROMPT_TIME: Duration = Duration::from_secs(60);
