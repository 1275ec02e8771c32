//! The agent, with the user beside it: what keeps it from answering (a locked vault, a PIN that is due, a wrong PIN) is
//! asked for on the terminal, for every command alike. Without anybody to ask, its failures stay as they are. How the
//! vault is opened is [`opening`], what takes or makes a PIN is [`pins`].

mod opening;
mod pins;

use passcode_proto::client::Client;
use passcode_proto::reply::{LockState, StatusReport};
use passcode_proto::request::{List, Status};
use passcode_proto::{Fault, FaultCode, SecretText, Verb};

use crate::output::{self, Failure};
pub use opening::{missing, put};
pub use pins::not_blocked;

/// A connection to the agent, and what is known of the user's secrets.
#[derive(Debug)]
pub struct Agent {
    client: Client,
    /// Whether the user can be asked.
    may_ask: bool,
    /// A PIN that came with the command, in case the vault asks for one.
    offered: Option<SecretText>,
    /// The PIN that has just opened the vault.
    proved: Option<SecretText>,
    /// Whether a recovery code has just opened the vault, so that the PIN that is set counts for nothing.
    recovered: bool,
}

impl Agent {
    /// The agent at the other end of `client`.
    pub fn new(client: Client, may_ask: bool) -> Self {
        Self { client, may_ask, offered: None, proved: None, recovered: false }
    }

    /// Gives a PIN that opens the vault when that asks for one.
    pub fn offer(&mut self, pin: Option<SecretText>) {
        self.offered = pin;
    }

    /// The PIN that was offered, unless it has been needed.
    pub fn take_offer(&mut self) -> Option<SecretText> {
        self.offered.take()
    }

    /// How the agent is.
    pub fn status(&mut self) -> Result<StatusReport, Failure> {
        Ok(self.client.call(Status {})?)
    }

    /// How the agent is, after the vault was opened if that can be done here.
    pub fn opened(&mut self) -> Result<StatusReport, Failure> {
        let status = self.status()?;
        match status.state {
            LockState::Locked if self.may_ask || self.offered.is_some() => {
                self.clear(FaultCode::Locked.into())?;
                self.status()
            }
            LockState::Opening => {
                // Answered as soon as it has been opened; whether that worked, the status tells.
                let _ = self.client.call(List { after: None, limit: Some(1) });
                self.status()
            }
            _ => Ok(status),
        }
    }

    /// Asks the agent, and once more after each thing in its way that the user could clear.
    pub fn call<V: Verb + Clone>(&mut self, verb: V) -> Result<V::Answer, Failure> {
        let mut cleared = Vec::new();
        loop {
            let fault = match self.client.call(verb.clone()) {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            if cleared.contains(&fault.code) {
                return Err(fault.into());
            }
            cleared.push(fault.code);
            self.clear(fault)?;
        }
    }

    /// Clears what was in the way of an answer, or gives the failure back.
    fn clear(&mut self, fault: Fault) -> Result<(), Failure> {
        match fault.code {
            FaultCode::Locked | FaultCode::PinNeeded | FaultCode::PassphraseNeeded
                if self.may_ask || self.offered.is_some() =>
            {
                self.clear_lock(fault)
            }
            FaultCode::PinDue if self.may_ask => {
                output::note(&fault.message);
                self.make_pin(None, false).map(drop)
            }
            _ => Err(fault.into()),
        }
    }

    /// Whether a PIN can be asked for again after a wrong one.
    fn may_try_again(&mut self) -> Result<bool, Failure> {
        Ok(self.may_ask && self.status()?.pin.blocked_for.is_none())
    }
}
