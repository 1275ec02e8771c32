//! NetworkManager with a system bus of its own, on the client's side of a [`Pair`](crate::network::Pair), as a desktop has
//! it: its plugins for OpenVPN and OpenConnect connect, its users use `nmcli`.

use std::fs;
use std::path::{Path, PathBuf};

use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

use crate::agent::Agent;
use crate::daemon::Daemon;
use crate::machine::{Machine, UID, USER, write};
use crate::network::{CLIENT, Host, SERVER};

/// How NetworkManager is set up where neither udev nor polkit runs.
const CONFIGURATION: &str = "[main]
plugins=keyfile
auth-polkit=false
dns=none
rc-manager=unmanaged
no-auto-default=*
";

/// NetworkManager and the bus that it is on.
#[derive(Debug)]
pub struct NetworkManager<'a> {
    machine: &'a Machine,
    folder: PathBuf,
    manager: Daemon,
    _bus: Daemon,
}

impl<'a> NetworkManager<'a> {
    /// Starts both; the wire to the server is up then, and has a route.
    ///
    /// # Panics
    /// When one of them does not start.
    pub fn start(machine: &'a Machine) -> Self {
        let folder = machine.folder("network-manager");
        fs::create_dir_all("/run/dbus").expect("a folder for the bus");
        fs::create_dir_all("/etc/NetworkManager").expect("a folder for NetworkManager");
        write("/etc/NetworkManager/NetworkManager.conf", CONFIGURATION);
        let bus =
            Run::new(machine.need("dbus-daemon")).args(["--system", "--nofork", "--nopidfile"]);
        let bus = Daemon::start("dbus-daemon", bus, &folder.join("bus.log"));
        wait::until("the system's bus", || {
            fs::exists("/run/dbus/system_bus_socket").is_ok_and(|is| is).then_some(())
        });
        let manager = started(machine, &folder);
        let own = Self { machine, folder, manager, _bus: bus };
        own.wait();
        own.wire();
        own
    }

    /// Ends NetworkManager, and starts another on the same bus.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.manager.stop();
        self.manager = started(self.machine, &self.folder);
        self.wait();
        self.root(&["connection", "up", "wire"]).output();
    }

    /// `nmcli` of the user.
    pub fn nmcli(&self, arguments: &[&str]) -> Run {
        self.machine.user(self.machine.need("nmcli")).args(arguments)
    }

    /// `nmcli` of the administrator.
    pub fn root(&self, arguments: &[&str]) -> Run {
        self.machine.root(self.machine.need("nmcli")).args(arguments)
    }

    /// A script of the user's shell, such as a guide shows.
    pub fn script(&self, script: &str) -> Run {
        self.machine.user("sh").args(["-c", script])
    }

    /// `passcode nm-agent` of the user, on the client's side of the wire; it asks the user by a pinentry in the search path.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn agent(&self, agent: &Agent<'_>, arguments: &[String]) -> Daemon {
        let (number, home) = (UID.to_string(), agent.home().display());
        let run = Host::Client.root(self.machine.need("setpriv"));
        let run = run.args(["--reuid", &number, "--regid", &number, "--clear-groups", "env"]);
        let run = run.args([format!("HOME=/home/{USER}"), format!("PASSCODE_HOME={home}")]);
        let paths = self.machine.program("").display().to_string();
        let run = run.args([format!("PATH={paths}:/usr/bin:/bin"), "GPG_TTY=none".to_owned()]);
        let run = run.arg(self.machine.program("passcode")).arg("nm-agent").args(arguments);
        Daemon::start("passcode nm-agent", run, &self.folder.join("agent.log"))
    }

    /// What NetworkManager has logged.
    pub fn log(&self) -> String {
        self.manager.log()
    }

    fn wait(&self) {
        wait::until("NetworkManager", || {
            (self.root(&["general"]).end().status == Some(0)).then_some(())
        });
    }

    /// Without a connection that has a gateway, NetworkManager connects no VPN.
    fn wire(&self) {
        let (address, device) = (format!("{CLIENT}/24"), ["ifname", "to-server"]);
        let add = ["connection", "add", "type", "ethernet", "con-name", "wire"];
        let how = ["ipv4.method", "manual", "ipv4.addresses", &address, "ipv4.gateway", SERVER];
        self.root(&[&add[..], &device[..], &how[..], &["ipv6.method", "disabled"][..]].concat())
            .output();
        self.root(&["connection", "up", "wire"]).output();
    }
}

/// With a `/sys` that cannot be written it does not wait for udev.
fn started(machine: &Machine, folder: &Path) -> Daemon {
    let script = "mount -o remount,bind,ro /sys && exec \"$0\" --no-daemon";
    let run = Host::Client.root("sh").args(["-c", script]).arg(machine.need("NetworkManager"));
    Daemon::start("NetworkManager", run, &folder.join("log"))
}
