//! The passcode agent: the only code that ever holds a secret.
//!
//! Imports inside this crate point one way, down this list; a test of the workspace checks the edges:
//!
//! ```text
//! main → run → door → session → policy → keeper → vault, pairing → otp → secret
//!                                └──────────────── ports (clock, store, key store, session)
//! ```
//!
//! Below them all are [`memory`], where keys are kept and traces are wiped, and [`harden`], which protects the process.
//!
//! - [`door`] accepts connections, checks who is calling and keeps their number in bounds.
//! - [`session`] frames and parses one connection's messages and keeps its deadlines.
//! - [`policy`] is one exhaustive `match` from request to rule: the first place to go with a new verb.
//! - [`keeper`] is the one owner of the state: one task, one mailbox.
//! - [`vault`] seals, opens and stores; [`pairing`] reads pairing keys; [`otp`] computes passcodes.
//! - [`ports`] are the ways out to clock, disk, key store and session, each with a fake for the tests.
//! - [`peer`] tells who calls, as a label for people.
//! - [`helper`] is the other end of some: children of this program that do what the agent itself must not.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod aead;
pub mod config;
pub mod door;
pub mod errand;
pub mod harden;
pub mod helper;
pub mod kdf;
pub mod keeper;
pub mod log;
pub mod memory;
pub mod origin;
pub mod otp;
pub mod pairing;
pub mod peer;
pub mod policy;
pub mod ports;
pub mod prompts;
pub mod rules;
pub mod run;
pub mod secret;
pub mod session;
pub mod vault;
