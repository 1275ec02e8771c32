//! How long connecting, sending and receiving may take. Sockets know such limits; pipes of Windows do not, so an agent
//! that hangs there is waited for until it ends.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericFilePath, Stream};

/// The time that is left until `deadline`.
///
/// # Errors
/// `TimedOut` when there is none.
pub(super) fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Connects to the socket at `path`, until `deadline` if there is one.
pub(super) fn connect(path: &Path, deadline: Option<Instant>) -> io::Result<Stream> {
    let stream = match deadline {
        Some(deadline) => connect_before(path, deadline)?,
        None => Stream::connect(path.to_fs_name::<GenericFilePath>()?)?,
    };
    raise_no_signal(&stream)?;
    Ok(stream)
}

/// Sending to an agent that has gone is an error and no SIGPIPE. On Apple's systems the socket has to be told, elsewhere
/// the standard library says so with each sending.
#[cfg(target_vendor = "apple")]
fn raise_no_signal(stream: &Stream) -> io::Result<()> {
    let Stream::UdSocket(socket) = stream;
    Ok(rustix::net::sockopt::set_socket_nosigpipe(socket, true)?)
}

#[cfg(not(target_vendor = "apple"))]
fn raise_no_signal(_: &Stream) -> io::Result<()> {
    Ok(())
}

/// An agent that hangs takes no connection from its queue. When that is full, connecting waits on Linux; the limit for
/// sending (`SO_SNDTIMEO`, socket(7)) is the one that holds then.
#[cfg(target_os = "linux")]
fn connect_before(path: &Path, deadline: Instant) -> io::Result<Stream> {
    use interprocess::os::unix::uds_local_socket;
    use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType, sockopt};

    let flags = SocketFlags::CLOEXEC;
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    let address = SocketAddrUnix::new(path)?;
    loop {
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(left(deadline)?))?;
        match net::connect(&socket, &address) {
            Err(rustix::io::Errno::INTR) => {}
            connected => break connected?,
        }
    }
    Ok(uds_local_socket::Stream::from(socket).into())
}

/// Elsewhere a full queue refuses at once.
#[cfg(not(target_os = "linux"))]
fn connect_before(path: &Path, deadline: Instant) -> io::Result<Stream> {
    left(deadline)?;
    Stream::connect(path.to_fs_name::<GenericFilePath>()?)
}

/// Limits each receiving.
#[cfg(unix)]
pub(super) fn limit_receive(stream: &Stream, longest: Option<Duration>) -> io::Result<()> {
    stream.set_recv_timeout(longest)
}

#[cfg(windows)]
pub(super) fn limit_receive(_: &Stream, _: Option<Duration>) -> io::Result<()> {
    Ok(())
}

/// Limits each sending.
#[cfg(unix)]
pub(super) fn limit_send(stream: &Stream, longest: Option<Duration>) -> io::Result<()> {
    stream.set_send_timeout(longest)
}

#[cfg(windows)]
pub(super) fn limit_send(_: &Stream, _: Option<Duration>) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::iter;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;
    use crate::client::Client;
    use crate::fault::FaultCode;
    use crate::limits::REQUEST_BYTES;
    use crate::place::Place;
    use crate::request::{Hello, Status};

    const PATIENCE: Duration = Duration::from_millis(200);

    fn listener(folder: &Path) -> (UnixListener, Place) {
        let variable = |name: &str| (name == "PASSCODE_HOME").then(|| folder.into());
        let place = Place::from_variables(&variable).unwrap();
        (UnixListener::bind(&place.socket).unwrap(), place)
    }

    fn ends_in_time<T>(ask: impl FnOnce(Instant) -> T) -> T {
        let begun = Instant::now();
        let said = ask(begun + PATIENCE);
        assert!(begun.elapsed() >= PATIENCE, "it waited");
        assert!(begun.elapsed() < Duration::from_secs(20), "and ended");
        said
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn connecting_to_an_agent_whose_queue_is_full_ends_at_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let (_listener, place) = listener(folder.path());
        let far = || Instant::now() + PATIENCE;
        let mut queue = Vec::new();
        // As many as the system lets wait (listen(2)), which differs.
        while let Ok(stream) = connect(&place.socket, Some(far())) {
            queue.push(stream);
            assert!(queue.len() < 100_000);
        }
        let refused = ends_in_time(|deadline| connect(&place.socket, Some(deadline)));
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    #[test]
    fn an_agent_that_never_answers_is_given_up_at_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let (_listener, place) = listener(folder.path());
        let refused = ends_in_time(|deadline| {
            Client::connect_before(&place, deadline).unwrap().call(Status {}).unwrap_err()
        });
        assert_eq!(refused.code, FaultCode::Unreachable);
    }

    #[test]
    fn a_request_that_is_too_long_is_refused_without_waiting_for_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let (_listener, place) = listener(folder.path());
        let begun = Instant::now();
        let long = Hello { client: "a".repeat(REQUEST_BYTES + 1) };
        let refused = Client::connect(&place).unwrap().call(long).unwrap_err();
        assert_eq!(refused.code, FaultCode::TooLarge);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn an_agent_that_answers_byte_by_byte_is_given_up_at_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let (listener, place) = listener(folder.path());
        let trickling = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 9]).unwrap();
            // The length of an answer of 64 KiB, and then the answer.
            let mut bytes = [0, 1, 0].into_iter().chain(iter::repeat(0));
            while bytes.next().is_some_and(|byte| stream.write_all(&[byte]).is_ok()) {
                thread::sleep(PATIENCE / 10);
            }
        });
        let refused = ends_in_time(|deadline| {
            let mut client = Client::connect_before(&place, deadline).unwrap();
            client.call(Status {}).unwrap_err()
        });
        assert_eq!(refused.code, FaultCode::Unreachable);
        trickling.join().unwrap();
    }
}
