//! The process that connected, held by the kernel's own word (`SO_PEERPIDFD`, since Linux 6.5): a process that ended and
//! whose number another has by now cannot be taken for it. No library wraps the call yet.

#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

use rustix::io::Errno;

use crate::peer::Life;

/// The process at the other end of `connection`, which is `pid` according to its credentials.
pub(super) fn life(connection: &impl AsFd, pid: i32) -> Life {
    match ask(connection) {
        Ok(descriptor) => Life::held(descriptor),
        // An older kernel, one that forbids it, or no descriptor left: then as far as its number tells.
        Err(Errno::NOPROTOOPT | Errno::OPNOTSUPP | Errno::MFILE | Errno::NFILE | Errno::PERM) => {
            Life::of(pid)
        }
        // It has ended: another may have its number already.
        Err(_) => Life::none(),
    }
}

fn ask(connection: &impl AsFd) -> Result<OwnedFd, Errno> {
    let mut descriptor: RawFd = -1;
    let mut length = size_of::<RawFd>() as libc::socklen_t;
    let (into, socket) = ((&raw mut descriptor).cast(), connection.as_fd().as_raw_fd());
    // SAFETY: the socket is open for as long as it is borrowed, and the kernel writes one descriptor, for which there is
    // room, into a variable that is ours.
    let result = unsafe {
        libc::getsockopt(socket, libc::SOL_SOCKET, libc::SO_PEERPIDFD, into, &mut length)
    };
    if result != 0 {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::SRCH));
    }
    // SAFETY: the kernel made this descriptor just now, closed on exec, and gave it to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::{Command, id};

    use super::*;

    #[test]
    fn whoever_connected_is_held_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door");
        let door = UnixListener::bind(&path).unwrap();
        let script = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); sys.stdin.read()";
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(&path).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (connection, _) = door.accept().unwrap();
        let pid = child.id() as i32;
        // Its number is of no account: a wrong one is not looked at where the kernel tells.
        let life = life(&connection, pid);
        assert!(life.is_of(pid));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!life.is_of(pid));
        assert!(!super::life(&connection, pid).is_of(pid));
        assert_ne!(pid, id() as i32);
    }
}
