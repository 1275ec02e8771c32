//! A place for icons without a panel and without a display: `org.kde.StatusNotifierWatcher`, played by the test.
//! It shows nothing; what an icon says is read by [`crate::item`].

use std::sync::{Arc, Mutex, PoisonError};

use passcode_process_tests::desktop::PrivateBus;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::{fdo, interface};

use crate::panel::WATCHER;

/// The path of the place.
pub const PATH: &str = "/StatusNotifierWatcher";

/// A place for icons; it leaves the bus when it is dropped.
#[derive(Debug)]
pub struct Watcher {
    connection: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

impl Watcher {
    /// Puts a place for icons on the bus.
    ///
    /// # Panics
    /// When there is one.
    pub fn start(bus: &PrivateBus) -> Self {
        let items = Arc::<Mutex<Vec<String>>>::default();
        let place = Place { items: Arc::clone(&items) };
        let connection = Builder::address(bus.address().as_str())
            .and_then(|builder| builder.serve_at(PATH, place)?.name(WATCHER)?.build());
        Self { connection: connection.expect("a place for icons on the bus"), items }
    }

    /// The icons that were announced here, as `owner/path`.
    pub fn items(&self) -> Vec<String> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Leaves the bus, as a panel that crashes does.
    pub fn leave(self) {
        drop(self);
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.connection.clone().close();
    }
}

struct Place {
    items: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Place {
    async fn register_status_notifier_item(
        &mut self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = match service.starts_with('/') {
            true => format!("{sender}{service}"),
            false => format!("{service}/StatusNotifierItem"),
        };
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push(item.clone());
        let (bus, signal) = (emitter.connection(), "StatusNotifierItemRegistered");
        Ok(bus.emit_signal(None::<&str>, PATH, WATCHER, signal, &item).await?)
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
