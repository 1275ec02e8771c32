//! What every command needs to know beside its own arguments, and its way to the agent.

use clap::Args;
use passcode_proto::client::{Client, start};
use passcode_proto::place::Place;

use crate::output::Failure;
use crate::terminal;
use crate::unlocking::Agent;

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Context {
    /// Never ask anything; fail instead
    #[arg(long, global = true, display_order = 100)]
    no_prompt: bool,
}

impl Context {
    /// Whether the user can be asked something.
    pub fn may_ask(&self) -> bool {
        !self.no_prompt && terminal::can_ask()
    }

    /// Whether nobody may be asked, in whatever way.
    pub fn asks_nobody(&self) -> bool {
        self.no_prompt
    }

    /// Whether the agent must not ask the user by itself: somebody sits here who can be asked, or nobody is to be.
    pub fn keeps_agent_from_asking(&self) -> bool {
        self.no_prompt || terminal::can_ask()
    }

    /// Connects to the agent, starting one when none runs. What keeps it from answering is asked for, if that may be.
    pub fn agent(&self) -> Result<Agent, Failure> {
        Ok(Agent::new(start::connect_or_start(&Place::find()?)?, self.may_ask()))
    }

    /// Connects to the agent that runs; fails when none does.
    pub fn running_agent(&self) -> Result<Client, Failure> {
        Ok(Client::connect(&Place::find()?)?)
    }
}
