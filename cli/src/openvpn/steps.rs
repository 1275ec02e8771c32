//! The steps of a conversation with OpenVPN: what the machine wants done and known, and what it gets.

use passcode_proto::SecretText;

use super::command::Command;
use super::line::{Challenge, Dynamic, Need, Static};
use super::tally::Gave;
use crate::output::Failure;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Send(Command),
    /// Say something after so many seconds.
    Later {
        seconds: u64,
        command: Command,
    },
    /// Find an answer, and give it to the machine.
    Ask(Want),
    /// Tell the user.
    Tell(String),
    /// The server's name, as OpenVPN is configured.
    Host(String),
    /// It is over for OpenVPN too, which has been told to end.
    End(Failure),
    /// There is no answer, though there could be one: OpenVPN still waits for it.
    GiveUp(Failure),
}

/// What OpenVPN wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Name and password, with the answer to a static challenge if there is one.
    Login { challenge: Option<Static>, another_password: bool },
    /// The name alone.
    User,
    /// The answer to a dynamic challenge.
    Dynamic(Dynamic),
    /// The answer to a challenge in the middle of the login.
    Response(Challenge),
    /// Something that is no part of the login: a private key's password, a proxy's.
    Other { need: Need, again: bool },
}

/// What OpenVPN is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub user: Option<String>,
    pub secret: SecretText,
    pub gave: Gave,
}

/// How OpenVPN went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// As it was told to.
    Orderly,
    /// With a word of why.
    Told(Failure),
    /// Without a word.
    Silent,
}
