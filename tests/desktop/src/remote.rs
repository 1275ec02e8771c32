//! An object of another program on a message bus, as the test calls it. Every call has a limit: a program that does not
//! answer fails the test instead of holding it.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::{DynamicType, OwnedValue, Type};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// A connection to the bus at `address`; none when there is no bus.
pub fn try_connect(address: &str) -> zbus::Result<Connection> {
    Builder::address(address)?.method_timeout(LIMIT).build()
}

/// A connection to the bus at `address`.
///
/// # Panics
/// When there is no bus.
pub fn connect(address: &str) -> Connection {
    try_connect(address).unwrap_or_else(|error| panic!("the bus {address}: {error}"))
}

/// Whether somebody on the bus has this name.
pub fn has_owner(connection: &Connection, name: &str) -> bool {
    let (Ok(bus), Ok(name)) = (DBusProxy::new(connection), BusName::try_from(name)) else {
        return false;
    };
    bus.name_has_owner(name).unwrap_or_default()
}

/// The process that has this name on the bus.
pub fn process_of(connection: &Connection, name: &str) -> Option<u32> {
    let name = BusName::try_from(name).ok()?;
    DBusProxy::new(connection).ok()?.get_connection_unix_process_id(name).ok()
}

/// The process that has a name on the bus which begins so.
pub fn process_of_any(connection: &Connection, beginning: &str) -> Option<u32> {
    let names = DBusProxy::new(connection).ok()?.list_names().ok()?;
    let name = names.iter().find(|name| name.as_str().starts_with(beginning))?;
    process_of(connection, name.as_str())
}

/// An object.
#[derive(Debug, Clone)]
pub struct Remote {
    connection: Connection,
    /// Whose it is: a name on the bus.
    pub owner: String,
    /// Its path.
    pub path: String,
}

impl Remote {
    /// The object at `path` of `owner`.
    pub fn new(connection: &Connection, owner: &str, path: &str) -> Self {
        Self { connection: connection.clone(), owner: owner.to_owned(), path: path.to_owned() }
    }

    /// Another object on the same bus.
    pub fn other(&self, owner: &str, path: &str) -> Self {
        Self::new(&self.connection, owner, path)
    }

    /// Calls a method.
    pub fn call<Q, A>(&self, interface: &str, method: &str, question: &Q) -> zbus::Result<A>
    where
        Q: Serialize + DynamicType,
        A: DeserializeOwned + Type,
    {
        let (owner, path) = (Some(self.owner.as_str()), self.path.as_str());
        let said = self.connection.call_method(owner, path, Some(interface), method, question)?;
        said.body().deserialize()
    }

    /// Reads a property.
    pub fn property<T>(&self, interface: &str, name: &str) -> zbus::Result<T>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::zvariant::Error>,
    {
        let value: OwnedValue = self.call(PROPERTIES, "Get", &(interface, name))?;
        T::try_from(value).map_err(|error| zbus::Error::Variant(error.into()))
    }

    /// Sets a property.
    pub fn set_property(&self, interface: &str, name: &str, value: bool) -> zbus::Result<()> {
        let value = zbus::zvariant::Value::from(value);
        self.call(PROPERTIES, "Set", &(interface, name, value))
    }
}
