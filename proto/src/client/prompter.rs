//! The side of a program that asks the user on behalf of others: it registers, is told what to ask, and brings what was
//! typed. One end listens, on a thread of its own; the other answers.

use std::io::Write;
use std::sync::Arc;

use interprocess::local_socket::Stream;
use zeroize::Zeroize;

use super::{Client, limit_wait, out_of_turn, unreachable};
use crate::codec::{Sent, binary};
use crate::event::{Event, Prompt};
use crate::fault::{Fault, FaultCode};
use crate::request::{PrompterAnswer, PrompterRegister};
use crate::secret::SecretText;
use crate::verb::{Answer, Verb};

/// What the agent tells a program that asks the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompting {
    /// Show this; any earlier prompt is over.
    Show(Prompt),
    /// The prompt of that number is over.
    Over(u32),
}

/// The end that listens.
#[derive(Debug)]
pub struct Prompts(Client);

/// The end that answers; clones answer on the same connection.
#[derive(Debug, Clone)]
pub struct Answers(Arc<Stream>);

impl Client {
    /// Registers as the program that asks the user.
    ///
    /// # Errors
    /// `prompter_taken` when another program does already.
    pub fn register_prompter(mut self) -> Result<(Prompts, Answers), Fault> {
        self.call(PrompterRegister {})?;
        self.deadline = None;
        limit_wait(&self.stream, None)?;
        let answers = Answers(Arc::clone(&self.stream));
        Ok((Prompts(self), answers))
    }
}

impl Prompts {
    /// Waits for what is to be shown, or no longer.
    pub fn next_prompting(&mut self) -> Result<Prompting, Fault> {
        loop {
            match self.0.read()? {
                Sent::Event(numbered) => match numbered.event {
                    Event::Prompt(prompt) => return Ok(Prompting::Show(prompt)),
                    Event::PromptOver(prompt) => return Ok(Prompting::Over(prompt)),
                    _ => {}
                },
                Sent::Answer(Answer::PrompterAnswer(_)) => {}
                // It was over when the user had typed; that is told by an event too.
                Sent::Fault(fault) if fault.code == FaultCode::PromptOver => {}
                Sent::Fault(fault) => return Err(fault),
                Sent::Answer(_) => return Err(out_of_turn()),
            }
        }
    }
}

impl Answers {
    /// Brings what the user typed at a prompt; nothing when he does not want to answer.
    pub fn answer(&self, prompt: u32, typed: Option<SecretText>) -> Result<(), Fault> {
        let mut out = Vec::new();
        let written = binary::write_request(&PrompterAnswer { prompt, typed }.ask(), &mut out);
        let sent =
            written.and_then(|()| (&*self.0).write_all(&out).map_err(|error| unreachable(&error)));
        out.zeroize();
        sent
    }
}
