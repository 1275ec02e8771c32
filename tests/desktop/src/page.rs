//! A window as it was at one moment, with everything in it: to find things by their names, and to be printed where a test
//! has not found what it looked for.

use std::fmt;

use crate::element::{Element, State};

/// Roles of what a person types into.
const ENTRIES: [&str; 4] = ["entry", "password text", "text", "spin button"];

/// Roles of what a person presses.
const BUTTONS: [&str; 3] = ["button", "toggle button", "link"];

/// A thing in a window.
#[derive(Debug, Clone)]
pub struct Node {
    /// How deep it lies.
    pub depth: usize,
    /// What it is.
    pub role: &'static str,
    /// What it is called.
    pub name: String,
    /// The text in it.
    pub text: Option<String>,
    states: u64,
    /// It itself, as it is now.
    pub element: Element,
}

impl Node {
    fn of(element: &Element, depth: usize) -> Self {
        Self {
            depth,
            role: element.role(),
            name: element.name(),
            text: element.text(),
            states: element.states(),
            element: element.clone(),
        }
    }

    /// Whether it was in this state.
    pub fn is(&self, state: State) -> bool {
        self.states >> state as u32 & 1 == 1
    }

    /// Whether it is something that is pressed.
    pub fn is_button(&self) -> bool {
        BUTTONS.contains(&self.role)
    }

    /// Whether it is something that is typed into.
    pub fn is_entry(&self) -> bool {
        ENTRIES.contains(&self.role)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { depth, role, name, text, .. } = self;
        write!(f, "{}{role} {name:?}", "  ".repeat(*depth))?;
        if let Some(text) = text.as_ref().filter(|text| *text != name) {
            write!(f, " with {text:?}")?;
        }
        for state in [State::Focusable, State::Focused, State::Checked] {
            if self.is(state) {
                write!(f, " {state:?}")?;
            }
        }
        if self.is(State::Enabled) { Ok(()) } else { write!(f, " not Enabled") }
    }
}

/// A window.
#[derive(Debug, Clone)]
pub struct Page {
    /// Everything in it, from the outside inwards, as it is read; the first is the window itself.
    pub nodes: Vec<Node>,
}

impl Page {
    /// Reads a window.
    pub(crate) fn of(window: &Element) -> Self {
        let mut page = Self { nodes: Vec::new() };
        page.add(window, 0);
        page
    }

    fn add(&mut self, element: &Element, depth: usize) {
        self.nodes.push(Node::of(element, depth));
        element.children().iter().for_each(|child| self.add(child, depth + 1));
    }

    /// The window's title.
    pub fn title(&self) -> &str {
        self.nodes.first().map_or("", |window| window.name.as_str())
    }

    /// The button with this name.
    pub fn button(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name && node.is_button())
    }

    /// The field with this name.
    pub fn entry(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name && node.is_entry())
    }

    /// Whatever has this name.
    pub fn named(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The first name or text with `words` in it.
    pub fn saying(&self, words: &str) -> Option<&str> {
        self.all_said().find(|said| said.contains(words))
    }

    /// All names and texts.
    pub fn all_said(&self) -> impl Iterator<Item = &str> {
        let said = self.nodes.iter().flat_map(|node| [Some(&node.name), node.text.as_ref()]);
        said.flatten().map(String::as_str)
    }

    /// What has the keyboard.
    pub fn focused(&self) -> Option<&Node> {
        self.nodes.iter().find(|node| node.is(State::Focused))
    }

    /// The code that is shown, without its blanks: the digits after the word "Passcode".
    pub fn code(&self) -> Option<String> {
        self.all_said().find_map(|said| {
            let digits = said.strip_prefix("Passcode ")?.replace(' ', "");
            let is_code = digits.len() >= 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
            is_code.then_some(digits)
        })
    }

    /// What can have the keyboard but cannot be spoken of: it has no name, or is nothing.
    pub fn mute(&self) -> Vec<String> {
        let focusable = self.nodes.iter().filter(|node| node.is(State::Focusable));
        let windows = ["frame", "window", "dialog"];
        let controls = focusable.filter(|node| !windows.contains(&node.role));
        let mute = controls.filter(|node| {
            node.name.trim().is_empty() || ["", "unknown", "invalid"].contains(&node.role)
        });
        mute.map(Node::to_string).collect()
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.nodes.iter().try_for_each(|node| writeln!(f, "{node}"))
    }
}
