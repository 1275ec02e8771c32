//! Properties of objects on a bus, as they are read and as their changes are told.

use std::collections::HashMap;

use zbus::Result;
use zbus::zvariant::{OwnedValue, Value};

use super::bus::{Bus, Method, Signal};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Some of the properties of one interface of an object.
pub type Properties = HashMap<String, OwnedValue>;

/// Asks for all properties that `interface` has at the object.
pub fn ask<Q>(
    bus: &mut Bus<Q>,
    (of, path): (&str, &str),
    interface: &str,
    question: Q,
) -> Result<()> {
    let method = Method { of, path, interface: PROPERTIES, name: "GetAll" };
    bus.ask(method, &interface, question)
}

/// What a signal says of changed properties of `interface`: those with their new values, and the names of those that
/// have to be asked for.
pub fn changed(signal: &Signal, interface: &str) -> Option<(Properties, Vec<String>)> {
    let is_it = (signal.interface, signal.name) == (PROPERTIES, "PropertiesChanged");
    let (of, changed, unsaid): (String, Properties, Vec<String>) =
        is_it.then(|| signal.read())??;
    (of == interface).then_some((changed, unsaid))
}

/// A property that is true or false.
pub fn flag(properties: &Properties, name: &str) -> Option<bool> {
    match **properties.get(name)? {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// A property that is text.
pub fn text<'p>(properties: &'p Properties, name: &str) -> Option<&'p str> {
    match &**properties.get(name)? {
        Value::Str(text) => Some(text.as_str()),
        _ => None,
    }
}

/// The parts of a property that has several.
pub fn parts<'p>(properties: &'p Properties, name: &str) -> Option<&'p [Value<'p>]> {
    match &**properties.get(name)? {
        Value::Structure(structure) => Some(structure.fields()),
        _ => None,
    }
}
