//! A shortcut that the desktop's portal watches, `org.freedesktop.portal.GlobalShortcuts`. The desktop may ask the user, who can choose
//! other keys there. When the portal or the bus goes, so does the listener, in silence.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use zbus::blocking::connection::{Builder, Connection};
use zbus::blocking::{MessageIterator, fdo};
use zbus::message::{Message, Type};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, Result as BusResult};

use super::ShortcutFault;
use super::keys::Keys;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SHORTCUTS: &str = "org.freedesktop.portal.GlobalShortcuts";
const REQUEST: &str = "org.freedesktop.portal.Request";
const SESSION: &str = "org.freedesktop.portal.Session";
const REGISTRY: &str = "org.freedesktop.host.portal.Registry";
const BUS: &str = "org.freedesktop.DBus";

/// The name of this program's desktop file, without its ending. The portal gives shortcuts to programs that it knows, from version
/// 1.21 on to no others.
const PROGRAM: &str = "org.passcode.Tray";

/// Our one shortcut.
const ID: &str = "type-code";

/// How long the portal may take for what it does without the user.
const PATIENCE: Duration = Duration::from_secs(5);

type Options = HashMap<&'static str, Value<'static>>;
type Results = HashMap<String, OwnedValue>;

/// A session with the portal; it ends when this is dropped.
#[derive(Debug)]
pub struct Session {
    bus: Connection,
    path: OwnedObjectPath,
}

/// The session bus, for this alone: what comes by it is ours.
pub fn session_bus() -> Result<Connection, ShortcutFault> {
    let bus = Builder::session().and_then(|builder| builder.method_timeout(PATIENCE).build());
    bus.map_err(|_| ShortcutFault::NoPortal)
}

impl From<zbus::Error> for ShortcutFault {
    fn from(_: zbus::Error) -> Self {
        Self::NoPortal
    }
}

impl Session {
    /// Asks the portal for the shortcut; gives the session, and the keys in the desktop's words.
    pub fn open(
        keys: &Keys,
        bus: Connection,
        pressed: impl Fn() + Send + 'static,
    ) -> Result<(Self, String), ShortcutFault> {
        let mut portal = Portal::new(bus)?;
        portal.register();
        let path = portal.create_session()?;
        let session = Self { bus: portal.bus.clone(), path };
        let shown = portal.bind(&session.path, keys)?;
        let listener = Listener { portal, session: session.path.clone(), pressed };
        thread::spawn(move || listener.run());
        Ok((session, shown.unwrap_or_else(|| keys.to_string())))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A session that is not there any more has ended.
        let path = self.path.as_ref();
        let _ = self.bus.call_method(Some(NAME), path, Some(SESSION), "Close", &());
        let _ = self.bus.clone().close();
    }
}

/// The portal, and all that it says to us.
struct Portal {
    bus: Connection,
    messages: MessageIterator,
    /// Who owns the portal's name: nobody else is believed.
    owner: String,
    asked: u32,
}

impl Portal {
    /// Listens before anything is asked, since a signal can come before the answer of its call.
    fn new(bus: Connection) -> BusResult<Self> {
        let proxy = fdo::DBusProxy::new(&bus)?;
        // It may have no way to be started, and run all the same.
        let _ = proxy.start_service_by_name(NAME.try_into()?, 0);
        let owner = proxy.get_name_owner(NAME.try_into()?)?.to_string();
        let signals = || MatchRule::builder().msg_type(Type::Signal);
        proxy.add_match_rule(signals().sender(NAME)?.build())?;
        let owners = signals().sender(BUS)?.member("NameOwnerChanged")?.arg(0, NAME)?;
        proxy.add_match_rule(owners.build())?;
        let messages = MessageIterator::from(&bus);
        Ok(Self { bus, messages, owner, asked: 0 })
    }

    /// Says who we are. Portals before 1.20 find that out themselves, and newer ones when there is no such desktop file.
    fn register(&self) {
        let body = (PROGRAM, Options::new());
        let _ = self.bus.call_method(Some(NAME), PATH, Some(REGISTRY), "Register", &body);
    }

    fn create_session(&mut self) -> Result<OwnedObjectPath, ShortcutFault> {
        let token = ("session_handle_token", Value::from("passcode_session"));
        let results = self.ask(|bus, mut options| {
            options.extend([token]);
            bus.call_method(Some(NAME), PATH, Some(SHORTCUTS), "CreateSession", &options)
        })?;
        let path = results.get("session_handle").and_then(|path| path.downcast_ref::<&str>().ok());
        let path = path.and_then(|path| ObjectPath::try_from(path.to_owned()).ok());
        path.map(Into::into).ok_or(ShortcutFault::NoPortal)
    }

    /// Binds the keys; gives those that the user has, in the desktop's words.
    fn bind(
        &mut self,
        session: &OwnedObjectPath,
        keys: &Keys,
    ) -> Result<Option<String>, ShortcutFault> {
        let about = Options::from([
            ("description", "Type a passcode".into()),
            ("preferred_trigger", keys.trigger().into()),
        ]);
        let shortcuts = [(ID, about)];
        let bound = self.ask(|bus, options| {
            let body = (session, &shortcuts[..], "", options);
            bus.call_method(Some(NAME), PATH, Some(SHORTCUTS), "BindShortcuts", &body)
        })?;
        let bound = bound.get("shortcuts").and_then(|bound| bound.try_clone().ok());
        let bound = bound.and_then(|bound| Vec::<(String, Results)>::try_from(bound).ok());
        let (_, about) = bound
            .and_then(|bound| bound.into_iter().find(|(id, _)| id == ID))
            .ok_or(ShortcutFault::Denied)?;
        let shown = about.get("trigger_description").and_then(|text| text.downcast_ref().ok());
        Ok(shown.filter(|text: &String| !text.is_empty()))
    }

    /// Asks, and waits for what the user decides.
    fn ask(
        &mut self,
        call: impl FnOnce(&Connection, Options) -> BusResult<Message>,
    ) -> Result<Results, ShortcutFault> {
        self.asked += 1;
        let token = format!("passcode_{}", self.asked);
        let options = Options::from([("handle_token", token.clone().into())]);
        let told: OwnedObjectPath = call(&self.bus, options)?.body().deserialize()?;
        match self.response(&[&self.foretold(&token), told.as_str()])? {
            (0, results) => Ok(results),
            (1, _) => Err(ShortcutFault::Denied),
            _ => Err(ShortcutFault::NoPortal),
        }
    }

    fn response(&mut self, paths: &[&str]) -> BusResult<(u32, Results)> {
        for message in self.messages.by_ref() {
            let message = message?;
            let header = message.header();
            let path = header.path().map(|path| path.as_str());
            let is_ours = path.is_some_and(|path| paths.contains(&path));
            if is_ours && is(&message, &self.owner, REQUEST, "Response") {
                return message.body().deserialize();
            }
        }
        Err(zbus::Error::InvalidReply)
    }

    /// Where the request of this token is, except in portals before 2018, which choose a path of their own.
    fn foretold(&self, token: &str) -> String {
        let name = self.bus.unique_name().map(|name| name.as_str()).unwrap_or_default();
        format!("{PATH}/request/{}/{token}", name.trim_start_matches(':').replace('.', "_"))
    }
}

/// Whether it is this signal, of him who owns the name.
fn is(message: &Message, owner: &str, interface: &str, member: &str) -> bool {
    let header = message.header();
    message.message_type() == Type::Signal
        && header.sender().is_some_and(|sender| sender.as_str() == owner)
        && header.interface().is_some_and(|found| found.as_str() == interface)
        && header.member().is_some_and(|found| found.as_str() == member)
}

/// Waits for the shortcut on a thread of its own.
struct Listener<P> {
    portal: Portal,
    session: OwnedObjectPath,
    pressed: P,
}

impl<P: Fn()> Listener<P> {
    fn run(mut self) {
        while let Some(Ok(message)) = self.portal.messages.next() {
            if self.is_end(&message) {
                return;
            }
            if self.is_activated(&message) {
                (self.pressed)();
            }
        }
    }

    fn is_end(&self, message: &Message) -> bool {
        is(message, &self.portal.owner, SESSION, "Closed")
            || is(message, BUS, BUS, "NameOwnerChanged")
    }

    fn is_activated(&self, message: &Message) -> bool {
        let told = message.body().deserialize::<(OwnedObjectPath, String, u64, Results)>();
        is(message, &self.portal.owner, SHORTCUTS, "Activated")
            && told.is_ok_and(|(session, id, ..)| session == self.session && id == ID)
    }
}
