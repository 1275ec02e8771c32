//! logind as `org.freedesktop.login1(5)` describes it, as far as anybody here uses it: sessions of users, the inhibitors
//! that delay sleep, and what it tells of both.

use std::collections::HashMap;
use std::io::{PipeReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::zvariant::{Fd, ObjectPath, Value};

use super::bus::PrivateBus;
use super::service::{Call, Service};

const NAME: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const USER: &str = "org.freedesktop.login1.User";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// A session that logind knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: String,
    /// Whose it is.
    pub uid: u32,
    /// `x11`, `wayland`, `tty` and others.
    pub kind: &'static str,
    /// Whether its seat shows it.
    pub active: bool,
    /// Whether it has said that its screen is locked.
    pub locked: bool,
}

impl Session {
    /// A session of ours with a screen, which the seat shows.
    pub fn graphical(id: &str) -> Self {
        let uid = rustix::process::getuid().as_raw();
        Self { id: id.to_owned(), uid, kind: "wayland", active: true, locked: false }
    }

    /// A session of ours without a screen.
    pub fn text(id: &str) -> Self {
        Self { kind: "tty", ..Self::graphical(id) }
    }

    /// A session of another user with a screen.
    pub fn of_another(id: &str) -> Self {
        let own = Self::graphical(id);
        Self { uid: own.uid + 1, ..own }
    }

    fn path(&self) -> ObjectPath<'static> {
        object(&format!("{PATH}/session/_3{}", self.id))
    }

    fn properties(&self) -> HashMap<&'static str, Value<'_>> {
        HashMap::from([
            ("Id", Value::from(self.id.as_str())),
            ("User", Value::from((self.uid, user_path(self.uid)))),
            ("Type", Value::from(self.kind)),
            ("Active", Value::from(self.active)),
            ("LockedHint", Value::from(self.locked)),
        ])
    }
}

fn user_path(uid: u32) -> ObjectPath<'static> {
    object(&format!("{PATH}/user/_{uid}"))
}

fn object(path: &str) -> ObjectPath<'static> {
    ObjectPath::try_from(path.to_owned()).expect("an object's path")
}

/// logind; it leaves the bus when it is dropped.
pub struct Logind {
    service: Service,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    sessions: Vec<Session>,
    /// The session that processes which ask for their own are in.
    own: Option<String>,
    /// The session that is the user's display.
    display: Option<String>,
    refuses_delays: bool,
    delays: Vec<PipeReader>,
}

impl Logind {
    pub(super) fn start(bus: &PrivateBus) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let asked = Arc::clone(&state);
        let service = Service::start(bus, NAME, move |call| lock(&asked).answer(call));
        Self { service, state }
    }

    /// A user logs in. A session of ours is our display from then on, and said to be new.
    pub fn add(&self, session: Session) {
        let (id, path) = (session.id.clone(), session.path());
        let is_ours = session.uid == rustix::process::getuid().as_raw();
        let mut state = lock(&self.state);
        state.display = if is_ours { Some(id.clone()) } else { state.display.take() };
        state.sessions.push(session);
        drop(state);
        self.tell("SessionNew", &(id, path));
    }

    /// A session ends.
    ///
    /// # Panics
    /// When there is no such session.
    pub fn remove(&self, id: &str) {
        let mut state = lock(&self.state);
        let found = state.sessions.iter().position(|session| session.id == id);
        let session = state.sessions.remove(found.expect("a session of that name"));
        state.display.take_if(|display| display == id);
        state.own.take_if(|own| own == id);
        drop(state);
        self.tell("SessionRemoved", &(id, session.path()));
    }

    /// The last session of ours has ended.
    pub fn remove_user(&self) {
        let uid = rustix::process::getuid().as_raw();
        let mut state = lock(&self.state);
        state.sessions.retain(|session| session.uid != uid);
        (state.display, state.own) = (None, None);
        drop(state);
        self.tell("UserRemoved", &(uid, user_path(uid)));
    }

    /// Which session programs that ask for their own are in; none, as for services of the user, at first.
    pub fn set_own(&self, id: &str) {
        lock(&self.state).own = Some(id.to_owned());
    }

    /// Which session is our display.
    pub fn set_display(&self, id: Option<&str>) {
        lock(&self.state).display = id.map(str::to_owned);
    }

    /// Nobody may delay sleep any more, or everybody again.
    pub fn refuse_delays(&self, refuse: bool) {
        lock(&self.state).refuses_delays = refuse;
    }

    /// Whether somebody delays sleep.
    pub fn is_delayed(&self) -> bool {
        let mut state = lock(&self.state);
        state.delays.retain_mut(is_open);
        !state.delays.is_empty()
    }

    /// The machine is about to sleep, or awake again.
    pub fn prepare_for_sleep(&self, begins: bool) {
        self.tell("PrepareForSleep", &begins);
    }

    /// The machine is going down.
    pub fn prepare_for_shutdown(&self) {
        self.tell("PrepareForShutdown", &true);
    }

    /// Asks a session to lock its screen (`loginctl lock-session`), or to unlock it.
    pub fn ask_to_lock(&self, id: &str, lock: bool) {
        let name = if lock { "Lock" } else { "Unlock" };
        self.service.emit(self.session(id).path().as_str(), SESSION, name, &());
    }

    /// The session says that its screen is locked, or no longer.
    pub fn set_locked(&self, id: &str, locked: bool) {
        self.change(id, "LockedHint", locked, |session| session.locked = locked);
    }

    /// The seat shows the session, or no longer.
    pub fn set_active(&self, id: &str, active: bool) {
        self.change(id, "Active", active, |session| session.active = active);
    }

    /// The seat shows the session, or no longer, and that is said without the new value.
    pub fn set_active_unsaid(&self, id: &str, active: bool) {
        self.session_mut(id, |session| session.active = active);
        self.tell_change(id, HashMap::new(), vec!["Active"]);
    }

    fn change(&self, id: &str, name: &str, value: bool, change: impl FnOnce(&mut Session)) {
        self.session_mut(id, change);
        self.tell_change(id, HashMap::from([(name, Value::from(value))]), Vec::new());
    }

    fn tell_change(&self, id: &str, changed: HashMap<&str, Value>, unsaid: Vec<&str>) {
        let path = self.session(id).path();
        let body = (SESSION, changed, unsaid);
        self.service.emit(path.as_str(), PROPERTIES, "PropertiesChanged", &body);
    }

    fn tell<B: serde::Serialize + zbus::zvariant::DynamicType>(&self, name: &str, body: &B) {
        self.service.emit(PATH, MANAGER, name, body);
    }

    fn session(&self, id: &str) -> Session {
        self.session_mut(id, |session| session.clone())
    }

    fn session_mut<T>(&self, id: &str, change: impl FnOnce(&mut Session) -> T) -> T {
        let mut state = lock(&self.state);
        let session = state.sessions.iter_mut().find(|session| session.id == id);
        change(session.expect("a session of that name"))
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the other end of an inhibitor is still open: then there is nothing to read, not even an end.
fn is_open(inhibitor: &mut PipeReader) -> bool {
    inhibitor.read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

impl State {
    fn answer(&mut self, call: Call) -> zbus::Result<()> {
        match (call.interface, call.method) {
            (MANAGER, "GetSession") => {
                let id = call.argument::<String>()?;
                self.answer_session(Some(&id), call)
            }
            (MANAGER, "GetSessionByPID") => {
                let own = self.own.clone();
                self.answer_session(own.as_deref(), call)
            }
            (MANAGER, "GetUser") => match call.argument::<u32>()? {
                uid if self.sessions.iter().any(|session| session.uid == uid) => {
                    call.answer(&user_path(uid))
                }
                _ => call.refuse(),
            },
            (MANAGER, "Inhibit") if !self.refuses_delays => self.answer_delay(call),
            (PROPERTIES, "GetAll") => self.answer_properties(call),
            _ => call.refuse(),
        }
    }

    fn find(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    fn answer_session(&self, id: Option<&str>, call: Call) -> zbus::Result<()> {
        match id.and_then(|id| self.find(id)) {
            Some(session) => call.answer(&session.path()),
            None => call.refuse(),
        }
    }

    fn answer_delay(&mut self, call: Call) -> zbus::Result<()> {
        let (what, _, _, mode) = call.argument::<(String, String, String, String)>()?;
        if (what.as_str(), mode.as_str()) != ("sleep", "delay") {
            return call.refuse();
        }
        let (ours, theirs) = std::io::pipe()?;
        rustix::io::ioctl_fionbio(&ours, true).map_err(std::io::Error::from)?;
        self.delays.push(ours);
        call.answer(&Fd::from(std::os::fd::OwnedFd::from(theirs)))
    }

    fn answer_properties(&self, call: Call) -> zbus::Result<()> {
        let path = call.path.to_owned();
        let session = self.sessions.iter().find(|session| session.path().as_str() == path);
        match (call.argument::<String>()?.as_str(), session) {
            (SESSION, Some(session)) => call.answer(&session.properties()),
            (USER, _) => {
                let display = self.display.as_deref().and_then(|id| self.find(id));
                let display = match display {
                    Some(session) => (session.id.clone(), session.path()),
                    None => (String::new(), object("/")),
                };
                call.answer(&HashMap::from([("Display", Value::from(display))]))
            }
            _ => call.refuse(),
        }
    }
}
