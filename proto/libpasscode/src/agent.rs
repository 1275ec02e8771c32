//! Connecting: to an agent that runs or is started, of the caller's own user, within the time that it has.

use std::time::{Duration, Instant};

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::request::Hello;
use passcode_proto::{Fault, FaultCode, Verb};

use crate::start;
use crate::status::passcode_status::{self, PASSCODE_TIMED_OUT};
use crate::types::PASSCODE_ANSWER_SECONDS;

/// A connection to an agent that has answered.
pub(crate) struct Agent {
    client: Client,
    deadline: Instant,
}

impl Agent {
    /// Connects, and starts an agent if none runs and `starts` says so.
    ///
    /// The agent is greeted, so that one that hangs is found out in the time for an answer, however long the answer to
    /// what is asked next may take.
    pub(crate) fn connect(starts: bool) -> Result<Self, passcode_status> {
        let deadline = after(0);
        let place = Place::find()?;
        let client = match Client::connect_before(&place, deadline) {
            Err(fault) if fault.code == FaultCode::Unreachable && starts => {
                start::start(deadline);
                Client::connect_before(&place, deadline)
            }
            connected => connected,
        };
        let client = client.map_err(|fault| status(&fault, deadline))?;
        let mut agent = Self { client, deadline };
        agent
            .ask(Hello { client: concat!("libpasscode ", env!("CARGO_PKG_VERSION")).to_owned() })?;
        Ok(agent)
    }

    /// Gives the answer to what is asked next `seconds` beside its usual time.
    pub(crate) fn be_patient(&mut self, seconds: u32) {
        self.deadline = after(seconds);
        self.client.wait_until(self.deadline);
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask<V: Verb>(&mut self, verb: V) -> Result<V::Answer, passcode_status> {
        self.client.call(verb).map_err(|fault| status(&fault, self.deadline))
    }
}

fn after(seconds: u32) -> Instant {
    Instant::now() + Duration::from_secs((PASSCODE_ANSWER_SECONDS + seconds).into())
}

fn status(fault: &Fault, deadline: Instant) -> passcode_status {
    match fault.code {
        FaultCode::Unreachable if Instant::now() >= deadline => PASSCODE_TIMED_OUT,
        code => code.into(),
    }
}
