//! Passwords that belong to profiles' codes: by themselves, which spends nothing, or joined with a code that is given as
//! any other is.

use passcode_proto::event::{CodeGiven, Event};
use passcode_proto::reply::Login;
use passcode_proto::{Answer, Fault, Request, SecretText};

use super::codes::usable;
use super::state::Agent;
use super::wish::{Receiver, Wish};
use super::{Asked, Outcome};
use crate::vault::Entry;

impl Agent {
    /// Answers `password.use`.
    pub(super) fn use_password(&mut self, asked: Asked) {
        match &asked.request {
            Request::PasswordUse(wanted) if wanted.joined => self.code(asked),
            request => {
                let given = self.password_alone(request, &asked);
                asked.answer(Outcome::Answered(given));
            }
        }
    }

    fn password_alone(&mut self, request: &Request, asked: &Asked) -> Result<Answer, Fault> {
        let vault = &self.open()?.vault;
        let profile = vault.find(Wish::of(request).and_then(|wish| wish.profile))?;
        let entry = usable(vault.entry(profile))?;
        let text = vault.password(entry)?.alone()?;
        let login = Login { profile: entry.profile.name.clone(), text };
        let Receiver { peer, purpose } = Receiver::of(request, &asked.peer);
        self.note_use();
        self.subscribers.announce(|| {
            let caller = peer.program().to_owned();
            Event::PasswordGiven(CodeGiven { profile, caller, purpose })
        });
        Ok(Answer::PasswordUse(login))
    }

    /// `code` joined with the password of its profile.
    pub(super) fn joined(&self, entry: &Entry, code: &SecretText) -> Result<Answer, Fault> {
        let text = self.open()?.vault.password(entry)?.joined(code)?;
        Ok(Answer::PasswordUse(Login { profile: entry.profile.name.clone(), text }))
    }
}
