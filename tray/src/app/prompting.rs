//! The one open prompt on behalf of another program. It ends by an answer, by Escape or closing, at its deadline, and when
//! the agent says that it is over: its caller has gone, or the vault was opened otherwise.

use passcode_proto::SecretText;
use passcode_proto::client::prompter::Prompting;
use passcode_proto::event::{Prompt, Wanted};

use super::App;
use super::input::Effect;

/// The prompt on show.
pub(super) struct Open {
    pub(super) prompt: Prompt,
    /// When it is over.
    pub(super) until: u64,
    /// Whether what was typed is being tried.
    pub(super) is_tried: bool,
}

impl App {
    pub(super) fn prompting(&mut self, prompting: Prompting) {
        match prompting {
            Prompting::Show(prompt) => {
                let until = self.now.run + u64::from(prompt.seconds);
                self.prompt = Some(Open { prompt, until, is_tried: false });
                self.begin_try();
            }
            Prompting::Over(number) => {
                self.prompt.take_if(|open| open.prompt.prompt == number);
                if !self.state_is(passcode_proto::reply::LockState::Open) {
                    // It may have ended because no PIN is taken any more.
                    self.ask_status();
                }
            }
        }
    }

    pub(super) fn answer_prompt(&mut self, typed: Option<SecretText>) {
        let Some(open) = &mut self.prompt else { return };
        let number = open.prompt.prompt;
        match &typed {
            Some(_) => open.is_tried = true,
            None => self.prompt = None,
        }
        self.effects.push(Effect::AnswerPrompt(number, typed));
    }

    /// Digits of the PIN that the prompt asks for; none for a passphrase.
    pub(super) fn asked_digits(prompt: &Prompt) -> Option<u8> {
        match prompt.wanted {
            Wanted::Pin(digits) => Some(digits),
            Wanted::Passphrase => None,
        }
    }
}
