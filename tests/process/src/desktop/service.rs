//! Somebody on a bus with a well-known name who answers what he is asked.

use std::thread;

use serde::Serialize;
use zbus::Message;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Header, Type};
use zbus::zvariant::{DynamicDeserialize, DynamicType};

use super::bus::PrivateBus;

/// A service; it leaves the bus when it is dropped.
pub(super) struct Service {
    connection: Connection,
}

/// What a service was asked.
pub(super) struct Call<'c> {
    pub path: &'c str,
    pub interface: &'c str,
    pub method: &'c str,
    connection: &'c Connection,
    message: &'c Message,
    header: &'c Header<'c>,
}

impl Service {
    /// A service that is called `name`; `answer` has to use the call it is given.
    pub fn start(
        bus: &PrivateBus,
        name: &str,
        answer: impl Fn(Call) -> zbus::Result<()> + Send + 'static,
    ) -> Self {
        let connection = bus.connect();
        let messages = MessageIterator::from(&connection);
        connection.request_name(name).expect("nobody else has the name");
        let answering = connection.clone();
        thread::spawn(move || {
            for message in messages.map_while(Result::ok) {
                // Who has asked may have gone.
                let _ = Call::hand_on(&answering, &message, &answer);
            }
        });
        Self { connection }
    }

    /// Tells everybody something.
    pub fn emit<B: Serialize + DynamicType>(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        body: &B,
    ) {
        let to_all = None::<&str>;
        // The bus may have been ended by the test; then nobody hears it.
        let _ = self.connection.emit_signal(to_all, path, interface, name, body);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.connection.clone().close();
    }
}

impl Call<'_> {
    fn hand_on(
        connection: &Connection,
        message: &Message,
        answer: &impl Fn(Call) -> zbus::Result<()>,
    ) -> zbus::Result<()> {
        let header = message.header();
        let (Type::MethodCall, Some(path), Some(interface), Some(method)) =
            (message.message_type(), header.path(), header.interface(), header.member())
        else {
            return Ok(());
        };
        let (path, interface, method) = (path.as_str(), interface.as_str(), method.as_str());
        answer(Call { path, interface, method, connection, message, header: &header })
    }

    /// What came with it.
    pub fn argument<T: for<'d> DynamicDeserialize<'d>>(&self) -> zbus::Result<T> {
        self.message.body().deserialize()
    }

    /// Who asks, by the name that the bus has given him.
    pub fn sender(&self) -> &str {
        self.header.sender().map(|name| name.as_str()).unwrap_or_default()
    }

    /// Tells everybody something.
    pub fn emit<B: Serialize + DynamicType>(
        &self,
        path: &str,
        interface: &str,
        name: &str,
        body: &B,
    ) -> zbus::Result<()> {
        self.connection.emit_signal(None::<&str>, path, interface, name, body)
    }

    /// Answers.
    pub fn answer<B: Serialize + DynamicType>(self, body: &B) -> zbus::Result<()> {
        self.connection.reply(self.header, body)
    }

    /// Refuses, as a service does that has no such thing.
    pub fn refuse(self) -> zbus::Result<()> {
        self.refuse_as("Failed")
    }

    /// Refuses by the name of one of the bus's own errors.
    pub fn refuse_as(self, error: &str) -> zbus::Result<()> {
        let error = format!("org.freedesktop.DBus.Error.{error}");
        self.connection.reply_error(self.header, error, &"there is no such thing")
    }
}
