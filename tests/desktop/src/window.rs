//! A window of a program, used as a person uses it: things are found by what a screen reader calls them, and keys are
//! pressed and buttons clicked by the hand.

use std::time::Duration;

use passcode_process_tests::wait;

use crate::element::{Element, State};
use crate::hand::{Button, Hand};
use crate::page::{Node, Page};
use crate::session::Session;

/// How long a whole PIN may stay in its field before it is taken.
const TAKEN: Duration = Duration::from_millis(700);

/// A window, by its title; it need not be there.
#[derive(Debug)]
pub struct Window<'s> {
    session: &'s Session,
    title: String,
    /// The hand that uses it.
    pub hand: Hand,
}

impl<'s> Window<'s> {
    /// The window of this title in a session.
    pub fn titled(session: &'s Session, title: &str) -> Self {
        Self { session, title: title.to_owned(), hand: Hand::in_session(session) }
    }

    /// Waits until it is shown and has the keyboard.
    #[track_caller]
    pub fn wait_until_open(&self) {
        let screen = self.session.screen();
        screen.wait_for(&self.title);
        screen.wait_until_active(&self.title);
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.session.screen().find(&self.title).is_some()
    }

    /// Waits until it is shown no more.
    #[track_caller]
    pub fn wait_until_gone(&self) {
        self.session.screen().wait_until_gone(&self.title);
    }

    /// Closes it by its frame.
    #[track_caller]
    pub fn close(&self) {
        self.session.screen().close(&self.title);
        self.wait_until_gone();
    }

    /// What is in it now.
    ///
    /// # Panics
    /// When it never comes.
    pub fn page(&self) -> Page {
        self.wait_for("anything", |page| Some(page.clone()))
    }

    /// Waits until it is as `look` wants it.
    ///
    /// # Panics
    /// When it never is, with what was there instead.
    pub fn wait_for<T>(&self, what: &str, look: impl FnMut(&Page) -> Option<T>) -> T {
        self.session.accessibility().wait_for(what, &self.title, look)
    }

    /// Waits for a button that can be pressed.
    pub fn button(&self, name: &str) -> Element {
        self.wait_for(&format!("the button \"{name}\""), |page| {
            page.button(name)
                .filter(|node| node.is(State::Enabled))
                .map(|node| node.element.clone())
        })
    }

    /// Waits for a field.
    pub fn entry(&self, name: &str) -> Node {
        self.wait_for(&format!("the field \"{name}\""), |page| page.entry(name).cloned())
    }

    /// Waits until this is said, alone or among other words, and gives all of it.
    pub fn wait_for_words(&self, words: &str) -> String {
        self.wait_for(&format!("the words \"{words}\""), |page| {
            page.saying(words).map(str::to_owned)
        })
    }

    /// Waits until a code is shown.
    pub fn wait_for_code(&self) -> String {
        self.wait_for("a code", Page::code)
    }

    /// Presses a button, as a screen reader does.
    pub fn press(&self, name: &str) {
        self.button(name).press();
    }

    /// Clicks on a button with the mouse.
    ///
    /// # Panics
    /// When it is nowhere.
    pub fn click(&self, name: &str) {
        let extents = self.button(name).extents().filter(|extents| extents.width > 0);
        let extents = extents.unwrap_or_else(|| panic!("\"{name}\" is nowhere"));
        self.hand.clicks(Button::Left, extents.middle());
    }

    /// Types into a field, in the place of what is there.
    pub fn fill(&self, name: &str, text: &str) {
        let entry = self.entry(name);
        if !entry.is(State::Focused) {
            let place = entry.element.extents().expect("a field is somewhere");
            self.hand.clicks(Button::Left, place.middle());
        }
        self.wait_until_focused(name);
        self.hand.presses("ctrl+a");
        match text {
            "" => self.hand.presses("Delete"),
            text => self.hand.types(text),
        }
        self.wait_until_typed(name, text, entry.role == "password text");
    }

    /// Keys come to a program by another way than what a screen reader presses, and could be overtaken by it.
    fn wait_until_typed(&self, name: &str, text: &str, is_secret: bool) {
        let holds = |node: &Node| match (&node.text, is_secret) {
            (Some(typed), true) => typed.chars().count() == text.chars().count(),
            (Some(typed), false) => typed == text,
            (None, _) => is_secret,
        };
        if !is_secret {
            return self.wait_for(&format!("\"{text}\" in \"{name}\""), |page| {
                page.entry(name).filter(|node| holds(node)).map(drop)
            });
        }
        // A whole PIN may be taken at once, and the field be empty again or gone.
        let page = || self.session.accessibility().window(&self.title);
        let _ = wait::within(TAKEN, || match page() {
            Some(page) => page.entry(name).is_none_or(holds).then_some(()),
            None => Some(()),
        });
    }

    /// Waits until something has the keyboard, by its name.
    pub fn wait_until_focused(&self, name: &str) {
        self.wait_for(&format!("the keyboard in \"{name}\""), |page| {
            page.nodes.iter().find(|node| node.is(State::Focused) && node.name == name).map(drop)
        });
    }

    /// Presses `key` until something named so has the keyboard, and no more often than there are things.
    ///
    /// # Panics
    /// When it never comes to it, with the way that it went.
    pub fn walk_to(&self, name: &str, key: &str) {
        let mut way = Vec::new();
        for _ in 0..40 {
            let before = self.focus();
            if before.as_deref() == Some(name) {
                return;
            }
            way.push(before.clone().unwrap_or_default());
            self.hand.presses(key);
            // The only thing that can have the keyboard keeps it.
            let _ = wait::within(Duration::from_secs(1), || (self.focus() != before).then_some(()));
        }
        panic!("\"{key}\" does not lead to \"{name}\", but to {way:?}:\n{}", self.page());
    }

    fn focus(&self) -> Option<String> {
        let page = self.session.accessibility().window(&self.title)?;
        // The window itself counts as holding the keyboard too.
        let mut focused = page.nodes.iter().skip(1).filter(|node| node.is(State::Focused));
        focused.next_back().map(|node| node.name.clone())
    }
}
