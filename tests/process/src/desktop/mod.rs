//! A desktop as programs see it over D-Bus: two private buses, a logind with sessions on the one, screen savers on the
//! other, all played by this process. What happens on it a test says: the machine is suspended, the screen is locked,
//! the seat shows somebody else. [`Desktop::variables`] is what a program has to be given to be on it.

use tempfile::TempDir;

use crate::site;

mod bus;
mod keyboard_portal;
mod logind;
mod portal;
mod request;
mod saver;
mod service;
mod shortcut_portal;
mod stranger;
mod watcher;

pub use bus::PrivateBus;
pub use keyboard_portal::{KeyboardPortal, Noted};
pub use logind::{Logind, Session};
pub use portal::{Consent, Portal};
pub use saver::{Manner, Saver};
pub use shortcut_portal::{Bound, ShortcutPortal};
pub use stranger::Stranger;
pub use watcher::Watcher;

/// GNOME's screen saver, which [`Desktop::usual`] has.
pub const GNOME: &str = "org.gnome.ScreenSaver";

/// The session that [`Desktop::usual`] has.
pub const SESSION: &str = "2";

/// A desktop; it ends with the test.
pub struct Desktop {
    /// The system bus.
    pub system: PrivateBus,
    /// The session bus.
    pub session: PrivateBus,
    /// logind, once there is one.
    pub logind: Option<Logind>,
    /// The screen savers that there are.
    pub savers: Vec<Saver>,
    _folder: TempDir,
}

impl Desktop {
    /// A desktop on which nothing is missing: logind with one session of ours, which has a screen and is shown by the
    /// seat, and GNOME's screen saver.
    pub fn usual() -> Self {
        let mut desktop = Self::bare();
        desktop.start_logind().add(Session::graphical(SESSION));
        desktop.start_saver(GNOME);
        desktop
    }

    /// Both buses, and nobody on them.
    ///
    /// # Panics
    /// When they do not start.
    pub fn bare() -> Self {
        let mut desktop = Self::without_buses();
        desktop.system.start();
        desktop.session.start();
        desktop
    }

    /// A place for two buses that are not there.
    pub fn without_buses() -> Self {
        let folder = site::folder();
        let bus = |name: &str| PrivateBus::new(folder.path().join(name));
        Self {
            system: bus("system"),
            session: bus("session"),
            logind: None,
            savers: Vec::new(),
            _folder: folder,
        }
    }

    /// Where the buses are, for the environment of a program that is to be on this desktop.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("DBUS_SYSTEM_BUS_ADDRESS", self.system.address()),
            ("DBUS_SESSION_BUS_ADDRESS", self.session.address()),
        ]
    }

    /// Starts a logind that knows nobody.
    ///
    /// # Panics
    /// When the system bus is not there.
    pub fn start_logind(&mut self) -> &Logind {
        self.logind.insert(Logind::start(&self.system))
    }

    /// Ends logind; what it delays sleep for is let go.
    pub fn end_logind(&mut self) {
        self.logind = None;
    }

    /// Starts a screen saver with that name, which is not active.
    ///
    /// # Panics
    /// When the session bus is not there.
    pub fn start_saver(&mut self, name: &str) {
        self.start_saver_of(name, Manner::Open);
    }

    /// Starts a screen saver with that name and manner.
    ///
    /// # Panics
    /// When the session bus is not there.
    pub fn start_saver_of(&mut self, name: &str, manner: Manner) {
        self.savers.push(Saver::start(&self.session, name, manner));
    }

    /// Ends all screen savers.
    pub fn end_savers(&mut self) {
        self.savers.clear();
    }

    /// logind.
    ///
    /// # Panics
    /// When there is none.
    pub fn logind(&self) -> &Logind {
        self.logind.as_ref().expect("a logind was started")
    }

    /// The machine is about to sleep, and asks who delays it.
    pub fn suspend(&self) {
        self.logind().prepare_for_sleep(true);
    }

    /// Whether somebody delays sleep.
    pub fn is_delayed(&self) -> bool {
        self.logind().is_delayed()
    }

    /// The machine is awake again.
    pub fn resume(&self) {
        self.logind().prepare_for_sleep(false);
    }

    /// Every screen saver locks the screen.
    pub fn lock_screen(&self) {
        self.savers.iter().for_each(|saver| saver.set_active(true));
    }

    /// The user has unlocked the screen.
    pub fn unlock_screen(&self) {
        self.savers.iter().for_each(|saver| saver.set_active(false));
    }

    /// The seat shows somebody else's session.
    pub fn switch_away(&self) {
        self.logind().set_active(SESSION, false);
    }

    /// The seat shows the usual session again.
    pub fn switch_back(&self) {
        self.logind().set_active(SESSION, true);
    }

    /// The user logs out of the usual session.
    pub fn log_out(&self) {
        self.logind().remove(SESSION);
    }
}
