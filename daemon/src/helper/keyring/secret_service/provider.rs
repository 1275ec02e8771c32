//! The calls of the Secret Service's interface that need no session: collections, and where entries are. They go to one
//! program by its unique name, so that the bus starts no other in its place.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::{OwnedUniqueName, WellKnownName};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Type, Value};

use super::super::native::SERVICE;
use super::prompt;
use crate::ports::keyring::wire::Trouble;

const NAME: WellKnownName<'static> =
    WellKnownName::from_static_str_unchecked("org.freedesktop.secrets");
const PATH: &str = "/org/freedesktop/secrets";
const SECRETS: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// The name by which programs find the collection for new entries.
const DEFAULT: &str = "default";

/// What stands for no object.
const NOTHING: &str = "/";

/// The program that keeps secrets.
pub struct Provider {
    connection: Connection,
    bus: DBusProxy<'static>,
    name: OwnedUniqueName,
}

impl Provider {
    /// Finds it; the bus starts it when it knows how.
    pub fn find() -> Result<Self, Trouble> {
        let connection = Connection::session().map_err(|_| Trouble::NoBus)?;
        let bus = DBusProxy::new(&connection).map_err(|_| Trouble::NoBus)?;
        let name = match bus.get_name_owner(NAME.into()) {
            Ok(name) => name,
            Err(_) => {
                bus.start_service_by_name(NAME, 0).map_err(|_| Trouble::NoProvider)?;
                bus.get_name_owner(NAME.into()).map_err(|_| Trouble::WentAway)?
            }
        };
        Ok(Self { connection, bus, name })
    }

    /// Whether it is still the one that was found.
    pub fn has_stayed(&self) -> Result<(), Trouble> {
        match self.bus.get_name_owner(NAME.into()) {
            Ok(name) if name == self.name => Ok(()),
            _ => Err(Trouble::WentAway),
        }
    }

    /// The collection for new entries.
    pub fn default_collection(&self) -> Result<Option<OwnedObjectPath>, Trouble> {
        let path: OwnedObjectPath = self.ask("ReadAlias", &(DEFAULT,))?;
        Ok((path.as_str() != NOTHING).then_some(path))
    }

    /// Lets the user make one.
    pub fn make_default_collection(&self) -> Result<OwnedObjectPath, Trouble> {
        let label =
            HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from("Login"))]);
        let made: (OwnedObjectPath, OwnedObjectPath) =
            self.ask("CreateCollection", &(label, DEFAULT))?;
        if made.1.as_str() != NOTHING {
            self.show(&made.1)?;
        }
        self.default_collection()?.ok_or(Trouble::NoCollection)
    }

    /// Whether a collection is locked.
    pub fn is_locked(&self, collection: &ObjectPath<'_>) -> Result<bool, Trouble> {
        let locked: OwnedValue =
            self.call(collection, PROPERTIES, "Get", &(COLLECTION, "Locked"))?;
        locked.try_into().map_err(|_| Trouble::Refused)
    }

    /// Unlocks a collection. That the user has to be asked for it is told by the answer; nothing is shown before.
    pub fn unlock(&self, collection: &ObjectPath<'_>, may_ask: bool) -> Result<(), Trouble> {
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.ask("Unlock", &(vec![collection],))?;
        match prompt.as_str() {
            NOTHING => Ok(()),
            _ if may_ask => self.show(&prompt),
            _ => Err(Trouble::Locked),
        }
    }

    /// Whether none of our entries is in a collection that is locked, as they can be when another one has become the
    /// default.
    pub fn are_open(&self, users: &[String]) -> Result<bool, Trouble> {
        for user in users {
            let attributes = HashMap::from([("service", SERVICE), ("username", user)]);
            let (_, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
                self.ask("SearchItems", &(attributes,))?;
            if !locked.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn show(&self, prompt: &ObjectPath<'_>) -> Result<(), Trouble> {
        prompt::show(&self.connection, &self.bus, &self.name, prompt)
    }

    fn ask<Q, A>(&self, method: &str, question: &Q) -> Result<A, Trouble>
    where
        Q: Serialize + DynamicType,
        A: DeserializeOwned + Type,
    {
        self.call(&ObjectPath::from_static_str_unchecked(PATH), SECRETS, method, question)
    }

    fn call<Q, A>(
        &self,
        path: &ObjectPath<'_>,
        interface: &str,
        method: &str,
        question: &Q,
    ) -> Result<A, Trouble>
    where
        Q: Serialize + DynamicType,
        A: DeserializeOwned + Type,
    {
        let name = Some(&self.name);
        let answer = self.connection.call_method(name, path, Some(interface), method, question);
        let answer = answer.map_err(|_| self.has_stayed().err().unwrap_or(Trouble::Refused))?;
        answer.body().deserialize().map_err(|_| Trouble::Refused)
    }
}
