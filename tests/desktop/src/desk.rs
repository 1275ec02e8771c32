//! Somebody at a desk: a session, an instance with its agent, and the tray.
//! What is on it at first, and what the tests begin with, they say themselves.

use std::fs;
use std::thread;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::Home;

use crate::clipboard::Clipboard;
use crate::hand::Hand;
use crate::item::Item;
use crate::menu::Menu;
use crate::panel::Panel;
use crate::session::Session;
use crate::tray::{self, Tray};
use crate::watcher::Watcher;
use crate::window::Window;

/// Title of the main window.
pub const MAIN: &str = "Passcode Agent";

/// Title of the window that asks for what a waiting program needs.
pub const PROMPT: &str = "Passcode Agent asks";

/// A desk; all on it ends with the test.
#[derive(Debug)]
pub struct Desk {
    /// The tray, once it was started.
    pub tray: Option<Tray>,
    /// The panel of a desk with a display.
    pub panel: Option<Panel>,
    /// The place for icons of a desk without one.
    pub watcher: Option<Watcher>,
    /// The agent, when the test runs it.
    pub agent: Option<AgentProcess>,
    /// The instance.
    pub home: Home,
    /// The session.
    pub session: Session,
}

impl Desk {
    /// A session, and an instance that is at rest.
    pub fn new(session: Session) -> Self {
        let home = Home::new();
        Self { tray: None, panel: None, watcher: None, agent: None, home, session }
    }

    /// A desk without a display, with a place for icons and an agent that runs; the tray is still to be started.
    pub fn unseen() -> Self {
        let mut desk = Self::new(Session::without_display());
        desk.watcher = Some(Watcher::start(&desk.session.bus));
        desk.start_agent();
        desk
    }

    /// A desk with a display, a panel and an agent that runs; the tray is still to be started.
    pub fn seen() -> Self {
        let mut desk = Self::new(Session::with_display());
        desk.panel = Some(Panel::start(&desk.session));
        desk.start_agent();
        desk
    }

    /// Starts the agent.
    pub fn start_agent(&mut self) {
        self.agent = Some(self.home.start());
    }

    /// Ends the agent without a warning.
    pub fn kill_agent(&mut self) {
        self.agent = None;
    }

    /// Starts the tray without a window, and waits until it is on the bus.
    pub fn start_hidden_tray(&mut self) {
        self.tray = Some(Tray::start(&self.session, self.home.path(), &["--hidden"]));
    }

    /// Starts the tray as a user does, and waits until it is on the bus.
    pub fn start_tray(&mut self) {
        self.tray = Some(Tray::start(&self.session, self.home.path(), &[]));
    }

    /// The tray.
    ///
    /// # Panics
    /// When it was not started.
    pub fn tray(&mut self) -> &mut Tray {
        self.tray.as_mut().expect("a tray was started")
    }

    /// The tray's icon, once it is there.
    pub fn icon(&self) -> Item {
        tray::icon(&self.session)
    }

    /// The menu of the tray's icon.
    pub fn menu(&self) -> Menu {
        self.icon().menu()
    }

    /// The main window.
    pub fn window(&self) -> Window<'_> {
        Window::titled(&self.session, MAIN)
    }

    /// The window that asks for what a waiting program needs.
    pub fn prompt(&self) -> Window<'_> {
        Window::titled(&self.session, PROMPT)
    }

    /// The clipboard.
    pub fn clipboard(&self) -> Clipboard<'_> {
        Clipboard::of(&self.session)
    }

    /// The user's hand.
    pub fn hand(&self) -> Hand {
        Hand::in_session(&self.session)
    }

    /// Makes a PIN, by the command line.
    pub fn set_pin(&self, pin: &str) {
        self.home.passcode(&["pin", "set", "--pin", "-"]).input(pin).output();
    }

    /// Unlocks, by the command line.
    pub fn unlock(&self, pin: &str) {
        self.home.passcode(&["unlock", "--pin", "-"]).input(pin).output();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = fs::write(self.session.logs().join("agent.log"), self.home.log());
            self.session.trace_failure();
        }
    }
}
