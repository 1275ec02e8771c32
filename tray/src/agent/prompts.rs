//! Being the program that asks the user. The tray registers whenever the agent is there; what is typed is handed to the
//! agent, which checks it.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use passcode_proto::SecretText;
use passcode_proto::client::Client;
use passcode_proto::client::prompter::Answers;
use passcode_proto::place::Place;

use crate::app::input::Input;

/// The connection over which prompts come, while there is one.
#[derive(Clone, Default)]
pub struct Prompts(Arc<Mutex<Option<Answers>>>);

impl Prompts {
    /// Registers with the agent that is there, unless that is done already.
    pub fn register(&self, place: &Place, report: impl Fn(Input) + Send + 'static) {
        if self.answers().is_some() {
            return;
        }
        let (place, own) = (place.clone(), self.clone());
        thread::spawn(move || {
            // Another program may ask the user already; then that one is asked.
            let registered = Client::connect(&place).and_then(Client::register_prompter);
            let Ok((mut prompts, answers)) = registered else { return };
            *own.answers() = Some(answers);
            while let Ok(prompting) = prompts.next_prompting() {
                report(Input::Prompting(prompting));
            }
            *own.answers() = None;
            report(Input::Unregistered);
        });
    }

    /// Brings what was typed at a prompt, or that the user does not want to answer.
    pub fn answer(&self, prompt: u32, typed: Option<SecretText>) {
        if let Some(answers) = self.answers().clone() {
            // A connection that is gone is reported by the thread that listens.
            thread::spawn(move || answers.answer(prompt, typed));
        }
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, Option<Answers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
