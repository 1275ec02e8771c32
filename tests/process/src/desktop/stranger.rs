//! Somebody on a bus who owns no name and says what is not his to say: to everybody, and to each one alone, which the
//! bus delivers whatever was subscribed to.

use serde::Serialize;
use zbus::blocking::Connection;
use zbus::zvariant::DynamicType;

use super::bus::PrivateBus;

/// The stranger.
pub struct Stranger {
    connection: Connection,
}

impl Stranger {
    /// A stranger on a bus.
    pub fn on(bus: &PrivateBus) -> Self {
        Self { connection: bus.connect() }
    }

    /// Says something as if somebody else said it, `times` times; all of it has reached the bus afterwards.
    ///
    /// # Panics
    /// When the bus is not there.
    pub fn claim<B>(&self, times: usize, (path, interface, name): (&str, &str, &str), body: &B)
    where
        B: Serialize + DynamicType,
    {
        let to_all = None::<&str>;
        let said = self.connection.emit_signal(to_all, path, interface, name, body);
        said.expect("the bus is there");
        for listener in self.listeners() {
            for _ in 0..times {
                let listener = Some(listener.as_str());
                let said = self.connection.emit_signal(listener, path, interface, name, body);
                said.expect("the bus is there");
            }
        }
        // Answered after all that came before.
        self.listeners();
    }

    /// Everybody on the bus.
    fn listeners(&self) -> Vec<String> {
        let bus = "org.freedesktop.DBus";
        let names = self.connection.call_method(
            Some(bus),
            "/org/freedesktop/DBus",
            Some(bus),
            "ListNames",
            &(),
        );
        let names: Vec<String> = names
            .and_then(|answer| answer.body().deserialize())
            .expect("the bus says who is on it");
        names.into_iter().filter(|name| name.starts_with(':')).collect()
    }
}
