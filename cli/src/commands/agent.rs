//! `passcode agent start` and `passcode agent stop`.

use std::fs::File;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use passcode_proto::FaultCode;
use passcode_proto::client::{Client, start};
use passcode_proto::place::Place;
use passcode_proto::request::{Quit, Status};

use super::Run;
use crate::context::Context;
use crate::output::{self, Failure, Outcome};

/// Start or stop the agent
///
/// There is no need to start it by hand: the commands that need it do so.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true, subcommand_value_name = "COMMAND")]
pub struct Agent {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start the agent, unless it runs already
    Start,
    /// End the agent in good order
    Stop,
}

/// How long an agent may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pause between two looks at an agent that is ending.
const PAUSE: Duration = Duration::from_millis(10);

impl Run for Agent {
    fn run(self, context: &Context) -> Outcome {
        let place = Place::find()?;
        match self.what {
            What::Start => begin(&place),
            What::Stop => end(&place, context.running_agent()?),
        }
    }
}

fn begin(place: &Place) -> Outcome {
    let (mut agent, how) = match Client::connect(place) {
        Ok(agent) => (agent, "runs already"),
        Err(fault) if fault.code == FaultCode::Unreachable => {
            (start::connect_or_start(place)?, "was started")
        }
        Err(fault) => return Err(fault.into()),
    };
    let status = agent.call(Status {})?;
    output::note(&format!("The agent {how}: process {}, {}", status.pid, status.socket));
    Ok(())
}

fn end(place: &Place, mut agent: Client) -> Outcome {
    let pid = agent.call(Status {})?.pid;
    agent.call(Quit {})?;
    let patience = Instant::now() + PATIENCE;
    loop {
        // Where a service manager holds the socket, somebody answers again at once: another agent.
        let successor = Client::connect(place).and_then(|mut agent| agent.call(Status {}));
        match successor {
            Ok(status) if status.pid != pid => {
                output::note("The agent was stopped, and the service manager started another.");
                return Ok(());
            }
            Err(fault) if fault.code == FaultCode::Unreachable && has_ended(place) => {
                output::note("The agent was stopped.");
                return Ok(());
            }
            _ if Instant::now() >= patience => return Err(still_there()),
            _ => std::thread::sleep(PAUSE),
        }
    }
}

/// An agent holds its lock until its vault is closed, which is after it has stopped answering.
fn has_ended(place: &Place) -> bool {
    File::open(place.agent_lock()).map_or(true, |lock| lock.try_lock_shared().is_ok())
}

fn still_there() -> Failure {
    Failure::local(
        "still_running",
        "The agent did not end within 5 seconds.",
        "See its process with: passcode status",
    )
}
