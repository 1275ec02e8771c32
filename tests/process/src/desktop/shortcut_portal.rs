//! The portal that watches shortcuts for programs, `org.freedesktop.portal.GlobalShortcuts`; the test presses them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::bus::PrivateBus;
use super::portal::Consent;
use super::request::{Options, respond, session, text};
use super::service::{Call, Service};

const PATH: &str = "/org/freedesktop/portal/desktop";
const SHORTCUTS: &str = "org.freedesktop.portal.GlobalShortcuts";
const SESSION: &str = "org.freedesktop.portal.Session";

/// A portal; its name is free again when it is dropped.
pub struct ShortcutPortal {
    service: Service,
    noted: Arc<Mutex<Bound>>,
}

/// What a portal has noted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bound {
    /// As what programs have registered.
    pub programs: Vec<String>,
    /// The shortcuts that were asked for: what each is called, described as, and which keys it would like.
    pub shortcuts: Vec<[String; 3]>,
    /// How many sessions were closed.
    pub closed: usize,
    session: Option<String>,
}

impl ShortcutPortal {
    /// A portal whose user answers in this way. Where that is yes, the keys are told as `shown`.
    pub fn start(bus: &PrivateBus, consent: Consent, shown: &'static str) -> Self {
        let noted = Arc::new(Mutex::new(Bound::default()));
        let noting = Arc::clone(&noted);
        let service = Service::start(bus, "org.freedesktop.portal.Desktop", move |call| {
            lock(&noting).answer(call, consent, shown)
        });
        Self { service, noted }
    }

    /// What it has noted until now.
    pub fn noted(&self) -> Bound {
        lock(&self.noted).clone()
    }

    /// Somebody presses the keys of the shortcut that is called `id`.
    ///
    /// # Panics
    /// When there is no session.
    pub fn press(&self, id: &str) {
        let session = ObjectPath::try_from(self.session()).expect("an object's path");
        let told = (session, id, 4711_u64, HashMap::<&str, Value>::new());
        self.service.emit(PATH, SHORTCUTS, "Activated", &told);
    }

    /// Ends the session, as the desktop's settings can.
    ///
    /// # Panics
    /// When there is none.
    pub fn end_session(&self) {
        let told = HashMap::<&str, Value>::new();
        self.service.emit(&self.session(), SESSION, "Closed", &told);
    }

    fn session(&self) -> String {
        lock(&self.noted).session.clone().expect("a session")
    }
}

fn lock(noted: &Mutex<Bound>) -> MutexGuard<'_, Bound> {
    noted.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bound {
    fn answer(&mut self, call: Call, consent: Consent, shown: &str) -> zbus::Result<()> {
        match (call.interface, call.method) {
            ("org.freedesktop.host.portal.Registry", "Register") => {
                let (program, _): (String, Options) = call.argument()?;
                self.programs.push(program);
                call.answer(&())
            }
            (SHORTCUTS, "CreateSession") => {
                let options: Options = call.argument()?;
                let path = session(&call, &options);
                self.session = Some(path.clone());
                respond(call, &options, 0, HashMap::from([("session_handle", path.into())]))
            }
            (SHORTCUTS, "BindShortcuts") => self.bind(call, consent, shown),
            (SESSION, "Close") => {
                self.closed += 1;
                call.answer(&())
            }
            _ => call.refuse_as("UnknownMethod"),
        }
    }

    fn bind(&mut self, call: Call, consent: Consent, shown: &str) -> zbus::Result<()> {
        type Asked = (OwnedObjectPath, Vec<(String, HashMap<String, OwnedValue>)>, String, Options);
        let (_, shortcuts, _, options): Asked = call.argument()?;
        let mut bound = Vec::new();
        for (id, about) in shortcuts {
            let told = |name| text(&about, name).unwrap_or_default();
            self.shortcuts.push([id.clone(), told("description"), told("preferred_trigger")]);
            bound.push((id, HashMap::from([("trigger_description", Value::from(shown))])));
        }
        match consent {
            Consent::Given => {
                respond(call, &options, 0, HashMap::from([("shortcuts", bound.into())]))
            }
            Consent::Refused => respond(call, &options, 1, HashMap::new()),
        }
    }
}
