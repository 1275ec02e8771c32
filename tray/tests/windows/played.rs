//! A tray whose agent is played by the test, on Slint's testing backend.

use std::cell::RefCell;
use std::rc::Rc;

use i_slint_backend_testing::{ElementHandle, ElementRoot, init_no_event_loop};
use passcode_proto::profile::{Algorithm, CodeType, Profile, ProfileId};
use passcode_proto::reply::{
    Code, LockState, LockTimes, PinReport, Settings, StatusReport, Validity,
};
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, Label, SecretText};
use passcode_tray::app::App;
use passcode_tray::app::input::{Action, Effect, Input, Moment, What};
use passcode_tray::window::Windows;
use passcode_tray::window::made::MainWindow;

/// The tray.
pub struct Played {
    app: App,
    now: Moment,
    pub windows: Windows,
    acts: Rc<RefCell<Vec<Action>>>,
    /// What was to be done at the last step.
    pub effects: Vec<Effect>,
}

impl Played {
    /// Nothing is known yet.
    pub fn begin() -> Self {
        init_no_event_loop();
        let acts = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&acts);
        let windows = Windows::new(Rc::new(move |action| heard.borrow_mut().push(action)));
        let now = Moment { wall: 1_700_000_010, run: 100 };
        Self { app: App::new("/tray".into(), now), now, windows, acts, effects: Vec::new() }
    }

    /// An open vault with these profiles, and the window open.
    pub fn open(profiles: &[Profile]) -> Self {
        let mut played = Self::begin();
        played.sees(LockState::Open, profiles);
        played.status(PinReport::default());
        played.takes(Input::Act(Action::Open));
        played
    }

    pub fn takes(&mut self, input: Input) {
        self.effects = self.app.take(input, self.now);
        self.windows.update(&self.app).expect("a window without a display");
    }

    /// Lets what the user did in a window happen.
    pub fn settle(&mut self) {
        let acts: Vec<Action> = self.acts.borrow_mut().drain(..).collect();
        acts.into_iter().for_each(|action| self.takes(Input::Act(action)));
    }

    pub fn sees(&mut self, state: LockState, profiles: &[Profile]) {
        let mut view = View::new(state);
        view.profiles = profiles.iter().map(|profile| (profile.id, profile.clone())).collect();
        self.takes(Input::Seen(view));
    }

    pub fn status(&mut self, pin: PinReport) {
        self.takes(Input::Answered(What::Status, Ok(Answer::Status(status(pin)))));
    }

    pub fn answers(&mut self, what: What, answer: Result<Answer, Fault>) {
        self.takes(Input::Answered(what, answer));
    }

    pub fn window(&self) -> &MainWindow {
        self.windows.main().expect("the window is open")
    }

    /// Presses the control of that name.
    pub fn press(&mut self, label: &str) {
        press(self.window(), label);
        self.settle();
    }

    /// Types into the field of that name.
    pub fn types(&mut self, label: &str, text: &str) {
        types(self.window(), label, text);
        self.settle();
    }

    pub fn has(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.window(), label).next().is_some()
    }
}

fn find(window: &impl ElementRoot, label: &str) -> ElementHandle {
    let found = ElementHandle::find_by_accessible_label(window, label).next();
    found.unwrap_or_else(|| panic!("there is no {label:?}"))
}

/// Presses a control of a window.
pub fn press(window: &impl ElementRoot, label: &str) {
    find(window, label).invoke_accessible_default_action();
}

/// Types into a field of a window.
pub fn types(window: &impl ElementRoot, label: &str, text: &str) {
    find(window, label).set_accessible_value(text);
}

/// What a control of a window holds.
pub fn value(window: &impl ElementRoot, label: &str) -> String {
    find(window, label).accessible_value().unwrap_or_default().to_string()
}

fn status(pin: PinReport) -> StatusReport {
    let lock_times = LockTimes { idle_lock: Some(180), ..LockTimes::default() };
    StatusReport {
        state: LockState::Open,
        socket: "/run/agent.sock".into(),
        pid: 1,
        agent: "0.1.0".into(),
        protocol: 1,
        profiles: None,
        default: None,
        keystore: "file".into(),
        pin,
        passphrase: false,
        locks_in: None,
        settings: Box::new(Settings { lock_times, shortcut: None }),
        prompter: None,
        connections: 1,
        seq: 1,
        services: vec![],
        warnings: vec![],
    }
}

pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

pub fn profile(id: u32, name: &str) -> Profile {
    Profile {
        id: ProfileId(id),
        name: Label::new(name).expect("a label"),
        issuer: Label::default(),
        account: Label::default(),
        kind: CodeType::Totp,
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
        weak: false,
        service: None,
        ended: false,
    }
}

pub fn code(name: &str, code: &str) -> Answer {
    let valid_to = 1_700_000_040;
    let validity = Validity::Time { valid_from: valid_to - 30, valid_to, seconds_left: 30 };
    let profile = Label::new(name).expect("a label");
    Answer::GetCode(Code { profile, code: secret(code), kind: CodeType::Totp, validity })
}
