//! One thing that a screen reader can speak of (`org.a11y.atspi.Accessible`): a window, a button, a text.
//! How many there are and how they hang together is [`crate::page`]'s affair.

use zbus::zvariant::OwnedObjectPath;

use crate::remote::Remote;
use crate::roles;

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const ACTION: &str = "org.a11y.atspi.Action";
const COMPONENT: &str = "org.a11y.atspi.Component";
const TEXT: &str = "org.a11y.atspi.Text";
const VALUE: &str = "org.a11y.atspi.Value";

/// A state, by its number in AT-SPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has something that is switched on, as a box with a tick.
    Checked = 4,
    /// It can be used.
    Enabled = 8,
    /// It can have the keyboard.
    Focusable = 11,
    /// It has the keyboard.
    Focused = 12,
    /// It is on the screen.
    Showing = 25,
}

/// Where something is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extents {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Extents {
    /// Its middle.
    pub fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

/// An element of an application. It may have gone since it was found; then it is nothing and says nothing.
#[derive(Debug, Clone)]
pub struct Element {
    remote: Remote,
}

impl Element {
    /// The element that this object is.
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// What it holds.
    pub fn children(&self) -> Vec<Self> {
        let children: zbus::Result<Vec<(String, OwnedObjectPath)>> =
            self.remote.call(ACCESSIBLE, "GetChildren", &());
        let children = children.unwrap_or_default().into_iter();
        children.map(|(owner, path)| Self::new(self.remote.other(&owner, path.as_str()))).collect()
    }

    /// What it is called.
    pub fn name(&self) -> String {
        self.remote.property(ACCESSIBLE, "Name").unwrap_or_default()
    }

    /// What it is: `button`, `entry` and others.
    pub fn role(&self) -> &'static str {
        // Not its name, which not every library gives.
        let number: zbus::Result<u32> = self.remote.call(ACCESSIBLE, "GetRole", &());
        number.map(roles::name).unwrap_or_default()
    }

    /// Its states, a bit each.
    pub fn states(&self) -> u64 {
        let words: zbus::Result<Vec<u32>> = self.remote.call(ACCESSIBLE, "GetState", &());
        let words = words.unwrap_or_default().into_iter().enumerate().take(2);
        words.fold(0, |states, (place, word)| states | u64::from(word) << (32 * place))
    }

    /// The text in it, when it is one.
    pub fn text(&self) -> Option<String> {
        self.remote.call(TEXT, "GetText", &(0_i32, -1_i32)).ok()
    }

    /// The number that it shows, when it shows one.
    pub fn value(&self) -> Option<f64> {
        self.remote.property(VALUE, "CurrentValue").ok()
    }

    /// Where it is on the screen.
    pub fn extents(&self) -> Option<Extents> {
        // 0: from the corner of the screen.
        let said: zbus::Result<((i32, i32, i32, i32),)> =
            self.remote.call(COMPONENT, "GetExtents", &0_u32);
        let ((x, y, width, height),) = said.ok()?;
        Some(Extents { x, y, width, height })
    }

    /// Does what it is there for: presses a button, opens a list.
    ///
    /// # Panics
    /// When it does not let us.
    pub fn press(&self) {
        let done: zbus::Result<bool> = self.remote.call(ACTION, "DoAction", &0_i32);
        assert!(matches!(done, Ok(true)), "\"{}\" cannot be pressed: {done:?}", self.name());
    }

    /// Gives it the keyboard.
    ///
    /// # Panics
    /// When it does not take it.
    pub fn focus(&self) {
        let done: zbus::Result<bool> = self.remote.call(COMPONENT, "GrabFocus", &());
        assert!(matches!(done, Ok(true)), "\"{}\" takes no keyboard: {done:?}", self.name());
    }
}
