//! A connection that has subscribed: the view, then events, until it closes, falls behind or the agent ends.

use passcode_proto::codec::Sent;
use passcode_proto::{Answer, FaultCode};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{End, Session};
use crate::keeper::Subscription;

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn follow(&mut self, subscription: Subscription) -> Result<(), End> {
        let Subscription { answer, view, mut events, ended } = subscription;
        self.outbox.send(&Sent::Answer(Answer::Subscribe(answer))).await?;
        for part in view {
            self.outbox.send(&Sent::Event(part)).await?;
        }
        loop {
            self.activity.rest(self.around.clock.boot());
            let event = tokio::select! {
                event = events.recv() => event,
                end = self.inbox.silence() => return Err(end),
                end = &mut self.leave => return Err(end),
            };
            match event {
                Some(event) => self.outbox.send(&Sent::Event(event.as_ref().clone())).await?,
                None if ended.upgrade().is_some() => return Err(FaultCode::Lagged.into()),
                None => return Err(FaultCode::Stopping.into()),
            }
        }
    }
}
