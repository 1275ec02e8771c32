//! Room for a bounded number of connections. When it is full, the program that has the most loses the one that has
//! been idle for longest, so that no program can lock the others out; one that is being answered is never disturbed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use passcode_proto::limits::{CONNECTIONS, EVICTION_IDLE};
use tokio::task::{Id, JoinSet};

use crate::peer::Peer;
use crate::ports::clock::Clock;
use crate::session::Activity;

/// The connections that are open.
pub(super) struct Room {
    clock: Arc<dyn Clock>,
    sessions: JoinSet<()>,
    guests: HashMap<Id, Guest>,
}

struct Guest {
    peer: Arc<Peer>,
    activity: Arc<Activity>,
}

impl Room {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, sessions: JoinSet::new(), guests: HashMap::new() }
    }

    /// How many are in.
    pub(super) fn taken(&self) -> u32 {
        self.guests.len() as u32
    }

    /// Lets a connection in.
    pub(super) fn enter(
        &mut self,
        peer: Arc<Peer>,
        activity: Arc<Activity>,
        session: impl Future<Output = ()> + Send + 'static,
    ) {
        let id = self.sessions.spawn(session).id();
        self.guests.insert(id, Guest { peer, activity });
    }

    /// Waits until a connection has ended; for ever when there is none.
    pub(super) async fn someone_leaves(&mut self) {
        match self.sessions.join_next_with_id().await {
            Some(Ok((id, ()))) => drop(self.guests.remove(&id)),
            Some(Err(error)) => drop(self.guests.remove(&error.id())),
            None => std::future::pending().await,
        }
    }

    /// Waits until every connection has ended.
    pub(super) async fn everyone_leaves(&mut self) {
        while !self.guests.is_empty() {
            self.someone_leaves().await;
        }
    }

    /// Makes sure that there is room for one more, for `peer`.
    pub(super) async fn make(&mut self, peer: &Peer) {
        while self.guests.len() >= CONNECTIONS {
            let pause = self.ask_someone_to_leave(peer);
            let clock = Arc::clone(&self.clock);
            tokio::select! {
                () = self.someone_leaves() => {}
                () = clock.sleep(pause) => {}
            }
        }
    }

    /// Asks the one who can best be spared, and tells how long to wait before asking again.
    fn ask_someone_to_leave(&self, peer: &Peer) -> Duration {
        let now = self.clock.boot();
        let idlest = self
            .of_largest_program(peer)
            .filter_map(|guest| Some((guest.activity.idle(now)?, guest)));
        match idlest.max_by_key(|(idle, _)| *idle) {
            Some((idle, guest)) if idle >= EVICTION_IDLE => {
                tracing::warn!(
                    pid = guest.peer.pid(),
                    "too many connections: the idlest has to go"
                );
                guest.activity.make_room();
                EVICTION_IDLE
            }
            Some((idle, _)) => EVICTION_IDLE - idle,
            None => EVICTION_IDLE,
        }
    }

    fn of_largest_program<'a>(&'a self, newcomer: &'a Peer) -> impl Iterator<Item = &'a Guest> {
        let mut counts: HashMap<&str, usize> = HashMap::from([(newcomer.program(), 1)]);
        for guest in self.guests.values() {
            *counts.entry(guest.peer.program()).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        self.guests.values().filter(move |guest| counts.get(guest.peer.program()) == Some(&most))
    }
}
