//! The way onto a bus. The socket is connected here and not by zbus, which would start a pool of threads for it that
//! wakes up twice a second for ever (the crate `blocking`, 1.7).

#[cfg(target_os = "linux")]
use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixStream;

use zbus::Result;
use zbus::address::transport::{Transport, UnixSocket};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;

/// A bus, as the environment names it.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    System,
    Session,
}

/// Connects to a bus. That can take for ever when the bus takes connections and says nothing.
pub fn connect(which: Which) -> Result<Connection> {
    let address = match which {
        Which::System => zbus::Address::system()?,
        Which::Session => zbus::Address::session()?,
    };
    let socket = match address.transport() {
        Transport::Unix(unix) => unix.path(),
        _ => return Builder::address(address)?.build(),
    };
    let stream = match socket {
        UnixSocket::File(path) => UnixStream::connect(path)?,
        #[cfg(target_os = "linux")]
        UnixSocket::Abstract(name) => connect_abstract(name)?,
        // Only a bus can be told to choose a socket for itself.
        _ => return Err(io::Error::from(io::ErrorKind::InvalidInput).into()),
    };
    Builder::async_io_unix_stream(stream).build()
}

#[cfg(target_os = "linux")]
fn connect_abstract(name: &OsStr) -> io::Result<UnixStream> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::SocketAddr;
    UnixStream::connect_addr(&SocketAddr::from_abstract_name(name.as_bytes())?)
}
