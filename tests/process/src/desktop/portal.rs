//! The portal that takes pictures of the screen for programs: it answers with a request, and with a signal about it when the
//! user has been asked.

use std::collections::HashMap;
use std::path::Path;

use zbus::zvariant::{ObjectPath, Value};

use super::bus::PrivateBus;
use super::service::{Call, Service};

const REQUEST: &str = "/org/freedesktop/portal/desktop/request/1/t";

/// A portal; its name is free again when it is dropped.
pub struct Portal {
    _service: Service,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The picture is there, and the signal comes before the answer.
    Given,
    /// The user does not want it.
    Refused,
}

impl Portal {
    /// A portal whose picture of the screen is the file at `picture`.
    pub fn start(bus: &PrivateBus, picture: &Path, consent: Consent) -> Self {
        let uri = format!("file://{}", picture.display()).replace(' ', "%20");
        let service = Service::start(bus, "org.freedesktop.portal.Desktop", move |call| {
            match (call.interface, call.method) {
                ("org.freedesktop.portal.Screenshot", "Screenshot") => answer(call, &uri, consent),
                _ => call.refuse_as("UnknownMethod"),
            }
        });
        Self { _service: service }
    }
}

fn answer(call: Call, uri: &str, consent: Consent) -> zbus::Result<()> {
    let results: HashMap<&str, Value> = match consent {
        Consent::Given => HashMap::from([("uri", uri.into())]),
        Consent::Refused => HashMap::new(),
    };
    let response = (u32::from(consent == Consent::Refused), results);
    call.emit(REQUEST, "org.freedesktop.portal.Request", "Response", &response)?;
    call.answer(&ObjectPath::try_from(REQUEST)?)
}
