//! A connection that has registered to ask the user: it is told what to ask, and brings what was typed, until it closes
//! or the agent ends. Nothing else can be asked on it, so that no wait for a code holds a prompt up.

use passcode_proto::codec::Sent;
use passcode_proto::event::Numbered;
use passcode_proto::reply::Done;
use passcode_proto::{Answer, Fault, FaultCode, Request};
use tokio::io::{AsyncRead, AsyncWrite};

use super::inbox::Message;
use super::{End, Session};
use crate::keeper::{Outcome, Prompting};

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn prompt(&mut self, mut prompting: Prompting) -> Result<(), End> {
        self.outbox.send(&Sent::Answer(Answer::PrompterRegister(Done {}))).await?;
        for seq in 1.. {
            self.activity.rest(self.around.clock.boot());
            let event = loop {
                tokio::select! {
                    event = prompting.events.recv() => break event,
                    message = self.inbox.next() => match message? {
                        Some(message) => self.take_answer(message).await?,
                        None => return Ok(()),
                    },
                    end = &mut self.leave => return Err(end),
                }
            };
            let event = event.ok_or(FaultCode::Stopping)?;
            self.outbox.send(&Sent::Event(Numbered { seq, event })).await?;
        }
        Ok(())
    }

    async fn take_answer(&mut self, (id, read): Message) -> Result<(), End> {
        self.outbox.answer_to(id);
        let read = read.and_then(|request| match request {
            Request::PrompterAnswer(_) => Ok(request),
            _ => Err(answers_only()),
        });
        let sent = match self.outcome(read).await {
            Outcome::Answered(Ok(answer)) => Sent::Answer(answer),
            Outcome::Answered(Err(fault)) => Sent::Fault(fault),
            _ => return Err(FaultCode::Internal.into()),
        };
        self.outbox.send(&sent).await
    }
}

fn answers_only() -> Fault {
    let what = "A connection that asks the user takes no other request than `prompter.answer`.";
    Fault::because(FaultCode::BadRequest, what).advise("Open another connection for it.")
}
