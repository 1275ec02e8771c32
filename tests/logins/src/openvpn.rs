//! OpenVPN's server, which asks for passcodes in each of the ways that there are, and clients: OpenVPN's own, and
//! `passcode openvpn` around it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::{Run, Running};
use passcode_process_tests::wait;

use crate::agent::Agent;
use crate::certificate::Certificate;
use crate::codes::SECRET_IN_HEX;
use crate::daemon::Daemon;
use crate::machine::{Machine, USER, write, write_script};
use crate::pam::{self, Service};

/// Its port, UDP.
pub const PORT: u16 = 11194;

/// What the server asks with.
pub const QUESTION: &str = "Enter your PingID passcode";

/// How long a client may take until it has said what is waited for: reconnecting has pauses of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where Debian has OpenVPN's plugin for PAM.
const PLUGIN: &str = "openvpn/plugins/openvpn-plugin-auth-pam.so";

/// How the server asks for the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Together with the password: `static-challenge`, `SCRV1`.
    Static,
    /// After the password, for the next try: `CRV1`.
    Dynamic,
    /// After the password, in the middle of the login: `CR_TEXT`.
    Deferred,
    /// In the password's own field, behind the password.
    Joined,
}

/// A server that runs.
#[derive(Debug)]
pub struct OpenVpn {
    daemon: Daemon,
    folder: PathBuf,
    mode: Mode,
    certificate: Certificate,
}

impl OpenVpn {
    /// Starts one on the machine itself. It never renegotiates; clients may.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine, mode: Mode) -> Self {
        let folder = machine.folder("openvpn");
        let checks = checks(machine, &folder, mode);
        Self::furnish(machine, folder, mode, &checks)
    }

    /// Starts one that checks logins by these lines of its configuration, which ask as [`Mode::Static`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(machine: &Machine, checks: &str) -> Self {
        Self::furnish(machine, machine.folder("openvpn"), Mode::Static, checks)
    }

    fn furnish(machine: &Machine, folder: PathBuf, mode: Mode, checks: &str) -> Self {
        let certificate = Certificate::make(machine, "openvpn");
        write(folder.join("server.conf"), configuration(&folder, &certificate, checks));
        let daemon = start(machine, &folder);
        Self { daemon, folder, mode, certificate }
    }

    /// The file of its certificate.
    pub fn certificate(&self) -> &Path {
        &self.certificate.certificate
    }

    /// Ends it without a farewell and starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn break_down(&mut self, machine: &Machine) {
        processes::signal(self.daemon.pid(), Signal::KILL);
        self.daemon.stop();
        self.daemon = start(machine, &self.folder);
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.daemon.stop();
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// How often it has let somebody in, renegotiations included.
    pub fn let_in(&self) -> usize {
        self.log().matches("authentication succeeded for username").count()
    }

    /// The configuration of a client that needs no root, with `more` lines, in the user's home.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn client(&self, more: &str) -> PathBuf {
        let lines = "dev null\nifconfig-noexec\nroute-noexec\n";
        self.configuration(&format!("{lines}{more}"))
    }

    /// The configuration of a client with a tunnel through the device `ovc`.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn tunnel(&self) -> PathBuf {
        self.configuration("dev ovc\ndev-type tun\n")
    }

    fn configuration(&self, lines: &str) -> PathBuf {
        let asks = match self.mode {
            Mode::Static => format!("static-challenge \"{QUESTION}\" 1\n"),
            Mode::Deferred => "push-peer-info\nsetenv IV_SSO webauth,crtext\n".to_owned(),
            Mode::Dynamic | Mode::Joined => String::new(),
        };
        let fingerprint = self.certificate.fingerprint();
        let path = Path::new("/home").join(USER).join("client.ovpn");
        let text = format!(
            "client\nproto udp\nremote 127.0.0.1 {PORT}\nnobind\npeer-fingerprint {fingerprint}\n\
             auth-user-pass\nconnect-retry 1\nverb 3\n{asks}{lines}"
        );
        write(&path, text);
        path
    }
}

fn start(machine: &Machine, folder: &Path) -> Daemon {
    let run = machine.root("openvpn").arg("--config").arg(folder.join("server.conf"));
    let mut daemon = Daemon::start("openvpn", run, &folder.join("log"));
    daemon.wait_for_port(PORT);
    daemon
}

/// The lines of the configuration that say how logins are checked, and the files that they name.
fn checks(machine: &Machine, folder: &Path, mode: Mode) -> String {
    let script = |name: &str, text: &str| {
        let path = folder.join(name);
        write_script(&path, &text.replace("FOLDER", &folder.display().to_string()));
        path.display().to_string()
    };
    match mode {
        Mode::Static => {
            pam::serve("openvpn", Service::PasswordThenCode);
            let answers = "openvpn Password: PASSWORD One-time OTP login USERNAME";
            format!("plugin {} \"{answers}\"\n", plugin().display())
        }
        Mode::Joined => {
            pam::serve("openvpn", Service::PasswordAndCode);
            let answers = "openvpn One-time PASSWORD login USERNAME";
            format!("plugin {} \"{answers}\"\n", plugin().display())
        }
        Mode::Dynamic => {
            machine.need("pamtester");
            let verify = script("verify", include_str!("openvpn/dynamic.sh"));
            format!("script-security 2\nauth-user-pass-verify {verify} via-file\n")
        }
        Mode::Deferred => {
            machine.need("pamtester");
            let verify = script("verify", include_str!("openvpn/deferred.sh"));
            let answer = script("answer", include_str!("openvpn/deferred_answer.sh"));
            format!(
                "script-security 2\nauth-user-pass-verify {verify} via-file\nclient-crresponse {answer}\n"
            )
        }
    }
}

/// The plugin, which stands in a folder named after the architecture.
fn plugin() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("libraries").flatten().map(|entry| entry.path());
    let mut found = folders.map(|folder| folder.join(PLUGIN)).filter(|file| file.is_file());
    found.next().expect("OpenVPN's plugin for PAM, which comes with openvpn")
}

fn configuration(folder: &Path, own: &Certificate, checks: &str) -> String {
    let (certificate, key) = (own.certificate.display(), own.key.display());
    format!(
        "server 10.97.1.0 255.255.255.0
topology subnet
dev ovs
dev-type tun
proto udp
local 127.0.0.1
port {PORT}
ca {certificate}
cert {certificate}
key {key}
dh none
verify-client-cert none
username-as-common-name
duplicate-cn
keepalive 1 4
reneg-sec 0
verb 3
tmp-dir {folder}
{checks}",
        folder = folder.display()
    )
}

/// The server's checks take codes from this counter on.
///
/// # Panics
/// When the file cannot be written.
pub fn expect_codes_from(counter: u64) {
    write("/etc/users.oath", format!("HOTP/E/6\t{USER}\t-\t{SECRET_IN_HEX}\t{counter}\n"));
}

/// An OpenVPN of the user that runs by itself, with a management interface.
///
/// # Panics
/// When it does not start.
pub fn running(machine: &Machine, configuration: &Path, management: &str) -> Daemon {
    let log = machine.folder("own-openvpn").join("log");
    let run = machine.user("openvpn").arg("--config").arg(configuration);
    let run = run.arg("--management").args(management.split(' '));
    let mut daemon = Daemon::start(
        "openvpn",
        run.args(["--management-query-passwords", "--management-hold"]),
        &log,
    );
    daemon.wait_for_log("Need hold release from management interface");
    daemon
}

/// A `passcode openvpn` that runs.
#[derive(Debug)]
pub struct Client {
    running: Running,
    log: PathBuf,
}

impl Client {
    /// Starts it as the user, with `arguments` and `input`, the password for instance.
    pub fn start(agent: &Agent<'_>, name: &str, arguments: &[&str], input: &str) -> Self {
        Self::begin(agent, name, "passcode openvpn \"$@\"", arguments, input)
    }

    /// The same by a command as users write it.
    pub fn by_command(agent: &Agent<'_>, name: &str, command: &str, input: &str) -> Self {
        Self::begin(agent, name, command.trim_end(), &[], input)
    }

    /// The shell gives its place to the command, so that signals reach that.
    fn begin(
        agent: &Agent<'_>,
        name: &str,
        command: &str,
        arguments: &[&str],
        input: &str,
    ) -> Self {
        let log = Path::new("/run/machine").join(format!("{name}.log"));
        write(&log, "");
        fs::set_permissions(&log, Permissions::from_mode(0o666)).expect("permissions");
        let script = format!("exec {command} >>{} 2>&1", log.display());
        let run = agent.client("sh").args(["-c", &script, "client"]).args(arguments);
        let running = run.input(input).limit(PATIENCE).start();
        Self { running, log }
    }

    /// What it and its OpenVPN have said.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How often it has been connected.
    pub fn connected(&self) -> usize {
        self.log().matches("OpenVPN is connected").count()
    }

    /// Waits until it has been connected so often.
    ///
    /// # Panics
    /// When that does not come.
    pub fn wait_for_connection(&self, times: usize) {
        self.wait_for(&format!("connection {times}"), || self.connected() >= times);
    }

    /// Waits until something is true of it.
    ///
    /// # Panics
    /// When that does not come.
    pub fn wait_for(&self, what: &str, mut look: impl FnMut() -> bool) {
        let found = wait::within(PATIENCE, || look().then_some(()));
        assert!(found.is_some(), "waited in vain for {what}: {}", self.log());
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        processes::signal(self.running.pid(), signal);
    }

    /// Waits for its end; its exit status.
    pub fn end(self) -> Option<i32> {
        self.running.end().status
    }

    /// Ends it as Ctrl-C does; its exit status.
    pub fn stop(self) -> Option<i32> {
        self.signal(Signal::INT);
        self.end()
    }
}

/// The one OpenVPN that has `text` in its arguments.
///
/// # Panics
/// When there is none.
pub fn process(text: &str) -> u32 {
    let found = processes::knowing(text);
    let found = found.iter().find(|process| {
        let program = process.arguments.split(' ').next().unwrap_or_default();
        program.ends_with("/openvpn") || program == "openvpn"
    });
    found.map(|process| process.pid).unwrap_or_else(|| panic!("no OpenVPN with {text}"))
}

/// A command that looks at the tunnel's device.
pub fn addresses() -> String {
    Run::new("ip").args(["-brief", "address"]).output()
}
