//! Whether the desktop is dark or light, as programs learn it from the portal (`org.freedesktop.portal.Settings`), played by
//! the test.

use passcode_process_tests::desktop::PrivateBus;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{fdo, interface};

const PATH: &str = "/org/freedesktop/portal/desktop";

/// What a user prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// Light letters on dark ground.
    Dark = 1,
    /// Dark letters on light ground.
    Light = 2,
}

/// A portal; it leaves the bus when it is dropped.
#[derive(Debug)]
pub struct Appearance {
    connection: Connection,
}

impl Appearance {
    /// Puts a portal on the bus.
    ///
    /// # Panics
    /// When there is one.
    pub fn start(bus: &PrivateBus, preference: Preference) -> Self {
        let connection = Builder::address(bus.address().as_str()).and_then(|builder| {
            builder
                .serve_at(PATH, Settings(preference))?
                .name("org.freedesktop.portal.Desktop")?
                .build()
        });
        Self { connection: connection.expect("a portal on the bus") }
    }

    /// The user prefers something else from now on.
    ///
    /// # Panics
    /// When the bus has gone.
    pub fn change(&self, preference: Preference) {
        let interface = "org.freedesktop.portal.Settings";
        let body = (APPEARANCE, SCHEME, Value::from(preference as u32));
        let told =
            self.connection.emit_signal(None::<&str>, PATH, interface, "SettingChanged", &body);
        told.expect("the bus is there");
    }
}

impl Drop for Appearance {
    fn drop(&mut self) {
        let _ = self.connection.clone().close();
    }
}

const APPEARANCE: &str = "org.freedesktop.appearance";
const SCHEME: &str = "color-scheme";

struct Settings(Preference);

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read_one(&self, namespace: &str, key: &str) -> fdo::Result<OwnedValue> {
        match (namespace, key) {
            (APPEARANCE, SCHEME) => Ok(OwnedValue::from(self.0 as u32)),
            _ => Err(fdo::Error::Failed("there is no such setting".to_owned())),
        }
    }
}
