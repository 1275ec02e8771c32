//! The way to OpenVPN's management interface: a Unix socket, or a TCP port of this computer. Both ends have to be the same
//! user's, or root's: whoever owns the other end gets passwords and codes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::geteuid;

use crate::output::Failure;
use crate::patience;

/// How long connecting may take: a Unix socket whose queue is full keeps one waiting for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the management interface is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Socket(PathBuf),
    Port(SocketAddr),
}

/// Why it cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreached {
    /// There is no socket.
    Missing,
    /// Nobody listens there.
    Silent,
    /// The system does not let us.
    Forbidden,
    /// It is another user's.
    Foreign,
    /// It does not take connections, or not in time.
    Busy,
    /// Anything else.
    Broken,
}

/// A connection to it.
#[derive(Debug)]
pub enum Link {
    Socket(UnixStream),
    Port(TcpStream),
}

/// Reads the value of `--management`.
pub fn address(text: &str) -> Result<Address, &'static str> {
    const WANTED: &str =
        "takes the path of a socket, or a port of this computer such as 127.0.0.1:7505";
    let Some((host, port)) = text.rsplit_once(':').filter(|_| !text.contains('/')) else {
        return match text {
            "" => Err(WANTED),
            path => Ok(Address::Socket(PathBuf::from(path))),
        };
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port: u16 = port.parse().map_err(|_| WANTED)?;
    let address = match host {
        "localhost" => (host, port).to_socket_addrs().ok().and_then(|mut all| all.next()),
        host => host.parse().ok().map(|ip: IpAddr| SocketAddr::new(ip, port)),
    };
    address.filter(|address| address.ip().is_loopback()).map(Address::Port).ok_or(WANTED)
}

impl Address {
    /// Connects.
    pub fn connect(&self) -> Result<Link, Unreached> {
        let address = self.clone();
        let connected = patience::within(PATIENCE, move || match &address {
            Self::Socket(path) => socket(path),
            Self::Port(port) => {
                TcpStream::connect(port).map(Link::Port).map_err(|error| reason(&error))
            }
        });
        connected.unwrap_or(Err(Unreached::Busy))
    }
}

fn socket(path: &Path) -> Result<Link, Unreached> {
    let stream = UnixStream::connect(path).map_err(|error| reason(&error))?;
    let owner = owner(path, &stream).map_err(|_| Unreached::Broken)?;
    match owner == 0 || owner == geteuid().as_raw() {
        true => Ok(Link::Socket(stream)),
        false => Err(Unreached::Foreign),
    }
}

/// Whose program is at the other end.
#[cfg(target_os = "linux")]
fn owner(_: &Path, stream: &UnixStream) -> io::Result<u32> {
    let peer = rustix::net::sockopt::socket_peercred(stream)?;
    Ok(peer.uid.as_raw())
}

/// Whose the socket is; a program that listens there can be no other user's, who cannot have made it.
#[cfg(not(target_os = "linux"))]
fn owner(path: &Path, _: &UnixStream) -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata(path)?.uid())
}

fn reason(error: &io::Error) -> Unreached {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Unreached::Missing,
        ErrorKind::ConnectionRefused => Unreached::Silent,
        ErrorKind::PermissionDenied => Unreached::Forbidden,
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Unreached::Busy,
        _ => Unreached::Broken,
    }
}

impl Link {
    /// Another handle of the same connection.
    pub fn again(&self) -> io::Result<Self> {
        match self {
            Self::Socket(stream) => stream.try_clone().map(Self::Socket),
            Self::Port(stream) => stream.try_clone().map(Self::Port),
        }
    }
}

impl Read for Link {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Socket(stream) => stream.read(bytes),
            Self::Port(stream) => stream.read(bytes),
        }
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Socket(stream) => stream.write(bytes),
            Self::Port(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<Unreached> for Failure {
    fn from(why: Unreached) -> Self {
        let (message, hint) = match why {
            Unreached::Missing => (
                "There is no management socket of OpenVPN at this place.",
                "Start OpenVPN with: --management SOCKET unix --management-query-passwords --management-hold",
            ),
            Unreached::Silent => (
                "No OpenVPN listens at this place; the socket is left from one that has ended.",
                "Start OpenVPN again, with: --management SOCKET unix --management-query-passwords --management-hold",
            ),
            Unreached::Forbidden => (
                "The management socket may not be used by you.",
                "Put it into a folder that you may enter, and name yourself in OpenVPN's configuration: \
                 management-client-user NAME",
            ),
            Unreached::Foreign => (
                "The management socket is another user's, who would see your password and codes.",
                "Use an OpenVPN that was started by root or by yourself.",
            ),
            Unreached::Busy => BUSY,
            Unreached::Broken => (
                "The management socket cannot be used.",
                "See that it is the one that OpenVPN's `management` line names.",
            ),
        };
        Self::local("openvpn", message, hint)
    }
}

const BUSY: (&str, &str) = (
    "OpenVPN does not answer at its management interface.",
    "Only one program at a time can be connected to it: end the other one.",
);

/// Connected, and then not greeted.
pub fn not_greeted() -> Failure {
    Unreached::Busy.into()
}

/// Connected, and turned away at once.
pub fn turned_away() -> Failure {
    Failure::local(
        "openvpn",
        "OpenVPN lets another user in at its management interface, not you.",
        "Name yourself in its configuration: management-client-user NAME",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_management_interface_is_a_socket_or_a_port_of_this_computer() {
        let socket = |path: &str| Ok(Address::Socket(path.into()));
        assert_eq!(address("/run/openvpn/client.sock"), socket("/run/openvpn/client.sock"));
        assert_eq!(address("vpn.sock"), socket("vpn.sock"));
        assert_eq!(address("./a:7505"), socket("./a:7505"));
        for port in ["127.0.0.1:7505", "[::1]:7505", "localhost:7505"] {
            assert!(matches!(address(port), Ok(Address::Port(at)) if at.port() == 7505), "{port}");
        }
    }

    #[test]
    fn a_port_of_another_computer_is_refused() {
        for text in ["192.0.2.1:7505", "vpn.example.org:7505", "127.0.0.1:70000", ":7505", ""] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
