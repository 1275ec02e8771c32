//! The tray's state: what is known of the agent, which page the window shows, which code is on show, which prompt is open.
//! Pure: what happens comes in, what is to be done goes out, time is told. What windows and menu make of it is
//! [`scene`] and [`entries`].

mod codes;
pub mod entries;
mod going;
pub mod input;
mod listing;
pub mod managing;
mod opening;
mod pairing;
mod pins;
mod prompting;
pub mod scene;
#[cfg(test)]
mod tests;

use passcode_proto::profile::{Profile, ProfileId};
use passcode_proto::reply::{LockState, StatusReport};
use passcode_proto::request::{Lock, Status};
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, Request};

use crate::texts;
use codes::Shown;
use input::{Action, Effect, Input, Moment, Notice, What};
use listing::Listing;
use pins::NewPin;
use prompting::Open;

/// Everything the tray knows.
pub struct App {
    /// The agent as it is, or none while it is away.
    view: Option<View>,
    /// Whether an agent is being started.
    starting: bool,
    status: Option<StatusReport>,
    asked_status: Asked,
    /// Keys that are listened to.
    shortcut: Option<String>,
    /// When PINs are taken again.
    blocked_until: Option<u64>,
    place: Place,
    /// Whether a profile is being added because there is none yet.
    is_first: bool,
    /// Whether the main window is open.
    is_open: bool,
    listing: Listing,
    shown: Option<Shown>,
    /// A profile was scanned that is still to be told of: how many there were before.
    scanned: Option<usize>,
    prompt: Option<Open>,
    note: Option<Note>,
    /// What is being waited for, so that nothing else is begun.
    busy: Option<What>,
    /// Counts the tries, each of which begins with empty fields.
    turn: i32,
    /// Our own program, whose codes need not be told of.
    own: String,
    now: Moment,
    effects: Vec<Effect>,
}

/// What the user is about, while the vault is open.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Passcodes.
    Home,
    /// Adding a profile: its name is asked for.
    AddName,
    /// Adding a profile of that name, which may be empty: its key is asked for.
    AddKey(Box<pairing::Adding>),
    /// Making a PIN.
    Pin(Box<NewPin>),
    Settings,
    Profiles,
    Rename(ProfileId),
    Unpair(ProfileId),
    LockTimes,
    About,
}

/// Whether the agent was asked how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    No,
    Once,
    /// It was, and something has happened since.
    Again,
}

/// A sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    text: String,
    is_bad: bool,
}

impl App {
    /// Knows nothing yet. `own` is our program's path, as the agent names callers.
    pub fn new(own: String, now: Moment) -> Self {
        Self {
            view: None,
            starting: false,
            status: None,
            asked_status: Asked::No,
            shortcut: None,
            blocked_until: None,
            place: Place::Home,
            is_first: false,
            is_open: false,
            listing: Listing::default(),
            shown: None,
            scanned: None,
            prompt: None,
            note: None,
            busy: None,
            turn: 0,
            own,
            now,
            effects: Vec::new(),
        }
    }

    /// Takes in what has happened, and gives what is to be done.
    pub fn take(&mut self, input: Input, now: Moment) -> Vec<Effect> {
        self.now = now;
        match input {
            Input::Seen(view) => self.seen(view),
            Input::Stale => self.ask_status(),
            Input::Lost => self.lost(),
            Input::Given { profile, caller } => self.given(profile, &caller),
            Input::Answered(what, answer) => self.answered(what, answer),
            Input::Prompting(prompting) => self.prompting(prompting),
            Input::Unregistered => self.prompt = None,
            Input::Started(started) => self.started(started),
            Input::Scanned(scanned) => self.scanned(scanned),
            Input::Copied(what, copied) => self.copied(what, copied),
            Input::Act(action) => self.act(action),
            Input::Tick => self.tick(),
            // The icon is put back by whoever holds it.
            Input::BusIsBack => {}
        }
        std::mem::take(&mut self.effects)
    }

    fn seen(&mut self, view: View) {
        let known = |view: &View| (view.state, view.profiles.len());
        let (before, now) = (self.view.as_ref().map(known), known(&view));
        self.starting = false;
        self.view = Some(view);
        let former = before.map(|(state, _)| state);
        if former != Some(now.0) {
            self.state_changed(former, now.0);
        } else if before != Some(now) {
            // A new profile may ask for a PIN.
            self.ask_status();
        }
        self.refresh_listing();
        self.show_scanned();
    }

    /// A try to open the vault goes through `opening` and back; what is said of it stays.
    fn state_changed(&mut self, former: Option<LockState>, now: LockState) {
        if former == Some(LockState::Open) {
            self.forget_codes();
            self.note = None;
        }
        if now != LockState::Opening {
            self.ask_status();
        }
        if former != Some(LockState::Opening) && now != LockState::Opening {
            self.begin_try();
        }
        match now {
            // The first pairing makes the vault; what is said of it stays, for good or bad.
            LockState::Open if self.busy != Some(What::Pair) && !self.is_adding() => {
                self.note = None;
                // It was paired elsewhere, while its name was being asked for here.
                if self.is_first && self.place == Place::AddName {
                    self.place = Place::Home;
                }
                self.is_first = false;
            }
            LockState::Empty if self.place == Place::Home => {
                self.place = Place::AddName;
                self.is_first = true;
            }
            _ => {}
        }
    }

    fn is_adding(&self) -> bool {
        matches!(self.place, Place::AddKey(_))
    }

    /// Nothing that was on show while the vault was open stays, neither here nor in the clipboard.
    fn forget_codes(&mut self) {
        self.shown = None;
        if matches!(self.place, Place::Pin(_) | Place::Rename(_) | Place::Unpair(_)) {
            self.place = Place::Home;
        }
        self.effects.push(Effect::ClearClipboard);
    }

    fn lost(&mut self) {
        if self.view.take().is_some() {
            self.forget_codes();
            self.status = None;
            self.prompt = None;
            self.busy = None;
            self.place = Place::Home;
        }
    }

    fn given(&mut self, profile: ProfileId, caller: &str) {
        if caller == self.own || caller.is_empty() {
            return;
        }
        let Some(profile) = self.profile(profile) else { return };
        let body = texts::with("{}, for {}", &[caller, profile.name.as_str()]);
        self.notify("A program got a passcode", body);
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Open => self.open(),
            Action::Hide => self.hide(),
            Action::Back => self.back(),
            Action::Copy | Action::CopyAndHide | Action::CopyOf(_) | Action::CopyDefault => {
                self.copy(&action);
            }
            Action::TypeDefault => self.effects.push(Effect::TypeDefault),
            Action::Refresh => self.refresh(),
            Action::Select(row) => self.select(row),
            Action::Step(by) => self.step(by),
            Action::Search(text) => self.search(text),
            Action::Unlock(typed) => self.unlock(&typed),
            Action::Lock => self.ask(What::Lock, Request::Lock(Lock {})),
            Action::StartAgent => self.start_agent(),
            Action::Quit => {
                self.forget_codes();
                self.effects.push(Effect::Quit);
            }
            Action::Answer(typed) => self.answer_prompt(Some(typed)),
            Action::Cancel => self.answer_prompt(None),
            other => self.act_on_page(other),
        }
    }

    fn act_on_page(&mut self, action: Action) {
        // The menu asks for pages too.
        if !self.is_open {
            self.open();
        }
        match action {
            Action::Add => self.go(Place::AddName),
            Action::Name(name) => self.name(name),
            Action::KeyTyped(key) => self.key_typed(&key),
            Action::Pair { key, service, passphrase } => self.pair(key, service, passphrase),
            Action::Scan(source) => self.scan(source),
            Action::ChangePin => self.begin_pin(None),
            Action::OldPin(pin) => self.old_pin(pin),
            Action::RemovePin(pin) => self.remove_pin(pin),
            Action::PinTyped(pin) => self.pin_typed(&pin),
            Action::NewPin(pin) => self.new_pin(pin),
            Action::AgainPin(pin) => self.again_pin(&pin),
            Action::Settings => self.go(Place::Settings),
            Action::Profiles => self.manage(),
            Action::LockTimes => self.go(Place::LockTimes),
            Action::About => self.go(Place::About),
            other => self.act_on_profile(other),
        }
    }

    fn begin_try(&mut self) {
        self.turn += 1;
    }

    fn answered(&mut self, what: What, answer: Result<Answer, Fault>) {
        if self.busy == Some(what) {
            self.busy = None;
        }
        match what {
            What::Status => self.take_status(answer),
            What::Show(profile) | What::Refresh(profile) => self.take_code(what, profile, answer),
            What::Copy(profile) | What::CopyAndHide(profile) | What::MenuCopy(profile) => {
                self.take_code(what, profile, answer);
            }
            What::Unlock => self.unlocked(answer),
            What::Lock => self.note_failure(answer),
            What::Pair => self.paired(answer),
            What::MakePin | What::RemovePin => self.pin_made(what, answer),
            What::Rename | What::MakeDefault | What::Unpair | What::LockTimes => {
                self.managed(what, answer);
            }
        }
    }

    fn take_status(&mut self, answer: Result<Answer, Fault>) {
        if std::mem::replace(&mut self.asked_status, Asked::No) == Asked::Again {
            self.ask_status();
        }
        let Ok(Answer::Status(status)) = answer else { return };
        self.blocked_until = status.pin.blocked_for.map(|left| self.now.run + u64::from(left));
        let is_due = status.pin.due && status.state == LockState::Open;
        if self.shortcut != status.settings.shortcut {
            self.shortcut.clone_from(&status.settings.shortcut);
            self.effects.push(Effect::Listen(status.settings.shortcut.clone()));
        }
        self.status = Some(status);
        if is_due && !matches!(self.place, Place::Pin(_)) {
            self.begin_pin(None);
        }
        self.look();
    }

    fn tick(&mut self) {
        if self.blocked_until.is_some_and(|until| until <= self.now.run) {
            self.blocked_until = None;
            self.begin_try();
        }
        self.drop_old_code();
    }

    fn note_failure(&mut self, answer: Result<Answer, Fault>) {
        if let Err(fault) = answer {
            self.fail(&fault);
        }
    }

    fn fail(&mut self, fault: &Fault) {
        self.complain(texts::fault(fault));
    }

    fn complain(&mut self, text: String) {
        self.note = Some(Note { text, is_bad: true });
    }

    fn tell(&mut self, text: String) {
        self.note = Some(Note { text, is_bad: false });
    }

    fn notify(&mut self, title: &'static str, body: String) {
        let title = texts::tr(title).to_owned();
        self.effects.push(Effect::Notify(Notice { title, body }));
    }

    /// Asks how the agent is; once more after the answer, if more has happened by then.
    fn ask_status(&mut self) {
        match self.asked_status {
            Asked::No => {
                self.asked_status = Asked::Once;
                self.ask(What::Status, Request::Status(Status {}));
            }
            Asked::Once | Asked::Again => self.asked_status = Asked::Again,
        }
    }

    fn ask(&mut self, what: What, request: Request) {
        self.effects.push(Effect::Ask(what, request));
    }

    /// Asks for something that the user waits for: one thing at a time.
    fn ask_and_wait(&mut self, what: What, request: Request) {
        if self.busy.is_none() {
            self.busy = Some(what);
            self.note = None;
            self.ask(what, request);
        }
    }

    fn profile(&self, id: ProfileId) -> Option<&Profile> {
        self.view.as_ref()?.profiles.get(&id)
    }

    fn state_is(&self, state: LockState) -> bool {
        self.view.as_ref().is_some_and(|view| view.state == state)
    }
}
