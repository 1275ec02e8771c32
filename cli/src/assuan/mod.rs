//! A pinentry that gives codes (`passcode pinentry`, `passcode-pinentry`): programs that ask by the Assuan protocol, such as
//! openfortivpn, get password and code from the agent; whatever else they ask for, another pinentry asks the user.
//!
//! [`mod@line`] and [`lines`] read and write the protocol, [`asked`] is what was set, [`conversation`] the course of it,
//! and [`elsewhere`] the other pinentry. Who decides and answers is the command, by [`crate::logins`].

mod asked;
mod conversation;
pub mod elsewhere;
mod line;
mod lines;

pub use asked::Asked;
pub use conversation::{Answers, Given, hold};
pub use line::Line;
pub use lines::Lines;
