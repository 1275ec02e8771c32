//! The way in: takes the socket for this agent alone, checks whose program calls, and keeps the number of
//! connections in bounds. What is said on a connection is the session's affair.

mod room;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub use unix::close_strangers;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use passcode_proto::codec::{Sent, json};
use passcode_proto::place::Place;
use passcode_proto::{Fault, FaultCode};
use tokio::io::AsyncWriteExt;

use crate::peer::{Life, Peer, Rights};
use crate::session::{self, Activity, Surroundings};
use room::Room;

/// Pause after the system refused to accept, for want of file descriptors for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long sessions may take to end once the agent ends.
const GRACE: Duration = Duration::from_secs(1);

/// The agent's socket, open for this process alone.
pub struct Door {
    listener: Listener,
    /// Holds the socket's place for this agent, and gives it up at the end.
    hold: system::Hold,
}

impl Door {
    /// Takes the socket at `place`, or the one that the service manager handed over.
    ///
    /// Fails when another agent has it, when its folder is not the user's alone, and when something that is no
    /// socket stands in its place. Has to be called inside the runtime.
    pub fn open(place: &Place) -> Result<Self, Fault> {
        let (listener, hold) = system::take(place)?;
        Ok(Self { listener, hold })
    }

    /// Where it is, for `status`.
    pub fn address(&self) -> String {
        self.hold.address()
    }

    /// Serves connections until the agent is told to end, then lets the sessions come to theirs.
    pub async fn serve(self, around: Surroundings, count: Arc<AtomicU32>) -> Closed {
        let mut stop = around.keeper.stopping();
        let mut room = Room::new(Arc::clone(&around.clock));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = room.someone_leaves() => continue,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok(stream) => admit(stream, &around, &mut room).await,
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "the system refuses connections");
                    around.clock.sleep(ACCEPT_PAUSE).await;
                }
            }
            count.store(room.taken(), Ordering::Relaxed);
        }
        drop(self.listener);
        self.hold.remove_socket();
        tokio::select! {
            () = room.everyone_leaves() => {}
            () = around.clock.sleep(GRACE) => {}
        }
        Closed { _hold: self.hold }
    }
}

/// A door that lets nobody in any more. The next agent waits until this is dropped, so that it finds the vault closed.
#[must_use]
pub struct Closed {
    _hold: system::Hold,
}

async fn admit(stream: Stream, around: &Surroundings, room: &mut Room) {
    let peer = match identify(&stream) {
        Ok(peer) => Arc::new(peer),
        Err(fault) => return refuse(stream, fault).await,
    };
    room.make(&peer).await;
    let activity = Arc::new(Activity::since(around.clock.boot()));
    let hangup = system::hangup(&stream);
    let session =
        session::serve(stream, Arc::clone(&peer), around.clone(), Arc::clone(&activity), hangup);
    room.enter(peer, activity, session);
}

/// Checks that the caller is a program of our own user.
fn identify(stream: &Stream) -> Result<Peer, Fault> {
    let creds = stream.peer_creds().map_err(|_| FaultCode::Forbidden)?;
    system::check_user(&creds)?;
    let pid = system::pid(&creds);
    let life = pid.map_or_else(Life::none, |pid| system::life(stream, pid));
    Ok(Peer::held(pid, life, Rights::ALL))
}

/// Tells another user's program why it is not served. It is given no time to be slow.
async fn refuse(mut stream: Stream, fault: Fault) {
    tracing::warn!("a program of another user was refused");
    let mut line = Vec::new();
    if json::write_sent(&json::Id::unknown(), &Sent::Fault(fault), &mut line).is_ok() {
        let _ = tokio::time::timeout(Duration::ZERO, stream.write_all(&line)).await;
    }
}
