//! Who shows notifications: `org.freedesktop.Notifications`, played by the test, which keeps what was shown and can press the
//! buttons on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use passcode_process_tests::desktop::PrivateBus;
use passcode_process_tests::wait;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::interface;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What a program had shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub id: u32,
    /// The program's name.
    pub application: String,
    /// The first line.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Names and labels of its buttons.
    pub actions: Vec<String>,
    /// What else was said of it, as text.
    pub hints: Vec<String>,
}

impl Shown {
    /// All of it as one text.
    pub fn all(&self) -> String {
        format!("{self:?}")
    }
}

/// Who shows notifications; it leaves the bus when it is dropped.
#[derive(Debug)]
pub struct Notifications {
    connection: Connection,
    shown: Arc<Mutex<Vec<Shown>>>,
}

impl Notifications {
    /// Begins to show notifications on a bus.
    ///
    /// # Panics
    /// When somebody else does.
    pub fn start(bus: &PrivateBus) -> Self {
        let shown = Arc::<Mutex<Vec<Shown>>>::default();
        let daemon = Daemon { shown: Arc::clone(&shown) };
        let connection = Builder::address(bus.address().as_str())
            .and_then(|builder| builder.serve_at(PATH, daemon)?.name(NAME)?.build());
        Self { connection: connection.expect("notifications on the bus"), shown }
    }

    /// What was shown until now.
    pub fn shown(&self) -> Vec<Shown> {
        lock(&self.shown).clone()
    }

    /// Waits until something was shown in which `is_it` finds what it looks for.
    ///
    /// # Panics
    /// When nothing ever is.
    pub fn wait_for(&self, what: &str, is_it: impl Fn(&Shown) -> bool) -> Shown {
        let found =
            wait::within(wait::PATIENCE, || self.shown().into_iter().find(|shown| is_it(shown)));
        found.unwrap_or_else(|| panic!("nothing was shown of {what}, but {:?}", self.shown()))
    }

    /// Waits until something with this first line was shown.
    pub fn wait_for_summary(&self, summary: &str) -> Shown {
        self.wait_for(summary, |shown| shown.summary == summary)
    }

    /// Presses a button of a notification, which closes it.
    ///
    /// # Panics
    /// When the bus has gone.
    pub fn press(&self, shown: &Shown, action: &str) {
        self.tell("ActionInvoked", &(shown.id, action));
        self.tell("NotificationClosed", &(shown.id, 2_u32));
    }

    fn tell<B: serde::Serialize + zbus::zvariant::DynamicType>(&self, signal: &str, body: &B) {
        let told = self.connection.emit_signal(None::<&str>, PATH, NAME, signal, body);
        told.expect("the bus is there");
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        let _ = self.connection.clone().close();
    }
}

fn lock(shown: &Mutex<Vec<Shown>>) -> MutexGuard<'_, Vec<Shown>> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Daemon {
    shown: Arc<Mutex<Vec<Shown>>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    // Its parameters are those of the specification.
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        application: &str,
        replaced: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut all = lock(&self.shown);
        let next = all.iter().map(|shown| shown.id).max().unwrap_or_default() + 1;
        let id = if replaced == 0 { next } else { replaced };
        let hints = hints.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        all.push(Shown {
            id,
            application: application.to_owned(),
            summary: summary.to_owned(),
            body: body.to_owned(),
            actions,
            hints,
        });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup", "persistence"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("passcode-tests", "passcode", "1", "1.2")
    }
}
