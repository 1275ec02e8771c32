//! Explaining the prompts of other programs: what `prompts` makes of them, and whether the same process asks again.

use passcode_proto::reply::Meaning;
use passcode_proto::{Answer, Request};

use super::Asked;
use super::state::Agent;
use crate::prompts::{self, Explained, Shown, Text};

impl Agent {
    /// Answers `prompt.explain`.
    pub(super) fn explain(&mut self, asked: Asked) {
        let Request::PromptExplain(shown) = &asked.request else { return };
        let text = Text::new(&shown.text);
        let name = asked.peer.name();
        let program = shown.program.as_deref().or(name.as_deref());
        let host = shown.host.as_deref();
        let shown = Shown { text: &text, program, host, challenge: shown.challenge };
        let Explained { answer, profile, host } =
            prompts::explain(&self.ports.rules.prompts, &shown);
        let again = asked.peer.process().map_or(0, |process| self.again.count(process, &text));
        asked.answer(Answer::PromptExplain(Meaning { answer, profile, host, again }));
    }
}
