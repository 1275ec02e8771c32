//! The session bus: there is one tray on it, which owns a name; a second one asks the first to show its window. When the
//! bus dies that is noticed here, as tray-icon does not notice it.

use std::time::Duration;

use passcode_proto::place::Place;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::fdo::{RequestNameFlags, RequestNameReply};

/// The name of the one tray of a user's usual agent.
const NAME: &str = "org.passcode.Tray";
const PATH: &str = "/org/passcode/Tray";
/// Where panels hear of icons.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const INTERFACE: &str = "org.passcode.Tray1";

/// How long the tray that runs may take to show its window.
const PATIENCE: Duration = Duration::from_secs(5);

/// The session bus as it was found.
pub enum Found {
    /// We are the one tray now; the connection holds the name.
    Alone(Connection),
    /// Another one runs, and shows its window.
    Another,
}

/// What is asked of the tray over the bus.
struct Asked {
    show: Box<dyn Fn() + Send + Sync>,
}

#[zbus::interface(name = "org.passcode.Tray1")]
impl Asked {
    /// Shows the window.
    fn show(&self) {
        (self.show)();
    }
}

/// The name of the one tray of an agent: private ones have their own beside the usual one.
pub fn name(place: &Place) -> String {
    match place.is_private {
        true => format!("{NAME}.i{}", place.instance()),
        false => NAME.to_owned(),
    }
}

/// Becomes the one tray of that name, unless there is one; `show` is called when another is started later.
///
/// # Errors
/// When there is no session bus.
pub fn enter(
    name: &str,
    shows_window: bool,
    show: impl Fn() + Send + Sync + 'static,
) -> zbus::Result<Found> {
    let bus = Builder::session()?.method_timeout(PATIENCE).build()?;
    bus.object_server().at(PATH, Asked { show: Box::new(show) })?;
    let reply = bus.request_name_with_flags(name, RequestNameFlags::DoNotQueue.into());
    match reply {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => {
            Ok(Found::Alone(bus))
        }
        Ok(_) | Err(zbus::Error::NameTaken) => {
            if shows_window {
                bus.call_method(Some(name), PATH, Some(INTERFACE), "Show", &())?;
            }
            Ok(Found::Another)
        }
        Err(error) => Err(error),
    }
}

/// Whether a panel is there that does not know our icon: it came while the icon was being made. `None` without a panel.
pub fn misses_icon(bus: &Connection) -> Option<bool> {
    let watcher = Proxy::new(bus, WATCHER, "/StatusNotifierWatcher", WATCHER).ok()?;
    let items: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").ok()?;
    Some(!items.iter().any(|item| is_ours(bus, item)))
}

/// Items are named by connections, by their own name or the bus's, and then by paths.
fn is_ours(bus: &Connection, item: &str) -> bool {
    let own = std::process::id();
    let name = item.split('/').next().unwrap_or_default();
    let of_name = || {
        let bus = DBusProxy::new(bus).ok()?;
        bus.get_connection_unix_process_id(name.try_into().ok()?).ok()
    };
    name.contains(&format!("StatusNotifierItem-{own}-")) || of_name() == Some(own)
}

/// Waits until the bus dies.
pub fn wait_for_end(bus: &Connection) {
    for message in MessageIterator::from(bus) {
        if message.is_err() {
            return;
        }
    }
}
