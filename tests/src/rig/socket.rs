//! The whole agent inside the test: with its door, on a socket in a folder of its own. For what only the door can show.

use std::path::PathBuf;

use passcode_daemon::door::Door;
use passcode_daemon::run;
use passcode_proto::place::Place;
use rustix::process::{Resource, Rlimit};
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use super::Rig;
use super::client::Client;
use super::wire::Wire;

/// An agent at a socket; it runs until a client ends it.
pub struct SocketAgent {
    /// Clock, disk and key store; the rig's own agent does not run.
    pub rig: Rig,
    /// Where it is.
    pub place: Place,
    /// Ends when the agent has.
    pub running: JoinHandle<()>,
    _folder: TempDir,
}

impl SocketAgent {
    /// Starts an agent with nothing paired.
    pub fn start() -> Self {
        allow_many_files();
        let rig = Rig::prepare();
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let place = place_in(folder.path().to_owned());
        let door = Door::open(&place).expect("a socket of its own");
        let (ports, config) = (rig.ports(), place.config.clone());
        let running = tokio::spawn(async move { run::run(door, ports, &config, Vec::new()).await });
        Self { rig, place, running, _folder: folder }
    }

    /// A connection to the socket.
    pub async fn wire(&self) -> Wire {
        Wire::new(UnixStream::connect(&self.place.socket).await.expect("the door is open"))
    }

    /// A client at the socket.
    pub async fn client(&self) -> Client {
        Client::new(self.wire().await)
    }
}

/// Both ends of every connection are in this process, and several tests run at once in it.
fn allow_many_files() {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(Resource::Nofile, raised)
        .expect("a limit may be raised to its maximum");
}

fn place_in(folder: PathBuf) -> Place {
    let home = move |name: &str| (name == "PASSCODE_HOME").then(|| folder.clone().into());
    Place::from_variables(&home).expect("a short path")
}
