//! The code on show and codes that are copied. Looking at a counter-based code spends nothing; Refresh and Copy do.

use passcode_proto::profile::{CodeType, ProfileId};
use passcode_proto::reply::{Code, LockState, Validity};
use passcode_proto::request::GetCode;
use passcode_proto::{Answer, Fault, Request, SecretText};

use super::input::{Action, Effect, What};
use super::{App, Place};
use crate::texts;

/// How long a counter-based code stays in the clipboard, in seconds.
const COUNTED: u32 = 30;

/// How long any code stays there at the most, in seconds.
const LONGEST: u32 = 60;

/// A code on show.
pub(super) struct Shown {
    pub(super) profile: ProfileId,
    pub(super) code: SecretText,
    /// When it is over, in seconds since 1970; none for a counter-based one.
    pub(super) until: Option<u64>,
    /// Whether it may be copied as it is: it is counter-based, and was spent to be shown.
    spent: bool,
}

impl App {
    /// Shows the selected profile's code, when that spends nothing and the page is there.
    pub(super) fn look(&mut self) {
        if !self.is_open || self.place != Place::Home || !self.state_is(LockState::Open) {
            return;
        }
        let Some(profile) = self.listing.selected else { return };
        if self.shown.as_ref().is_some_and(|shown| shown.profile == profile) || self.pin_is_due() {
            return;
        }
        self.shown = None;
        if self.profile(profile).is_some_and(|profile| profile.kind != CodeType::Hotp) {
            self.want(What::Show(profile), profile, true);
        }
    }

    pub(super) fn refresh(&mut self) {
        let Some(profile) = self.selected_here() else { return };
        match self.shown.as_ref().and_then(|shown| shown.until) {
            Some(until) => {
                let left = until.saturating_sub(self.now.wall).to_string();
                self.tell(texts::with("The next passcode comes in {} s.", &[&left]));
            }
            None => self.busy_with(What::Refresh(profile), profile),
        }
    }

    pub(super) fn copy(&mut self, action: &Action) {
        match action {
            Action::Copy => {
                if let Some(profile) = self.selected_here() {
                    self.copy_from_window(What::Copy(profile), profile);
                }
            }
            Action::CopyAndHide => {
                if let Some(profile) = self.selected_here() {
                    self.copy_from_window(What::CopyAndHide(profile), profile);
                }
            }
            Action::CopyOf(profile) => self.want(What::MenuCopy(*profile), *profile, false),
            _ => self.copy_default(),
        }
    }

    fn copy_default(&mut self) {
        let view = self.view.as_ref().filter(|view| view.state == LockState::Open);
        let only = view.filter(|view| view.profiles.len() == 1);
        let default = view.and_then(|view| view.default);
        match default.or_else(|| only.and_then(|view| view.profiles.keys().next().copied())) {
            Some(profile) => self.want(What::MenuCopy(profile), profile, false),
            None => self.open(),
        }
    }

    /// A counter-based code that is on show is copied as it is: it was spent for that.
    fn copy_from_window(&mut self, what: What, profile: ProfileId) {
        let on_show = self.shown.as_ref().filter(|shown| shown.profile == profile && shown.spent);
        match on_show.map(|shown| shown.code.clone()) {
            Some(code) => {
                self.effects.push(Effect::Copy(what, code, COUNTED));
                if let Some(shown) = &mut self.shown {
                    shown.spent = false;
                }
            }
            None => self.busy_with(what, profile),
        }
    }

    fn selected_here(&self) -> Option<ProfileId> {
        let here = self.place == Place::Home && self.state_is(LockState::Open);
        self.listing.selected.filter(|_| here)
    }

    fn busy_with(&mut self, what: What, profile: ProfileId) {
        if let Some(request) = self.request(profile, false) {
            self.ask_and_wait(what, request);
        }
    }

    fn want(&mut self, what: What, profile: ProfileId, show: bool) {
        if let Some(request) = self.request(profile, show) {
            self.ask(what, request);
        }
    }

    fn request(&self, profile: ProfileId, show: bool) -> Option<Request> {
        let name = self.profile(profile)?.name.to_string();
        Some(Request::GetCode(GetCode {
            profile: Some(name),
            fresh: false,
            min_valid: None,
            wait: None,
            show,
            no_prompt: true,
            purpose: None,
        }))
    }

    pub(super) fn take_code(
        &mut self,
        what: What,
        profile: ProfileId,
        answer: Result<Answer, Fault>,
    ) {
        match answer {
            Ok(Answer::GetCode(code)) => self.use_code(what, profile, code),
            Ok(_) => {}
            Err(fault) if matches!(what, What::MenuCopy(_)) => {
                self.notify("Could not copy", texts::fault(&fault));
            }
            Err(fault) => self.fail(&fault),
        }
    }

    fn use_code(&mut self, what: What, profile: ProfileId, code: Code) {
        let copies = what.copies();
        if copies {
            let lifetime = lifetime(&code.validity);
            self.effects.push(Effect::Copy(what, code.code.clone(), lifetime));
        }
        if self.selected_here() == Some(profile) && self.is_open {
            self.show(profile, code, !copies);
        }
    }

    /// Shows a code that was given.
    pub(super) fn show(&mut self, profile: ProfileId, code: Code, is_unused: bool) {
        let until = match code.validity {
            Validity::Time { valid_to, .. } => Some(valid_to),
            Validity::Count { .. } => None,
        };
        let spent = is_unused && until.is_none();
        self.shown = Some(Shown { profile, code: code.code, until, spent });
    }

    /// A code that is over goes, and the next one comes.
    pub(super) fn drop_old_code(&mut self) {
        let over = self.shown.as_ref().and_then(|shown| shown.until);
        if over.is_some_and(|until| until <= self.now.wall) {
            self.shown = None;
            self.look();
        }
    }

    pub(super) fn copied(&mut self, what: What, copied: Result<u32, String>) {
        if self.busy == Some(what) {
            self.busy = None;
        }
        let profile = match what {
            What::Copy(profile) | What::CopyAndHide(profile) | What::MenuCopy(profile) => profile,
            _ => return,
        };
        let name = self.profile(profile).map(|profile| profile.name.to_string());
        match copied {
            Ok(seconds) if what == What::Copy(profile) => {
                let left = seconds.to_string();
                self.tell(texts::with("Copied. It leaves the clipboard in {} s.", &[&left]));
            }
            Ok(seconds) => {
                if what == What::CopyAndHide(profile) {
                    self.hide();
                }
                let (name, left) = (name.unwrap_or_default(), seconds.to_string());
                let body = "Code of {}; it leaves the clipboard in {} s.";
                self.notify("Copied", texts::with(body, &[&name, &left]));
            }
            Err(trouble) if what == What::MenuCopy(profile) => {
                self.notify("Could not copy", trouble);
            }
            Err(trouble) => self.complain(trouble),
        }
    }
}

/// How long a code stays in the clipboard: until it is over.
fn lifetime(validity: &Validity) -> u32 {
    match validity {
        Validity::Time { seconds_left, .. } => (*seconds_left).clamp(1, LONGEST),
        Validity::Count { .. } => COUNTED,
    }
}
