//! The language that the passcode agent and its clients speak.
//!
//! # By hand
//!
//! The agent listens on a Unix socket (`$XDG_RUNTIME_DIR/passcode/agent.sock`; [`place`] has the rule) and speaks
//! JSON-RPC 2.0, one object a line:
//!
//! ```text
//! $ S=$(passcode status --json | jq -r .socket)
//! $ printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"code","params":{"profile":"work"}}' | socat -t 70 - UNIX:"$S"
//! {"jsonrpc":"2.0","id":1,"result":{"profile":"work","code":"492039","type":"totp",…}}
//! ```
//!
//! # Order and promises
//!
//! - Requests on a connection are answered in order, one at a time; for more at once, open more connections.
//! - After `subscribe` a connection carries events only: first a view of everything, then changes whose numbers rise
//!   by one ([`view`] has the law). A subscriber that falls behind is told `lagged` and closed.
//! - Every limit stands in [`limits`] and is an error, never a silent cut. Every error is one of [`fault::FaultCode`].
//! - Clients ignore fields and events that they do not know; the agent refuses fields that it does not know, so that
//!   a client learns that it was not understood.
//! - There is no way to ask for the code of another time, and none to read a secret out.
//!
//! # The other spelling
//!
//! Our own clients speak [`codec::binary`]: the same types, by bincode. Its first byte is not one that text begins
//! with, so both spellings share the socket. [`client::Client`] is the way to use it from Rust.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod client;
pub mod codec;
pub mod event;
pub mod fault;
pub mod join;
pub mod label;
pub mod limits;
pub mod picture;
pub mod pin;
pub mod place;
#[cfg(windows)]
pub mod process;
pub mod profile;
pub mod reply;
pub mod request;
pub mod scanned;
pub mod secret;
pub mod verb;
pub mod view;

pub use fault::{Exit, Fault, FaultCode};
pub use label::Label;
pub use secret::SecretText;
pub use verb::{Answer, Request, Verb};
