//! ocserv, the server for `openconnect` (Cisco AnyConnect's protocol), in the three ways in which it checks passcodes.

use std::path::{Path, PathBuf};

use passcode_process_tests::run::{Ended, Run};

use crate::agent::Token;
use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, PASSWORD, USER, write};
use crate::network::Host;
use crate::pam::{self, Service};
use crate::radius::{self, FreeRadius};

/// Its port, TCP and UDP.
pub const PORT: u16 = 443;

/// How the server checks who logs in; each asks for the code in a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By files of its own. Both forms ask `Password:`, in a field of the same name.
    PlainAndOtp(Token),
    /// By PAM: first the password, then the code.
    Pam,
    /// By [`FreeRadius`], which answers the password with a challenge.
    Radius,
    /// The same, with a challenge in other words.
    RadiusAsking(&'static str),
}

/// A server that runs.
#[derive(Debug)]
pub struct Ocserv {
    daemon: Daemon,
    folder: PathBuf,
    host: Host,
    certificate: Certificate,
    _radius: Option<FreeRadius>,
}

impl Ocserv {
    /// Starts one on the machine itself. Programs on the machine trust its certificate.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine, mode: Mode) -> Self {
        Self::start_on(machine, Host::Machine, mode)
    }

    /// Starts one on a host. Radius servers are on the machine itself alone.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_on(machine: &Machine, host: Host, mode: Mode) -> Self {
        let folder = machine.folder("ocserv");
        let certificate = Certificate::make(machine, "ocserv");
        certificate.trust();
        let radius = match mode {
            Mode::Radius => Some(FreeRadius::start(machine)),
            Mode::RadiusAsking(question) => Some(FreeRadius::start_asking(machine, question)),
            _ => None,
        };
        let configuration = configuration(&folder, host, &certificate, &checks(&folder, mode));
        write(folder.join("ocserv.conf"), configuration);
        let daemon = serve(machine, host, &folder);
        Self { daemon, folder, host, certificate, _radius: radius }
    }

    /// Ends it and starts it again: it knows no session any more.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self, machine: &Machine) {
        self.daemon.stop();
        self.daemon = serve(machine, self.host, &self.folder);
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.daemon.stop();
    }

    /// Its address, as users write it.
    pub fn url(&self) -> String {
        format!("https://{}:{PORT}", self.host.address())
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// Runs the administrator's program for it, such as with `disconnect user otpuser`.
    pub fn occtl(&self, arguments: &[&str]) -> Ended {
        Run::new("occtl").arg("-s").arg(self.folder.join("occtl.sock")).args(arguments).end()
    }
}

fn serve(machine: &Machine, host: Host, folder: &Path) -> Daemon {
    let run = host.root(machine.need("ocserv")).args(["--foreground", "--debug", "4", "--config"]);
    let run = run.arg(folder.join("ocserv.conf"));
    let mut daemon = Daemon::start("ocserv", run, &folder.join("log"));
    daemon.wait_for_port(PORT);
    daemon
}

/// The value of the option `auth`, and the files that it names.
fn checks(folder: &Path, mode: Mode) -> String {
    match mode {
        Mode::Pam => {
            pam::serve("ocserv", Service::PasswordThenCode);
            "pam".to_owned()
        }
        Mode::Radius | Mode::RadiusAsking(_) => {
            format!("radius[config={}]", radius::client_configuration(folder).display())
        }
        Mode::PlainAndOtp(token) => {
            let (passwords, codes) = (folder.join("passwd"), folder.join("users.oath"));
            let ocpasswd = Run::new("ocpasswd").arg("-c").arg(&passwords).arg(USER);
            ocpasswd.input(format!("{PASSWORD}\n{PASSWORD}\n")).output();
            // ocserv reads tokens without their length.
            let line = pam::oath_line(token, USER, "-").replacen("/E/6", "", 1);
            write(&codes, line.replacen("/T30/6", "/T30", 1));
            format!("plain[passwd={},otp={}]", passwords.display(), codes.display())
        }
    }
}

fn configuration(folder: &Path, host: Host, own: &Certificate, checks: &str) -> String {
    let (folder, address) = (folder.display(), host.address());
    let (certificate, key) = (own.certificate.display(), own.key.display());
    format!(
        "auth = \"{checks}\"
listen-host = {address}
tcp-port = {PORT}
udp-port = {PORT}
run-as-user = nobody
run-as-group = nogroup
socket-file = {folder}/ocserv.sock
server-cert = {certificate}
server-key = {key}
isolate-workers = true
max-clients = 16
max-same-clients = 8
rate-limit-ms = 0
max-ban-score = 0
keepalive = 300
dpd = 90
auth-timeout = 120
cookie-timeout = 300
use-occtl = true
occtl-socket-file = {folder}/occtl.sock
pid-file = {folder}/ocserv.pid
log-level = 4
device = vpns
predictable-ips = true
ipv4-network = 10.99.1.0
ipv4-netmask = 255.255.255.0
route = 10.99.1.0/255.255.255.0
cisco-client-compat = true
"
    )
}
