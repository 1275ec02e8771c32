//! A socket between a client and its agent, at which something can happen at the very moment when a code is asked for, or has been
//! given and is on its way.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// Something that happens.
type Happening = Arc<dyn Fn() + Send + Sync>;

/// A socket that hands on all that comes. It serves until the test's program ends.
#[derive(Debug)]
pub struct Relay {
    socket: PathBuf,
}

impl Relay {
    /// A socket at `socket` before the one at `agent`. Before a message that names `profile` is handed on to the agent,
    /// `happening` happens.
    ///
    /// # Panics
    /// When the socket cannot be made.
    pub fn start(
        socket: PathBuf,
        agent: &Path,
        profile: &'static str,
        happening: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let listener = UnixListener::bind(&socket).expect("a socket can be made");
        let (agent, happening): (_, Happening) = (agent.to_owned(), Arc::new(happening));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let agent = UnixStream::connect(&agent).expect("an agent that takes connections");
                serve(client, agent, profile, &happening);
            }
        });
        Self { socket }
    }

    /// Where it is, for `PASSCODE_SOCKET`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

fn serve(client: UnixStream, agent: UnixStream, profile: &'static str, happening: &Happening) {
    let copies = (client.try_clone(), agent.try_clone());
    let (Ok(to_client), Ok(from_agent)) = copies else { return };
    let happening = Arc::clone(happening);
    thread::spawn(move || hand_on(from_agent, to_client, |_| {}));
    thread::spawn(move || {
        hand_on(client, agent, |message| {
            let mut parts = message.windows(profile.len());
            if parts.any(|part| part == profile.as_bytes()) {
                happening();
            }
        });
    });
}

fn hand_on(mut from: UnixStream, mut to: UnixStream, seen: impl Fn(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other end may have gone first.
    let _ = to.shutdown(std::net::Shutdown::Write);
}
