//! Subscribers: each has a bounded queue, and one that falls behind is dropped, never waited for.

use std::sync::Arc;

use passcode_proto::event::{Event, Numbered};
use passcode_proto::limits::EVENT_QUEUE;
use passcode_proto::reply::Subscribed;
use passcode_proto::view::View;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::Shared;

/// One subscriber's end: what it is shown first, then what happens.
pub struct Subscription {
    /// The answer to `subscribe`.
    pub answer: Subscribed,
    /// The parts of the first view.
    pub view: Vec<Numbered>,
    /// What happens from then on. Ends without [`Subscription::ended`] being set when the subscriber fell behind.
    pub events: mpsc::Receiver<Shared>,
    /// Gone when the agent ended in good order.
    pub ended: std::sync::Weak<()>,
}

/// Everyone who subscribed, and the number of the last event.
pub(super) struct Subscribers {
    seq: u64,
    queues: Vec<mpsc::Sender<Shared>>,
    alive: Arc<()>,
}

impl Default for Subscribers {
    fn default() -> Self {
        Self { seq: 0, queues: Vec::new(), alive: Arc::new(()) }
    }
}

impl Subscribers {
    /// The number of the last event.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// Takes in a subscriber who is shown `view`.
    pub(super) fn add(&mut self, view: &View) -> Subscription {
        let (queue, events) = mpsc::channel(EVENT_QUEUE);
        self.queues.push(queue);
        Subscription {
            answer: Subscribed { seq: self.seq },
            view: view.replay(),
            events,
            ended: Arc::downgrade(&self.alive),
        }
    }

    /// Numbers an event and tells it to everyone. It is made only when someone listens.
    pub(super) fn announce(&mut self, event: impl FnOnce() -> Event) {
        self.seq += 1;
        if !self.queues.is_empty() {
            let event = Arc::new(Numbered { seq: self.seq, event: event() });
            self.tell(&event);
        }
    }

    /// Shows everyone a new view, under a new number.
    pub(super) fn announce_view(&mut self, view: &View) {
        self.seq += 1;
        let seq = self.seq;
        if !self.queues.is_empty() {
            let parts = View { seq, ..view.clone() }.replay();
            parts.into_iter().for_each(|part| self.tell(&Arc::new(part)));
        }
    }

    fn tell(&mut self, event: &Shared) {
        self.queues.retain(|queue| match queue.try_send(Arc::clone(event)) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                tracing::warn!("a subscriber fell behind and is dropped");
                false
            }
            Err(TrySendError::Closed(_)) => false,
        });
    }

    /// Ends every subscription in good order.
    pub(super) fn end(&mut self) {
        self.alive = Arc::new(());
        self.queues.clear();
    }
}
