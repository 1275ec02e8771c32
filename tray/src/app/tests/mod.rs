//! The state, step by step: what happens, and what is to be done and shown then. Agent, clipboard and user are played by
//! the tests; time is told.

mod adding;
mod codes;
mod menu;
mod pins;
mod prompts;

use passcode_proto::profile::{Algorithm, CodeType, Counter, Profile, ProfileId};
use passcode_proto::reply::{
    Code, LockState, LockTimes, PinReport, Settings, StatusReport, Validity,
};
use passcode_proto::view::View;
use passcode_proto::{Answer, Fault, FaultCode, Label, Request, SecretText};

use super::App;
use super::input::{Action, Effect, Input, Moment, What};
use super::scene::{Page, Scene};

const OWN: &str = "/usr/bin/passcode-tray";

/// The state with its surroundings.
struct Play {
    app: App,
    now: Moment,
    /// What was to be done at the last step.
    effects: Vec<Effect>,
}

impl Play {
    /// Nothing is known yet.
    fn begin() -> Self {
        let now = Moment { wall: 1_700_000_010, run: 100 };
        Self { app: App::new(OWN.to_owned(), now), now, effects: Vec::new() }
    }

    /// An open vault with these profiles, and the window open.
    fn open(profiles: &[Profile]) -> Self {
        let mut play = Self::begin();
        play.sees(LockState::Open, profiles);
        play.status(PinReport::default());
        play.acts(Action::Open);
        play
    }

    fn takes(&mut self, input: Input) -> &[Effect] {
        self.effects = self.app.take(input, self.now);
        &self.effects
    }

    fn acts(&mut self, action: Action) -> &[Effect] {
        self.takes(Input::Act(action))
    }

    fn sees(&mut self, state: LockState, profiles: &[Profile]) {
        let mut view = View::new(state);
        view.profiles = profiles.iter().map(|profile| (profile.id, profile.clone())).collect();
        self.takes(Input::Seen(view));
    }

    fn status(&mut self, pin: PinReport) {
        let state = self.app.view.as_ref().map_or(LockState::Locked, |view| view.state);
        self.answers(What::Status, Ok(Answer::Status(status(state, pin))));
    }

    fn answers(&mut self, what: What, answer: Result<Answer, Fault>) -> &[Effect] {
        self.takes(Input::Answered(what, answer))
    }

    fn fails(&mut self, what: What, code: FaultCode) {
        self.answers(what, Err(code.into()));
    }

    fn passes(&mut self, seconds: u64) {
        self.now = Moment { wall: self.now.wall + seconds, run: self.now.run + seconds };
        self.takes(Input::Tick);
    }

    fn scene(&self) -> Scene {
        self.app.scene()
    }

    fn page(&self) -> Page {
        self.scene().page
    }

    /// What the agent was asked at the last step.
    fn asked(&self) -> Vec<(What, &Request)> {
        let asked = self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(what, request) => Some((*what, request)),
            _ => None,
        });
        asked.collect()
    }
}

fn status(state: LockState, pin: PinReport) -> StatusReport {
    let lock_times = LockTimes { idle_lock: Some(180), ..LockTimes::default() };
    StatusReport {
        state,
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
        warnings: vec!["No PIN is set.".into(), "This computer's clock is behind.".into()],
    }
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn timed(id: u32, name: &str) -> Profile {
    Profile {
        id: ProfileId(id),
        name: label(name),
        issuer: label("ACME"),
        account: label("alice"),
        kind: CodeType::Totp,
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
        weak: false,
        service: None,
        ended: false,
    }
}

fn counted(id: u32, name: &str) -> Profile {
    Profile { kind: CodeType::Hotp, period: 0, ..timed(id, name) }
}

fn timed_code(name: &str, code: &str, valid_to: u64) -> Answer {
    let validity = Validity::Time { valid_from: valid_to - 30, valid_to, seconds_left: 20 };
    let (profile, code) = (label(name), secret(code));
    Answer::GetCode(Code { profile, code, kind: CodeType::Totp, validity })
}

fn counted_code(name: &str, code: &str) -> Answer {
    let validity = Validity::Count { counter: Counter(7) };
    let (profile, code) = (label(name), secret(code));
    Answer::GetCode(Code { profile, code, kind: CodeType::Hotp, validity })
}
