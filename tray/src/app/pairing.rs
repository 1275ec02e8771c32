//! Adding a profile in two steps, its name and its key, with what the key is recognised as while it is typed.

use passcode_proto::reply::{LockState, Paired};
use passcode_proto::request;
use passcode_proto::scanned::{Other, Scanned, Title};
use passcode_proto::{Answer, Fault, FaultCode, Request, SecretText};

use super::input::{Effect, Source, What};
use super::{App, Place};
use crate::texts;

/// A profile that is being added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Adding {
    /// Empty when it is to be made from the key.
    pub(super) name: String,
    /// What was typed is recognised as this.
    pub(super) recognised: String,
    /// Where the key comes from has to be said.
    pub(super) wants_service: bool,
    pub(super) wants_passphrase: bool,
    pub(super) service: String,
    /// How many profiles there were when a QR code was looked for.
    known: usize,
}

impl App {
    pub(super) fn name(&mut self, name: String) {
        let name = name.trim().to_owned();
        let taken = self.view.as_ref().is_some_and(|view| {
            view.profiles.values().any(|one| one.name.folded() == name.to_lowercase())
        });
        if taken {
            return self.complain(texts::tr("There is a profile of that name already.").to_owned());
        }
        self.go(Place::AddKey(Box::new(Adding { name, ..Adding::default() })));
    }

    pub(super) fn key_typed(&mut self, key: &SecretText) {
        self.note = None;
        let Place::AddKey(adding) = &mut self.place else { return };
        adding.recognised = recognised(key);
    }

    pub(super) fn pair(&mut self, key: SecretText, service: String, passphrase: SecretText) {
        let Place::AddKey(adding) = &mut self.place else { return };
        adding.service.clone_from(&service);
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let pair = request::Pair {
            key,
            name: given(&adding.name),
            counter: None,
            digits: None,
            algorithm: None,
            period: None,
            no_code: false,
            service: given(&service),
            passphrase: Some(passphrase).filter(|words| !words.expose().is_empty()),
        };
        self.ask_and_wait(What::Pair, Request::Pair(pair));
    }

    pub(super) fn paired(&mut self, answer: Result<Answer, Fault>) {
        match answer {
            Ok(Answer::Pair(paired)) => self.welcome(paired),
            Ok(_) => {}
            Err(fault) => self.not_paired(&fault),
        }
    }

    fn not_paired(&mut self, fault: &Fault) {
        if let Place::AddKey(adding) = &mut self.place {
            adding.wants_service |=
                matches!(fault.code, FaultCode::NoService | FaultCode::BadService);
            adding.wants_passphrase |=
                matches!(fault.code, FaultCode::KeyPassphraseNeeded | FaultCode::BadPassphrase);
        }
        self.fail(fault);
    }

    /// The profile is there: its first code is shown, or a PIN has to be made before.
    fn welcome(&mut self, mut paired: Paired) {
        let id = paired.profile.as_ref().or(paired.others.first()).map(|profile| profile.id);
        if let (Some(view), Some(profile)) = (&mut self.view, &paired.profile) {
            // The event that tells of it may still be on its way.
            view.state = LockState::Open;
            view.profiles.insert(profile.id, profile.clone());
        }
        self.go(Place::Home);
        self.listing.selected = id.or(self.listing.selected);
        self.refresh_listing();
        if let (Some(id), Some(first)) = (id, paired.first.take()) {
            self.show(id, *first, true);
        }
        match (paired.pin_due, &paired.client_part) {
            (Some(digits), _) => self.begin_pin(Some(digits)),
            (None, Some(part)) => {
                // Shown once, for the page that waits for it.
                let part = part.expose().to_owned();
                self.tell(texts::with("Type this into the service's page: {}", &[&part]));
            }
            (None, None) => self.tell(congratulation(&paired)),
        }
    }

    pub(super) fn scan(&mut self, source: Source) {
        let Place::AddKey(adding) = &mut self.place else { return };
        if self.busy.is_none() {
            adding.known = self.view.as_ref().map_or(0, |view| view.profiles.len());
            let name = adding.name.clone();
            self.busy = Some(What::Pair);
            self.note = None;
            self.effects.push(Effect::Scan(source, name));
        }
    }

    /// Shows the profile that was scanned, once the agent has told of it.
    pub(super) fn show_scanned(&mut self) {
        let Some(known) = self.scanned else { return };
        let Some(view) = self.view.as_ref().filter(|view| view.profiles.len() > known) else {
            return;
        };
        self.listing.selected = view.profiles.keys().next_back().copied();
        self.scanned = None;
        self.shown = None;
        self.ask_status();
        self.refresh_listing();
        if self.shown.is_none() && !self.pin_is_due() {
            self.refresh();
        }
    }

    /// The program that scans has paired too; events tell of the profile.
    pub(super) fn scanned(&mut self, scanned: Result<(), String>) {
        if self.busy == Some(What::Pair) {
            self.busy = None;
        }
        match scanned {
            Ok(()) => {
                let adding = match std::mem::replace(&mut self.place, Place::Home) {
                    Place::AddKey(adding) => Some(adding),
                    _ => None,
                };
                self.go(Place::Home);
                self.scanned = adding.map(|adding| adding.known);
                self.show_scanned();
                self.tell(
                    texts::tr("Paired. Type the passcode into the service's page to finish.")
                        .to_owned(),
                );
            }
            Err(trouble) => self.complain(trouble),
        }
    }
}

fn congratulation(paired: &Paired) -> String {
    match (paired.warnings.first(), &paired.fingerprint) {
        (Some(warning), _) => warning.clone(),
        (None, Some(fingerprint)) => texts::with(
            "Paired; the page shows {}. Type the passcode there to finish.",
            &[fingerprint],
        ),
        (None, None) => {
            texts::tr("Paired. Type the passcode into the service's page to finish.").to_owned()
        }
    }
}

/// What a key is by its outside, in words; nothing while it is too short to tell.
fn recognised(key: &SecretText) -> String {
    let text = key.expose().trim();
    if text.len() < 4 {
        return String::new();
    }
    let mut sorted = Scanned::sort(vec![SecretText::new(text.to_owned())]);
    match (sorted.keys.pop(), sorted.others.pop()) {
        (Some(candidate), _) => title(&candidate.title),
        (None, Some(Other::WebPage)) => {
            texts::tr("This is the address of a web page, not a pairing key.").to_owned()
        }
        _ => texts::tr("This is no pairing key yet.").to_owned(),
    }
}

fn title(title: &Title) -> String {
    match title {
        Title::Account { .. } => texts::with("Recognised as the key of {}.", &[&title.to_string()]),
        Title::Export { .. } => {
            texts::tr("Recognised as an export of Google Authenticator.").to_owned()
        }
        Title::Organisation => texts::tr("Recognised as an organisation's key.").to_owned(),
        Title::Secret => texts::tr("Recognised as a secret without a name.").to_owned(),
    }
}
