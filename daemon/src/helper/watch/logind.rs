//! logind on the system bus (`org.freedesktop.login1`): sleep, shutting down, and the user's session: its locks,
//! whether the seat shows it, and its end. Any user of the machine can send us signals, so only logind is believed.

use std::sync::Arc;

use zbus::Result;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};

use super::bus::{self, Answer, Bus, Listener, Method, Signal};
use super::delay::Delay;
use super::properties::{self, Properties};
use super::report::{Kind, Report, System};
use super::search::{self, Own, Search, Session};
use crate::ports::session_watch::wire::Line;

const NAME: &str = "org.freedesktop.login1";
pub const PATH: &str = "/org/freedesktop/login1";
pub const MANAGER: &str = "org.freedesktop.login1.Manager";
pub const SESSION: &str = "org.freedesktop.login1.Session";
pub const USER: &str = "org.freedesktop.login1.User";

/// Listens to logind.
pub struct Logind {
    report: Arc<Report>,
    delay: Arc<Delay>,
    search: Search,
    /// Something has been asked that decides what is missing.
    asked: Asked,
    owner: Option<String>,
    /// Whether logind granted the last delay. While the machine sleeps it is not held, but not missed either.
    granted: bool,
    session: Option<Session>,
    known: Known,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Asked {
    owner: bool,
    delay: bool,
    /// Changes until then are told twice, by the answer and by their signal.
    state: bool,
}

/// What was last known of the user. It is kept when the session or logind goes: what changes meanwhile is told when
/// there is a session again.
struct Known {
    locked: bool,
    active: bool,
}

/// What an answer is to.
pub enum Question {
    Owner,
    Delay,
    Search(search::Question),
    /// How the session at that path is.
    State(String),
}

impl Logind {
    pub fn new(report: Arc<Report>, delay: Arc<Delay>) -> Self {
        let own = Own {
            uid: rustix::process::getuid().as_raw(),
            pid: std::process::id(),
            session: std::env::var("XDG_SESSION_ID").ok(),
        };
        Self {
            report,
            delay,
            search: Search::new(own),
            asked: Asked::default(),
            owner: None,
            granted: false,
            session: None,
            known: Known { locked: false, active: true },
        }
    }

    fn take_owner(&mut self, owner: Option<String>, bus: &mut Bus<Question>) -> Result<()> {
        self.forget();
        self.owner = owner;
        self.take_delay(bus)?;
        self.search(bus)
    }

    fn forget(&mut self) {
        self.owner = None;
        self.granted = false;
        self.session = None;
        self.asked = Asked::default();
        self.search.forget();
        self.delay.forget();
    }

    fn take_delay(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        let Some(of) = &self.owner else { return Ok(()) };
        self.asked.delay = true;
        let method = Method { of, path: PATH, interface: MANAGER, name: "Inhibit" };
        let arguments = ("sleep", "Passcode Agent", "Lock the vault", "delay");
        bus.ask(method, &arguments, Question::Delay)
    }

    fn search(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        match &self.owner {
            Some(owner) => self.search.begin(owner, bus),
            None => Ok(()),
        }
    }

    /// The search is over. The session's state is asked for now that its signals are heeded, so that no change falls
    /// in between.
    fn take_session(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        self.session = self.search.best().cloned();
        self.ask_state(bus)
    }

    fn ask_state(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        let (Some(of), Some(Session { path, .. })) = (&self.owner, &self.session) else {
            self.asked.state = false;
            return Ok(());
        };
        self.asked.state = true;
        properties::ask(bus, (of, path), SESSION, Question::State(path.clone()))
    }

    /// Tells what is another than was known.
    fn compare(&mut self, state: &Properties) {
        if properties::flag(state, "LockedHint").is_some_and(|locked| locked != self.known.locked) {
            self.take_locked(!self.known.locked);
        }
        if properties::flag(state, "Active").is_some_and(|active| active != self.known.active) {
            self.take_active(!self.known.active);
        }
    }

    fn take_locked(&mut self, locked: bool) {
        self.known.locked = locked;
        self.report.say(if locked { &Line::Locked } else { &Line::Unlocked });
    }

    fn take_active(&mut self, active: bool) {
        self.known.active = active;
        self.report.say(if active { &Line::Back } else { &Line::Away });
    }

    fn heard_of_manager(&mut self, signal: &Signal, bus: &mut Bus<Question>) -> Result<()> {
        match signal.name {
            "PrepareForSleep" => match signal.read() {
                Some(true) => {
                    self.report.say(&Line::Suspending(self.delay.suspending()));
                    Ok(())
                }
                Some(false) => self.resumed(bus),
                None => Ok(()),
            },
            "PrepareForShutdown" => {
                if signal.read() == Some(true) {
                    self.report.say(&Line::LoggedOut);
                }
                Ok(())
            }
            "SessionNew" if !self.has_screen() => self.search(bus),
            "SessionRemoved" if self.is_removed(signal) => self.logged_out(bus),
            "UserRemoved" => match signal.read::<(u32, OwnedObjectPath)>() {
                Some((uid, _)) if self.search.is_of(uid) => self.logged_out(bus),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn resumed(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        self.delay.resumed();
        self.report.say(&Line::Resumed);
        if self.delay.is_held() { Ok(()) } else { self.take_delay(bus) }
    }

    fn has_screen(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.kind == Kind::Graphical)
    }

    fn is_removed(&self, signal: &Signal) -> bool {
        let removed = signal.read::<(String, OwnedObjectPath)>();
        removed.is_some_and(|(_, path)| self.is_session(path.as_str()))
    }

    fn is_session(&self, path: &str) -> bool {
        self.session.as_ref().is_some_and(|session| session.path == path)
    }

    /// The user is away until there is another session.
    fn logged_out(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        self.report.say(&Line::LoggedOut);
        self.known.active = false;
        self.session = None;
        self.asked.state = false;
        self.search(bus)
    }

    fn heard_of_session(&mut self, signal: &Signal, bus: &mut Bus<Question>) -> Result<()> {
        match (signal.interface, signal.name) {
            (SESSION, "Lock") => self.report.say(&Line::Locked),
            (SESSION, "Unlock") => self.report.say(&Line::Unlocked),
            _ => return self.heard_of_properties(signal, bus),
        }
        Ok(())
    }

    /// Said again too: the vault may have been opened by hand since.
    fn heard_of_properties(&mut self, signal: &Signal, bus: &mut Bus<Question>) -> Result<()> {
        let Some((changed, unsaid)) = properties::changed(signal, SESSION) else { return Ok(()) };
        if let Some(locked) = properties::flag(&changed, "LockedHint") {
            self.take_locked(locked);
        }
        if let Some(active) = properties::flag(&changed, "Active") {
            self.take_active(active);
        }
        if unsaid.iter().any(|name| name == "LockedHint" || name == "Active") {
            self.ask_state(bus)?;
        }
        Ok(())
    }

    fn tell_how_things_are(&self) {
        if self.asked == Asked::default() && !self.search.is_under_way() {
            self.report.system(System {
                logind: self.owner.is_some(),
                delay: self.granted,
                session: self.session.as_ref().map(|session| session.kind),
            });
        }
    }
}

impl Listener for Logind {
    type Question = Question;

    fn begin(&mut self, bus: &mut Bus<Question>) -> Result<()> {
        self.asked.owner = true;
        bus.subscribe(&format!("type='signal',sender='{NAME}',interface='{MANAGER}'"))?;
        bus.subscribe(&format!("type='signal',sender='{NAME}',path_namespace='{PATH}/session'"))?;
        bus.follow(NAME, Question::Owner)
    }

    fn heard(&mut self, signal: &Signal, bus: &mut Bus<Question>) -> Result<()> {
        if let Some((name, owner)) = signal.new_owner() {
            if name == NAME {
                self.take_owner(owner, bus)?;
            }
        } else if self.owner.as_deref() != Some(signal.from) {
            return Ok(());
        } else if (signal.path, signal.interface) == (PATH, MANAGER) {
            self.heard_of_manager(signal, bus)?;
        } else if self.is_session(signal.path) {
            self.heard_of_session(signal, bus)?;
        }
        self.tell_how_things_are();
        Ok(())
    }

    fn answered(
        &mut self,
        question: Question,
        answer: Answer,
        bus: &mut Bus<Question>,
    ) -> Result<()> {
        match question {
            Question::Owner => self.take_owner(bus::answer(answer), bus)?,
            Question::Delay => {
                let inhibitor = bus::answer::<OwnedFd>(answer);
                self.asked.delay = false;
                self.granted = inhibitor.is_some();
                inhibitor.into_iter().for_each(|inhibitor| self.delay.hold(inhibitor.into()));
            }
            Question::Search(question) => {
                let owner = self.owner.clone().unwrap_or_default();
                if self.search.answered(question, answer, &owner, bus)? {
                    self.take_session(bus)?;
                }
            }
            Question::State(path) if self.is_session(&path) => {
                self.asked.state = false;
                if let Some(state) = bus::answer(answer) {
                    self.compare(&state);
                }
            }
            Question::State(_) => {}
        }
        self.tell_how_things_are();
        Ok(())
    }

    fn lost(&mut self) {
        self.forget();
        self.tell_how_things_are();
    }
}
