//! How a portal answers: at once with the path of a request, and by a signal of that when its user has decided.

use std::collections::HashMap;

use zbus::zvariant::{ObjectPath, OwnedValue, Value};

use super::service::Call;

/// The folder of all objects of the portal.
const PATH: &str = "/org/freedesktop/portal/desktop";

/// What a question is asked with beside its arguments.
pub(super) type Options = HashMap<String, OwnedValue>;

/// A text among them.
pub(super) fn text(options: &Options, name: &str) -> Option<String> {
    options.get(name).and_then(|value| value.downcast_ref().ok())
}

/// The session that the caller has asked for.
pub(super) fn session(call: &Call, options: &Options) -> String {
    let token = text(options, "session_handle_token").expect("a token for the session");
    format!("{PATH}/session/{}/{token}", caller(call))
}

/// Answers. The signal comes before the answer, and is about the path that the caller can foretell.
pub(super) fn respond(
    call: Call,
    options: &Options,
    response: u32,
    results: HashMap<&str, Value>,
) -> zbus::Result<()> {
    let token = text(options, "handle_token").expect("a token for the request");
    let request = format!("{PATH}/request/{}/{token}", caller(&call));
    call.emit(&request, "org.freedesktop.portal.Request", "Response", &(response, results))?;
    call.answer(&ObjectPath::try_from(request)?)
}

fn caller(call: &Call) -> String {
    call.sender().trim_start_matches(':').replace('.', "_")
}
