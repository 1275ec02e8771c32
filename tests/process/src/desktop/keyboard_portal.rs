//! The portal by which programs type, `org.freedesktop.portal.RemoteDesktop`: it asks the user, or takes a token from before, and
//! notes the keys that it gets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::zvariant::OwnedObjectPath;

use super::bus::PrivateBus;
use super::portal::Consent;
use super::request::{Options, respond, session, text};
use super::service::{Call, Service};

const REMOTE_DESKTOP: &str = "org.freedesktop.portal.RemoteDesktop";

/// A portal; its name is free again when it is dropped.
pub struct KeyboardPortal {
    _service: Service,
    noted: Arc<Mutex<Noted>>,
}

/// What a portal has noted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Keys in the order in which they came: what they mean, and whether they were pressed.
    pub keys: Vec<(i32, bool)>,
    /// The tokens from before that sessions were opened with.
    pub tokens: Vec<Option<String>>,
    /// The kinds of devices that were asked for, and how long the leave is to last.
    pub wanted: Vec<(u32, u32)>,
    /// As what programs have registered.
    pub programs: Vec<String>,
    /// How many sessions were closed.
    pub closed: usize,
}

impl Noted {
    /// The characters of the keys that were pressed, each of which was released before the next; Return is a line break.
    ///
    /// # Panics
    /// When one was not.
    pub fn typed(&self) -> String {
        let strike = |pair: &[(i32, bool)]| {
            let [(pressed, true), (released, false)] = pair else { panic!("keys in a tangle") };
            assert_eq!(pressed, released, "another key was released");
            let code = if *pressed == 0xff0d { Some(10) } else { u32::try_from(*pressed).ok() };
            code.and_then(char::from_u32).expect("a character")
        };
        self.keys.chunks(2).map(strike).collect()
    }
}

impl KeyboardPortal {
    /// A portal whose user answers in this way when there is no token that the portal has given.
    pub fn start(bus: &PrivateBus, consent: Consent) -> Self {
        let noted = Arc::new(Mutex::new(Noted::default()));
        let noting = Arc::clone(&noted);
        let service = Service::start(bus, "org.freedesktop.portal.Desktop", move |call| {
            lock(&noting).answer(call, consent)
        });
        Self { _service: service, noted }
    }

    /// What it has noted until now.
    pub fn noted(&self) -> Noted {
        lock(&self.noted).clone()
    }
}

fn lock(noted: &Mutex<Noted>) -> MutexGuard<'_, Noted> {
    noted.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Noted {
    fn answer(&mut self, call: Call, consent: Consent) -> zbus::Result<()> {
        match (call.interface, call.method) {
            ("org.freedesktop.host.portal.Registry", "Register") => {
                let (program, _): (String, Options) = call.argument()?;
                self.programs.push(program);
                call.answer(&())
            }
            (REMOTE_DESKTOP, "CreateSession") => Self::create(call),
            (REMOTE_DESKTOP, "SelectDevices") => self.select(call),
            (REMOTE_DESKTOP, "Start") => self.start_session(call, consent),
            (REMOTE_DESKTOP, "NotifyKeyboardKeysym") => {
                let (_, _, keysym, state): (OwnedObjectPath, Options, i32, u32) =
                    call.argument()?;
                self.keys.push((keysym, state == 1));
                call.answer(&())
            }
            ("org.freedesktop.portal.Session", "Close") => {
                self.closed += 1;
                call.answer(&())
            }
            _ => call.refuse_as("UnknownMethod"),
        }
    }

    fn create(call: Call) -> zbus::Result<()> {
        let options: Options = call.argument()?;
        let session = session(&call, &options);
        respond(call, &options, 0, HashMap::from([("session_handle", session.into())]))
    }

    fn select(&mut self, call: Call) -> zbus::Result<()> {
        let (_, options): (OwnedObjectPath, Options) = call.argument()?;
        let number = |name| options.get(name).and_then(|value| u32::try_from(value).ok());
        self.wanted.push((number("types").unwrap_or(0), number("persist_mode").unwrap_or(0)));
        self.tokens.push(text(&options, "restore_token"));
        respond(call, &options, 0, HashMap::new())
    }

    fn start_session(&mut self, call: Call, consent: Consent) -> zbus::Result<()> {
        let (_, _, options): (OwnedObjectPath, String, Options) = call.argument()?;
        let from_before = self.tokens.len().checked_sub(2).map(|last| format!("token-{last}"));
        let is_known = from_before.is_some() && self.tokens.last() == Some(&from_before);
        if consent == Consent::Refused && !is_known {
            return respond(call, &options, 1, HashMap::new());
        }
        let token = format!("token-{}", self.tokens.len() - 1);
        let results = [("devices", 1_u32.into()), ("restore_token", token.into())];
        respond(call, &options, 0, HashMap::from(results))
    }
}
