//! A user who answers as a test says. Clones are the same user.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::ports::prompter::{Asking, Prompted, Prompter, Question};

/// The fake user; nobody is there until [`FakePrompter::come`].
#[derive(Clone, Default)]
pub struct FakePrompter(Arc<Mutex<User>>);

#[derive(Default)]
struct User {
    is_there: bool,
    asked: Vec<Question>,
    open: Option<oneshot::Sender<Prompted>>,
}

impl FakePrompter {
    /// Somebody can be asked from now on.
    pub fn come(&self) {
        self.user().is_there = true;
    }

    /// Every question so far.
    pub fn asked(&self) -> Vec<Question> {
        self.user().asked.clone()
    }

    /// Whether a question is open.
    pub fn is_asked(&self) -> bool {
        self.user().open.as_ref().is_some_and(|open| !open.is_closed())
    }

    /// Answers the open question.
    ///
    /// # Panics
    /// When there is none.
    pub fn answer(&self, answer: Prompted) {
        let open = self.user().open.take().expect("a question is open");
        // The question may have been withdrawn in this instant.
        let _ = open.send(answer);
    }

    fn user(&self) -> MutexGuard<'_, User> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Prompter for FakePrompter {
    fn is_there(&self) -> bool {
        self.user().is_there
    }

    fn ask(&self, question: Question) -> Asking {
        let (open, answer) = oneshot::channel();
        let mut user = self.user();
        user.asked.push(question);
        user.open = Some(open);
        Box::pin(async move { answer.await.unwrap_or(Prompted::Failed) })
    }
}
