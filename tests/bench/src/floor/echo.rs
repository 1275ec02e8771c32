//! The least that a server can do: one thread, `epoll`, and 64 bytes sent back as they came.

use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::net::{SendFlags, SocketFlags, accept_with};

use crate::Outcome;

/// Bytes of a message.
pub const MESSAGE_BYTES: usize = 64;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Events taken at once.
const EVENTS: usize = 256;

/// Marks the listener among the events; connections are numbered from 1.
const LISTENER: u64 = 0;

/// Serves at `socket` until the process is ended.
pub fn serve(socket: &Path) -> Outcome<()> {
    let listener = UnixListener::bind(socket)?;
    rustix::net::listen(&listener, BACKLOG)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&poll, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
    let mut connections: HashMap<u64, OwnedFd> = HashMap::new();
    let mut last = LISTENER;
    let mut events = Vec::with_capacity(EVENTS);
    loop {
        epoll::wait(&poll, spare_capacity(&mut events), None)?;
        for event in events.drain(..) {
            let number = event.data.u64();
            if number == LISTENER {
                last += 1;
                connections.insert(last, admit(&poll, &listener, last)?);
            } else if connections.get(&number).is_some_and(|connection| !echo(connection)) {
                connections.remove(&number);
            }
        }
    }
}

fn admit(poll: &OwnedFd, listener: &UnixListener, number: u64) -> Outcome<OwnedFd> {
    let connection = accept_with(listener, SocketFlags::CLOEXEC)?;
    epoll::add(poll, &connection, epoll::EventData::new_u64(number), epoll::EventFlags::IN)?;
    Ok(connection)
}

/// Sends one message back; false when the other side has gone.
fn echo(connection: &impl AsFd) -> bool {
    let mut message = [0; MESSAGE_BYTES];
    match rustix::io::read(connection, &mut message) {
        Ok(0) | Err(_) => false,
        Ok(count) => rustix::net::send(connection, &message[..count], SendFlags::NOSIGNAL).is_ok(),
    }
}
