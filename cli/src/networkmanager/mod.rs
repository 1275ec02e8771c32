//! An agent that NetworkManager asks for the secrets of VPN connections (`passcode nm-agent`).
//!
//! What comes by D-Bus is read by `connection` and `asked`; which connections are ours says [`named`]; what is answered to
//! which question, and when a try ends, `attempts` decides. `bus` holds what is said on the bus, `serving` hears and
//! answers, `answering` makes one answer, from what `by_agent` gives; `openconnect` speaks for the plugin of that name, whose
//! logins are [`crate::openconnect`]'s.

#[cfg(all(unix, not(target_os = "macos")))]
mod answering;
#[cfg(all(unix, not(target_os = "macos")))]
mod asked;
#[cfg(all(unix, not(target_os = "macos")))]
mod attempts;
#[cfg(all(unix, not(target_os = "macos")))]
mod bus;
#[cfg(all(unix, not(target_os = "macos")))]
mod by_agent;
#[cfg(all(unix, not(target_os = "macos")))]
mod connection;
mod named;
#[cfg(all(unix, not(target_os = "macos")))]
mod openconnect;
#[cfg(all(unix, not(target_os = "macos")))]
mod serving;

use crate::context::Context;
use crate::output::Outcome;
pub use named::Named;

/// Serves NetworkManager until a signal ends it: for the connections that are named here, those without a profile by
/// `profile`, and those that rules name.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn serve(context: &Context, connections: Vec<Named>, profile: Option<String>) -> Outcome {
    let source = by_agent::ByAgent { context: context.clone() };
    serving::serve(source, named::Names { connections, profile })
}

/// There is no NetworkManager on this system.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn serve(_: &Context, _: Vec<Named>, _: Option<String>) -> Outcome {
    let message = "On this system there is no NetworkManager.";
    let hint = "Log in by the VPN's own program: passcode openconnect, passcode openvpn";
    Err(crate::output::Failure::local("networkmanager", message, hint))
}
