//! A screen saver on the session bus, with the interface that desktops have taken over from each other: `GetActive` and
//! the signal `ActiveChanged`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bus::PrivateBus;
use super::service::Service;

/// A screen saver; its name is free again when it is dropped.
pub struct Saver {
    service: Service,
    name: String,
    active: Arc<AtomicBool>,
}

/// How a screen saver is to what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It answers.
    Open,
    /// Its object is not there yet, though its name is, as with KDE's.
    Early,
    /// It can only be kept from becoming active, as GNOME's for programs that play films.
    Mute,
}

impl Saver {
    pub(super) fn start(bus: &PrivateBus, name: &str, manner: Manner) -> Self {
        let active = Arc::new(AtomicBool::new(false));
        let known = Arc::clone(&active);
        let service = Service::start(bus, name, move |call| match (call.method, manner) {
            ("GetActive", Manner::Open) => call.answer(&known.load(Ordering::SeqCst)),
            (_, Manner::Early) => call.refuse_as("UnknownObject"),
            _ => call.refuse_as("NotSupported"),
        });
        Self { service, name: name.to_owned(), active }
    }

    /// Its state changes, and it says so.
    pub fn set_active(&self, active: bool) {
        self.active.store(active, Ordering::SeqCst);
        let path = format!("/{}", self.name.replace('.', "/"));
        self.service.emit(&path, &self.name, "ActiveChanged", &active);
    }
}
