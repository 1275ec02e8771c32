//! The icon of a program as panels see it: `org.kde.StatusNotifierItem`.
//! Its menu is in [`crate::menu`].

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use passcode_process_tests::wait;
use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use crate::menu::Menu;
use crate::panel::WATCHER;
use crate::remote::Remote;
use crate::watcher;

const INTERFACE: &str = "org.kde.StatusNotifierItem";

/// An icon.
#[derive(Debug, Clone)]
pub struct Item {
    remote: Remote,
}

impl Item {
    /// Waits until the icon with this id is announced at the place for icons on the bus of `connection`.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_for(connection: &Connection, id: &str) -> Self {
        wait::until("the icon", || Self::find(connection, id))
    }

    /// The icon with this id, when it is there.
    pub fn find(connection: &Connection, id: &str) -> Option<Self> {
        let place = Remote::new(connection, WATCHER, watcher::PATH);
        let items: Vec<String> = place.property(WATCHER, "RegisteredStatusNotifierItems").ok()?;
        let mut items = items.iter().filter_map(|item| {
            let (owner, path) = item.split_once('/')?;
            Some(Self { remote: Remote::new(connection, owner, &format!("/{path}")) })
        });
        // Panels keep icons for a moment whose program has gone.
        items.find(|item| item.id().as_deref() == Some(id))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.remote.property(INTERFACE, name).ok()
    }

    /// Its id.
    pub fn id(&self) -> Option<String> {
        self.text("Id")
    }

    /// Its title.
    pub fn title(&self) -> Option<String> {
        self.text("Title")
    }

    /// Whether it is shown: `Active`, `Passive` or `NeedsAttention`.
    pub fn status(&self) -> Option<String> {
        self.text("Status")
    }

    /// What is shown when the mouse rests on it.
    pub fn tooltip(&self) -> Option<String> {
        let value: OwnedValue = self.remote.property(INTERFACE, "ToolTip").ok()?;
        let Value::Structure(structure) = Value::from(value) else { return None };
        let [_, _, Value::Str(title), Value::Str(text)] = structure.fields() else { return None };
        // Panels show the title above the text.
        let said = [title.as_str(), text.as_str()];
        Some(said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(": "))
    }

    /// What its picture is like: a number that is another for every other picture; none when there is no picture.
    pub fn picture(&self) -> Option<u64> {
        let value: OwnedValue = self.remote.property(INTERFACE, "IconPixmap").ok()?;
        let Value::Array(pictures) = Value::from(value) else { return None };
        let mut hasher = DefaultHasher::new();
        pictures.iter().for_each(|picture| format!("{picture:?}").hash(&mut hasher));
        (!pictures.is_empty()).then(|| hasher.finish())
    }

    /// The sides of its pictures, in pixels.
    pub fn sizes(&self) -> Vec<(i32, i32)> {
        let value: zbus::Result<OwnedValue> = self.remote.property(INTERFACE, "IconPixmap");
        let Ok(Value::Array(pictures)) = value.map(Value::from) else { return Vec::new() };
        let side = |picture: &Structure<'_>| match picture.fields() {
            [Value::I32(width), Value::I32(height), _] => Some((*width, *height)),
            _ => None,
        };
        let structures = pictures.iter().filter_map(|picture| match picture {
            Value::Structure(picture) => side(picture),
            _ => None,
        });
        structures.collect()
    }

    /// A click with the left button of the mouse.
    ///
    /// # Panics
    /// When the program does not take it.
    pub fn activate(&self) {
        self.click("Activate");
    }

    /// A click with the middle button of the mouse.
    ///
    /// # Panics
    /// When the program does not take it.
    pub fn activate_second(&self) {
        self.click("SecondaryActivate");
    }

    fn click(&self, method: &str) {
        let done: zbus::Result<()> = self.remote.call(INTERFACE, method, &(16_i32, 16_i32));
        done.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    /// Its menu.
    ///
    /// # Panics
    /// When it has none.
    pub fn menu(&self) -> Menu {
        let path: zbus::Result<OwnedObjectPath> = self.remote.property(INTERFACE, "Menu");
        let path = path.expect("the path of a menu");
        Menu::new(self.remote.other(&self.remote.owner, path.as_str()))
    }

    /// Waits until its tooltip is this.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_for_tooltip(&self, tooltip: &str) {
        let seen = wait::within(wait::PATIENCE, || {
            (self.tooltip().as_deref() == Some(tooltip)).then_some(())
        });
        assert!(seen.is_some(), "not {tooltip:?}, but {:?}", self.tooltip());
    }
}
