//! Asking the user for what opens the vault, when a program waits for a code and cannot ask itself. Who is asked, and
//! when the question is withdrawn, is the keeper's affair.

use std::future::Future;
use std::pin::Pin;

use passcode_proto::Label;
pub use passcode_proto::event::Wanted;

use crate::secret::Secret;

/// A question for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked for.
    pub wanted: Wanted,
    /// The program that waits, as the system names it.
    pub caller: String,
    /// The profile as that program named it; none for the default one, or when that is no name.
    pub profile: Option<Label>,
    /// What was wrong with the answer before, if there was one.
    pub trouble: Option<String>,
}

/// What became of a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Prompted {
    /// The user's answer.
    Given(Secret),
    /// The user does not want to answer.
    Dismissed,
    /// Nobody can be asked.
    Failed,
}

/// An answer on its way. Dropping it withdraws the question.
pub type Asking = Pin<Box<dyn Future<Output = Prompted> + Send>>;

/// Asks the user.
pub trait Prompter: Send + Sync {
    /// Whether somebody can be asked now. Quick, and shows nothing.
    fn is_there(&self) -> bool;

    /// Asks. Has no deadline of its own: whoever asks withdraws the question by dropping it.
    fn ask(&self, question: Question) -> Asking;
}
