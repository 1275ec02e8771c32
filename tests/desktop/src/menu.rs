//! The menu of an icon as panels read it: `com.canonical.dbusmenu`.
//! Nothing is drawn; that a panel draws it is promised with [`crate::panel`].

use std::collections::HashMap;

use passcode_process_tests::wait;
use zbus::zvariant::{OwnedValue, Structure, Value};

use crate::remote::Remote;

const INTERFACE: &str = "com.canonical.dbusmenu";

/// A menu.
#[derive(Debug, Clone)]
pub struct Menu {
    remote: Remote,
}

/// An entry that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, for the program.
    pub id: i32,
    /// What it says; `---` is a line between others.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
}

type Properties = HashMap<String, OwnedValue>;

impl Menu {
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// Its entries from top to bottom, those of menus within it after theirs; read anew, after the program was told that
    /// the menu is about to be shown.
    pub fn try_entries(&self) -> zbus::Result<Vec<Entry>> {
        // Programs need not know this one.
        let _: zbus::Result<bool> = self.remote.call(INTERFACE, "AboutToShow", &0_i32);
        let asked = (0_i32, -1_i32, Vec::<String>::new());
        let (_, (_, _, children)): (u32, (i32, Properties, Vec<OwnedValue>)) =
            self.remote.call(INTERFACE, "GetLayout", &asked)?;
        let mut entries = Vec::new();
        children.into_iter().for_each(|child| add(&child, &mut entries));
        Ok(entries)
    }

    /// Its entries.
    ///
    /// # Panics
    /// When the program does not give them.
    pub fn entries(&self) -> Vec<Entry> {
        self.try_entries().unwrap_or_else(|error| panic!("the menu: {error}"))
    }

    /// What its entries say, from top to bottom.
    pub fn labels(&self) -> Vec<String> {
        self.entries().into_iter().map(|entry| entry.label).collect()
    }

    /// The entry with this label.
    pub fn find(&self, label: &str) -> Option<Entry> {
        self.entries().into_iter().find(|entry| entry.label == label)
    }

    /// Waits until there is an entry with this label.
    ///
    /// # Panics
    /// When there never is.
    pub fn wait_for(&self, label: &str) -> Entry {
        let found = wait::within(wait::PATIENCE, || self.find(label));
        found.unwrap_or_else(|| panic!("there is no {label:?} in the menu {:?}", self.labels()))
    }

    /// Waits until there is no entry with this label.
    ///
    /// # Panics
    /// When it stays.
    pub fn wait_until_gone(&self, label: &str) {
        let gone = wait::within(wait::PATIENCE, || self.find(label).is_none().then_some(()));
        assert!(gone.is_some(), "{label:?} is still in the menu {:?}", self.labels());
    }

    /// Clicks on the entry with this label, once it is there.
    ///
    /// # Panics
    /// When there is none, or it cannot be clicked.
    pub fn click(&self, label: &str) {
        let clicked = wait::within(wait::PATIENCE, || {
            let entry = self.wait_for(label);
            assert!(entry.enabled, "{label:?} cannot be clicked");
            let event = (entry.id, "clicked", Value::from(0_i32), 0_u32);
            match self.remote.call(INTERFACE, "Event", &event) {
                Ok(()) => Some(()),
                Err(zbus::Error::MethodError(name, ..)) => match name.as_str() {
                    // The entry may have ended the program.
                    "org.freedesktop.DBus.Error.NoReply" => Some(()),
                    // The menu has changed since it was read.
                    "org.freedesktop.DBus.Error.InvalidArgs" => None,
                    error => panic!("{label:?}: {error}"),
                },
                Err(error) => panic!("{label:?}: {error}"),
            }
        });
        assert!(clicked.is_some(), "{label:?} changes all the time");
    }
}

fn add(value: &Value<'_>, entries: &mut Vec<Entry>) {
    let value = match value {
        Value::Value(inner) => inner,
        value => value,
    };
    let Value::Structure(structure) = value else { return };
    let Some((id, properties, children)) = parts(structure) else { return };
    let is_set = |name: &str| !matches!(properties.get(name), Some(Value::Bool(false)));
    if !is_set("visible") {
        return;
    }
    let text = |name: &str| match properties.get(name) {
        Some(Value::Str(text)) => text.to_string(),
        _ => String::new(),
    };
    let label = match text("type").as_str() {
        "separator" => "---".to_owned(),
        // A single underscore marks the letter that chooses the entry.
        _ => text("label").replace("__", "\0").replace('_', "").replace('\0', "_"),
    };
    entries.push(Entry { id, label, enabled: is_set("enabled") });
    children.iter().for_each(|child| add(child, entries));
}

/// Number, properties and children of an entry.
fn parts<'a>(
    structure: &'a Structure<'a>,
) -> Option<(i32, HashMap<String, Value<'a>>, Vec<Value<'a>>)> {
    let [Value::I32(id), Value::Dict(properties), Value::Array(children)] = structure.fields()
    else {
        return None;
    };
    let properties = properties.iter().filter_map(|(name, value)| {
        let Value::Str(name) = name else { return None };
        let value = match value {
            Value::Value(inner) => inner.as_ref(),
            value => value,
        };
        Some((name.to_string(), value.try_clone().ok()?))
    });
    let children = children.iter().filter_map(|child| child.try_clone().ok());
    Some((*id, properties.collect(), children.collect()))
}
