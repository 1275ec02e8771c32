//! Two hosts inside the machine with a wire between them, for tunnels that take over the client's routes.

use std::path::Path;

use passcode_process_tests::run::Run;

/// The server's address on the wire.
pub const SERVER: &str = "10.98.0.1";

/// The client's address on the wire.
pub const CLIENT: &str = "10.98.0.2";

/// Where a program of a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The machine itself, at 127.0.0.1.
    Machine,
    /// The server's side of a [`Pair`], at [`SERVER`].
    Server,
    /// The client's side of a [`Pair`], at [`CLIENT`].
    Client,
}

impl Host {
    /// The address that servers there listen at.
    pub fn address(self) -> &'static str {
        match self {
            Self::Machine => "127.0.0.1",
            Self::Server => SERVER,
            Self::Client => CLIENT,
        }
    }

    /// Runs a program there, as root. The program takes the place of the one that enters, so its number is the child's.
    pub fn root(self, program: impl AsRef<Path>) -> Run {
        match self {
            Self::Machine => Run::new(program.as_ref()),
            Self::Server => enter("server").arg(program.as_ref()),
            Self::Client => enter("client").arg(program.as_ref()),
        }
    }
}

fn enter(name: &str) -> Run {
    Run::new("ip").args(["netns", "exec", name])
}

/// Two hosts with a wire between them.
#[derive(Debug)]
pub struct Pair {
    _private: (),
}

impl Pair {
    /// Makes them; a machine has one pair at the most.
    ///
    /// # Panics
    /// When the kernel has no network namespaces or `veth`.
    pub fn make() -> Self {
        ip("netns add server");
        ip("netns add client");
        ip("link add to-client netns server type veth peer name to-server netns client");
        for (host, wire, address) in
            [("server", "to-client", SERVER), ("client", "to-server", CLIENT)]
        {
            ip(&format!("-n {host} link set lo up"));
            ip(&format!("-n {host} addr add {address}/24 dev {wire}"));
            ip(&format!("-n {host} link set {wire} up"));
        }
        Self { _private: () }
    }
}

/// Runs `ip` with these words.
fn ip(words: &str) {
    Run::new("ip").args(words.split(' ')).output();
}
