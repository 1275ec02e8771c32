//! What this process was started with: the socket that systemd opened for us (socket activation, `sd_listen_fds(3)`), and
//! what is none of ours. With pidfd the only unsafe code of the door.

#![allow(unsafe_code)]

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use interprocess::local_socket::tokio::Listener;
use interprocess::os::unix::uds_local_socket::tokio::Listener as SocketListener;
use passcode_proto::{Fault, FaultCode};

/// The inherited listener, if this process was started for one.
pub(super) fn listener() -> Result<Option<Listener>, Fault> {
    let mut handed_over = sd_notify::listen_fds().map_err(|_| unusable())?;
    let Some(descriptor) = handed_over.next() else {
        return Ok(None);
    };
    if handed_over.len() > 0 {
        return Err(unusable());
    }
    // SAFETY: the service manager opened this descriptor for this process (`LISTEN_PID` was checked), nothing else
    // in this process uses it, and this function is called once.
    let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor) };
    check(&descriptor)?;
    let listener = SocketListener::try_from(descriptor).map_err(|_| unusable())?;
    Ok(Some(listener.into()))
}

/// Closes every descriptor that was left open for us by mistake: whoever started us may wait for the end of a pipe whose
/// other side would be open for as long as we run, as ssh does. Standard input, output and error stay, and what the service
/// manager hands over.
///
/// To be called before anything else has opened one.
pub fn close_strangers() {
    let kept: Vec<RawFd> = sd_notify::listen_fds().map(Iterator::collect).unwrap_or_default();
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return };
    let open = open.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // Collected first: the list has a descriptor itself, which is gone after this.
    let open: Vec<RawFd> = open.collect();
    for descriptor in open.into_iter().filter(|number| *number > 2 && !kept.contains(number)) {
        // SAFETY: nothing in this process has opened a descriptor yet, so nobody else uses this one; one that is gone
        // meanwhile, as that of the list, is looked for first.
        if std::fs::exists(format!("/proc/self/fd/{descriptor}")).unwrap_or(false) {
            drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
        }
    }
}

/// Makes sure that it is a listening Unix stream socket before anything is built on it.
fn check(descriptor: &OwnedFd) -> Result<(), Fault> {
    use rustix::net::{AddressFamily, SocketType, sockopt};
    let is_ours = sockopt::socket_domain(descriptor)
        .is_ok_and(|domain| domain == AddressFamily::UNIX)
        && sockopt::socket_type(descriptor).is_ok_and(|kind| kind == SocketType::STREAM)
        && sockopt::socket_acceptconn(descriptor).unwrap_or(false);
    is_ours.then_some(()).ok_or_else(unusable)
}

fn unusable() -> Fault {
    Fault::because(
        FaultCode::Unreachable,
        "The service manager did not hand over one listening Unix stream socket.",
    )
    .advise("Use passcoded.socket as it was installed, with one ListenStream.")
}
