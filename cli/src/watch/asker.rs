//! The thread that asks the agent for what the live list wishes, so that the list never waits for the agent: an
//! answer may take as long as somebody takes to approve of it.

use std::sync::mpsc::{Receiver, Sender};

use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::profile::ProfileId;
use passcode_proto::reply::Code;
use passcode_proto::request::{GetCode, Lock, Status, Unlock};
use passcode_proto::{Fault, FaultCode, Verb};

use super::feed::News;
use crate::clipboard::{self, Lifetime};
use crate::output::Failure;
use crate::unlocking;

/// What the list wants of the agent; profiles by number, to know them again, and by name, to ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A code to look at.
    Show(ProfileId, String),
    /// A code to copy; spends a counter-based one.
    Copy(ProfileId, String),
    /// The vault locked.
    Lock,
    /// The vault opened with what was given; what is missing is asked for.
    Unlock(Unlock),
}

/// Asks for one thing after the other, until the list is gone.
pub fn run(place: Place, wishes: Receiver<Wish>, news: Sender<News>) {
    let mut asker = Asker { place, agent: None };
    for wish in wishes {
        if news.send(asker.grant(wish)).is_err() {
            return;
        }
    }
}

struct Asker {
    place: Place,
    /// The connection that codes to look at are asked for on.
    agent: Option<Client>,
}

impl Asker {
    fn grant(&mut self, wish: Wish) -> News {
        match wish {
            Wish::Show(id, name) => News::Shown(id, self.show(&name)),
            Wish::Copy(id, name) => match self.copy(&name) {
                Ok((code, note)) => News::Copied(id, Some(code), note),
                Err(failure) => News::Copied(id, None, failure.message().to_owned()),
            },
            Wish::Lock => match self.on_a_new_connection(Lock {}) {
                Ok(_) => News::Note("Locked.".to_owned()),
                Err(fault) => News::Note(fault.message),
            },
            Wish::Unlock(given) => self
                .unlock(given)
                .unwrap_or_else(|failure| News::Note(failure.message().to_owned())),
        }
    }

    /// Opens the vault, or says what it asks for beside what was given.
    fn unlock(&self, given: Unlock) -> Result<News, Failure> {
        let status = self.on_a_new_connection(Status {})?;
        unlocking::not_blocked(&status.pin)?;
        if let Some(kind) = unlocking::missing(&status, &given) {
            return Ok(News::Wanted(kind, given));
        }
        self.on_a_new_connection(given)?;
        Ok(News::Note("Unlocked.".to_owned()))
    }

    /// Asks on the kept connection; when the agent has closed that in the meantime, once more on a new one.
    fn show(&mut self, name: &str) -> Result<Code, Fault> {
        if let Some(mut agent) = self.agent.take() {
            match agent.call(request(name, true)) {
                Err(fault) if fault.code == FaultCode::Unreachable => {}
                answer => {
                    self.agent = Some(agent);
                    return answer;
                }
            }
        }
        let mut agent = Client::connect(&self.place)?;
        let answer = agent.call(request(name, true));
        self.agent = Some(agent);
        answer
    }

    /// Asks for the code anew, this time to give it out, and puts it into the clipboard.
    fn copy(&self, name: &str) -> Result<(Code, String), Failure> {
        let clipboard = clipboard::open()?;
        let code = self.on_a_new_connection(request(name, false))?;
        let copied = clipboard.put(&code.code, Lifetime::of(&code.validity));
        // The code is shown whatever became of the clipboard: a counter-based one is spent.
        let note =
            copied.map_or_else(|failure| failure.message().to_owned(), |copied| copied.in_words());
        Ok((code, note))
    }

    /// What must not be asked twice is asked where no earlier fault can be waiting. Starts no agent.
    fn on_a_new_connection<V: Verb>(&self, verb: V) -> Result<V::Answer, Fault> {
        Client::connect(&self.place)?.call(verb)
    }
}

fn request(name: &str, show: bool) -> GetCode {
    GetCode {
        profile: Some(name.to_owned()),
        fresh: false,
        min_valid: None,
        wait: None,
        show,
        // Whoever looks at the list can unlock it there.
        no_prompt: true,
        purpose: None,
    }
}
