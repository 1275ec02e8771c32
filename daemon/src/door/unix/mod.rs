//! The socket on Unix: in a folder that is the user's alone, born with mode 0600, held by a lock file so that a
//! stale socket can be replaced and a live one never is.

#[cfg(target_os = "linux")]
mod inherited;
#[cfg(target_os = "linux")]
mod pidfd;
#[cfg(target_os = "linux")]
pub use inherited::close_strangers;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::{GenericFilePath, ListenerOptions, PeerCreds};
use interprocess::os::unix::local_socket::ListenerOptionsExt;
use passcode_proto::place::Place;
use passcode_proto::{Fault, FaultCode};

use crate::peer::Life;
use crate::session::hangup::Hangup;

/// Bits of a mode by which others could put something in the place of the socket.
const OTHERS_WRITE: u32 = 0o022;

/// How often, and with which pause, to look whether an agent that does not answer has ended: for 5 seconds.
const HANDOVER_LOOKS: u32 = 1000;
const HANDOVER_PAUSE: Duration = Duration::from_millis(5);

/// What keeps the socket's place for this agent.
pub(super) struct Hold {
    socket: PathBuf,
    /// Whether the socket is ours to remove; one of the service manager is not.
    ours: bool,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Hold {
    pub(super) fn address(&self) -> String {
        self.socket.to_string_lossy().into_owned()
    }

    /// Removes the socket. The lock is held on, and its file stays for ever: removing it would let two agents lock
    /// different files.
    pub(super) fn remove_socket(&self) {
        if self.ours {
            let _ = std::fs::remove_file(&self.socket);
        }
    }
}

/// Takes the socket at `place`, or the one that systemd handed over (`LISTEN_FDS`).
pub(super) fn take(place: &Place) -> Result<(Listener, Hold), Fault> {
    let folder = place.socket.parent().unwrap_or(Path::new("/"));
    prepare_folder(folder)?;
    let lock = lock(&place.agent_lock(), &place.socket)?;
    let (listener, ours) = match inherited_listener()? {
        Some(listener) => (listener, false),
        None => (bind(&place.socket)?, true),
    };
    Ok((listener, Hold { socket: place.socket.clone(), ours, _lock: lock }))
}

#[cfg(target_os = "linux")]
fn inherited_listener() -> Result<Option<Listener>, Fault> {
    inherited::listener()
}

/// Other systems have no systemd.
#[cfg(not(target_os = "linux"))]
fn inherited_listener() -> Result<Option<Listener>, Fault> {
    Ok(None)
}

fn prepare_folder(folder: &Path) -> Result<(), Fault> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| cannot(folder, "cannot be made", error.kind()))?;
    let found = std::fs::metadata(folder)
        .map_err(|error| cannot(folder, "cannot be looked at", error.kind()))?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(socket_fault(format!("{} belongs to another user.", folder.display()))
            .advise("Choose a folder of your own with PASSCODE_HOME or PASSCODE_SOCKET."));
    }
    if found.mode() & OTHERS_WRITE != 0 {
        return Err(socket_fault(format!("Others may write {}.", folder.display())).advise(
            "Run chmod go-w on it, or choose another folder with PASSCODE_HOME or PASSCODE_SOCKET.",
        ));
    }
    Ok(())
}

/// One agent at a time: the lock is held until the process ends, however it ends. An agent that holds it and does not
/// answer has just been started or is about to end; it is waited for.
fn lock(path: &Path, socket: &Path) -> Result<File, Fault> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file =
        options.open(path).map_err(|error| cannot(path, "cannot be opened", error.kind()))?;
    let mut looks = 0;
    while file.try_lock().is_err() {
        looks += 1;
        if looks > HANDOVER_LOOKS || UnixStream::connect(socket).is_ok() {
            return Err(taken(&mut file));
        }
        std::thread::sleep(HANDOVER_PAUSE);
    }
    let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(|error| cannot(path, "cannot be written", error.kind()))?;
    Ok(file)
}

/// Whoever answers has written its process into the lock before.
fn taken(lock: &mut File) -> Fault {
    let mut first = String::new();
    let _ = lock.read_to_string(&mut first);
    socket_fault(format!("Another agent is running, as process {}.", first.trim()))
        .advise("Use that one, or end it with: passcode agent stop")
}

fn bind(socket: &Path) -> Result<Listener, Fault> {
    remove_stale(socket)?;
    let name = socket.to_fs_name::<GenericFilePath>();
    // Never `try_overwrite`: it takes the place of a live agent's socket. Our lock says that there is none.
    let options = name.map(|name| ListenerOptions::new().name(name).reclaim_name(false));
    let options = if cfg!(target_os = "linux") {
        options.map(|options| options.mode(0o600))
    } else {
        options
    };
    options
        .and_then(ListenerOptions::create_tokio)
        .map_err(|error| cannot(socket, "cannot be made", error.kind()))
}

/// Removes the socket of an agent that was killed, and nothing else.
fn remove_stale(socket: &Path) -> Result<(), Fault> {
    let Ok(found) = std::fs::symlink_metadata(socket) else {
        return Ok(());
    };
    if !found.file_type().is_socket() {
        return Err(socket_fault(format!("{} is not a socket.", socket.display()))
            .advise("Move it away, or choose another place with PASSCODE_SOCKET."));
    }
    if UnixStream::connect(socket).is_ok() {
        return Err(socket_fault(format!("Another program answers at {}.", socket.display()))
            .advise("End it, or choose another place with PASSCODE_SOCKET."));
    }
    std::fs::remove_file(socket).map_err(|error| cannot(socket, "cannot be removed", error.kind()))
}

/// A way to notice that the caller has gone.
pub(super) fn hangup(stream: &Stream) -> Option<Hangup> {
    match stream {
        Stream::UdSocket(socket) => Hangup::of(socket),
    }
}

/// The caller's process.
pub(super) fn pid(creds: &PeerCreds) -> Option<i32> {
    creds.pid()
}

/// The caller's process, held so that no other is taken for it.
pub(super) fn life(stream: &Stream, pid: i32) -> Life {
    match stream {
        #[cfg(target_os = "linux")]
        Stream::UdSocket(socket) => pidfd::life(socket, pid),
        #[cfg(not(target_os = "linux"))]
        Stream::UdSocket(_) => Life::of(pid),
    }
}

/// Refuses programs of other users, the administrator's too.
pub(super) fn check_user(creds: &PeerCreds) -> Result<(), Fault> {
    match creds.euid() == Some(rustix::process::geteuid().as_raw()) {
        true => Ok(()),
        false => Err(FaultCode::Forbidden.into()),
    }
}

fn cannot(path: &Path, what: &str, why: std::io::ErrorKind) -> Fault {
    socket_fault(format!("{} {what}: {why}.", path.display()))
        .advise("Choose a folder of your own with PASSCODE_HOME or PASSCODE_SOCKET.")
}

fn socket_fault(what: String) -> Fault {
    Fault::because(FaultCode::Unreachable, what)
}
