//! The named pipe on Windows: open to the user alone, whatever the defaults of the system are, and held by a lock file
//! in the vault's folder so that there is one agent.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::{GenericFilePath, ListenerOptions, PeerCreds};
use interprocess::os::windows::local_socket::ListenerOptionsExt;
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use passcode_proto::place::Place;
use passcode_proto::{Fault, FaultCode, process};
use widestring::U16CString;

use crate::peer::Life;
use crate::session::hangup::Hangup;

/// How often, and with which pause, to look whether an agent that does not answer has ended: for 5 seconds.
const HANDOVER_LOOKS: u32 = 1000;
const HANDOVER_PAUSE: Duration = Duration::from_millis(5);

/// What keeps the pipe for this agent.
pub(super) struct Hold {
    pipe: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Hold {
    pub(super) fn address(&self) -> String {
        self.pipe.to_string_lossy().into_owned()
    }

    /// Nothing is left to remove: a pipe goes with the last handle to it.
    pub(super) fn remove_socket(&self) {}
}

/// Takes the pipe at `place`.
pub(super) fn take(place: &Place) -> Result<(Listener, Hold), Fault> {
    let made = DirBuilder::new().recursive(true).create(&place.data);
    made.map_err(|error| cannot(&place.data, "cannot be made", error.kind()))?;
    let lock = lock(&place.agent_lock(), &place.socket)?;
    let listener = listen(&place.socket)?;
    Ok((listener, Hold { pipe: place.socket.clone(), _lock: lock }))
}

/// One agent at a time: the lock is held until the process ends, however it ends. An agent that holds it and does not
/// answer has just been started or is about to end; it is waited for. Nobody else can read a locked file on Windows,
/// so it names no process.
fn lock(path: &Path, pipe: &Path) -> Result<File, Fault> {
    let file =
        File::create(path).map_err(|error| cannot(path, "cannot be opened", error.kind()))?;
    let mut looks = 0;
    while file.try_lock().is_err() {
        looks += 1;
        if looks > HANDOVER_LOOKS || answers(pipe) {
            return Err(pipe_fault("Another agent is running.".to_owned())
                .advise("Use that one, or end it with: passcode agent stop"));
        }
        std::thread::sleep(HANDOVER_PAUSE);
    }
    Ok(file)
}

fn answers(pipe: &Path) -> bool {
    OpenOptions::new().read(true).write(true).open(pipe).is_ok()
}

/// Fails when a pipe of that name is there already, whoever made it, and takes no connections from other machines;
/// interprocess asks for both by itself.
fn listen(pipe: &Path) -> Result<Listener, Fault> {
    let ours_alone = only_for_us().map_err(|_| {
        pipe_fault("Windows does not let the agent make a pipe for you alone.".to_owned())
    })?;
    let name = pipe.to_fs_name::<GenericFilePath>();
    name.map(|name| ListenerOptions::new().name(name).security_descriptor(ours_alone))
        .and_then(ListenerOptions::create_tokio)
        .map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => {
                pipe_fault(format!("Another program has made {}.", pipe.display()))
                    .advise("End it, or choose another name with PASSCODE_SOCKET.")
            }
            kind => cannot(pipe, "cannot be made", kind),
        })
}

/// Everything for the user, nothing for anybody else, and nothing inherited ("Security Descriptor String Format" in
/// Microsoft's documentation). Without it everybody could read from the pipe.
fn only_for_us() -> std::io::Result<SecurityDescriptor> {
    let rule = format!("D:P(A;;GA;;;{})", process::own_user()?);
    let rule = U16CString::from_str(rule).map_err(|_| ErrorKind::InvalidData)?;
    SecurityDescriptor::deserialize(&rule)
}

/// Pipes are not watched for it.
pub(super) fn hangup(_: &Stream) -> Option<Hangup> {
    None
}

/// The caller's process.
pub(super) fn pid(creds: &PeerCreds) -> Option<i32> {
    creds.pid().and_then(|pid| pid.try_into().ok())
}

/// The caller's process, as far as it can be held here.
pub(super) fn life(_: &Stream, pid: i32) -> Life {
    Life::of(pid)
}

/// Refuses programs of other users, the administrator's too.
pub(super) fn check_user(creds: &PeerCreds) -> Result<(), Fault> {
    match creds.pid().is_some_and(process::is_ours) {
        true => Ok(()),
        false => Err(FaultCode::Forbidden.into()),
    }
}

fn cannot(path: &Path, what: &str, why: ErrorKind) -> Fault {
    pipe_fault(format!("{} {what}: {why}.", path.display()))
        .advise("Choose a folder of your own with PASSCODE_HOME, or a name with PASSCODE_SOCKET.")
}

fn pipe_fault(what: String) -> Fault {
    Fault::because(FaultCode::Unreachable, what)
}
