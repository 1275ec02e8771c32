//! What a request for a code wishes, whichever verb brings it.

use std::sync::Arc;

use passcode_proto::{Label, Request};

use crate::peer::Peer;

/// What is wished of a code.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The profile, as it was named.
    pub profile: Option<&'a str>,
    /// Never one of a step that was given before.
    pub fresh: bool,
    /// Seconds for which it is to be good.
    pub min_valid: Option<u32>,
    /// Seconds that the caller has for it.
    pub wait: Option<u32>,
    /// Whether it is only shown.
    pub show: bool,
    /// Whether the user must not be asked to unlock the vault.
    pub no_prompt: bool,
    /// What it is for.
    purpose: Option<&'a Label>,
}

impl<'a> Wish<'a> {
    /// The wish in `request`, when that may have to wait for the user or for a code.
    pub fn of(request: &'a Request) -> Option<Self> {
        match request {
            Request::GetCode(wanted) => Some(Self {
                profile: wanted.profile.as_deref(),
                fresh: wanted.fresh,
                min_valid: wanted.min_valid,
                wait: wanted.wait,
                show: wanted.show,
                no_prompt: wanted.no_prompt,
                purpose: wanted.purpose.as_ref(),
            }),
            Request::PasswordUse(wanted) => Some(Self {
                profile: wanted.profile.as_deref(),
                fresh: wanted.fresh,
                min_valid: wanted.min_valid,
                wait: wanted.wait,
                show: false,
                no_prompt: wanted.no_prompt,
                purpose: wanted.purpose.as_ref(),
            }),
            _ => None,
        }
    }
}

/// Who gets a code, and what for.
pub(super) struct Receiver {
    pub(super) peer: Arc<Peer>,
    pub(super) purpose: Option<Label>,
}

impl Receiver {
    /// Whoever made `request`.
    pub(super) fn of(request: &Request, peer: &Arc<Peer>) -> Self {
        let purpose = Wish::of(request).and_then(|wish| wish.purpose.cloned());
        Self { peer: Arc::clone(peer), purpose }
    }
}
