//! OpenSSH's server, which asks for the password and then for the code, by PAM.

use std::path::PathBuf;

use passcode_process_tests::run::Run;

use crate::daemon::Daemon;
use crate::machine::{Machine, USER, write};
use crate::pam::{self, Service};

/// Its port.
pub const PORT: u16 = 22;

/// A server that runs.
#[derive(Debug)]
pub struct Sshd {
    daemon: Daemon,
}

impl Sshd {
    /// Starts one whose PAM service is `service`.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine, service: Service) -> Self {
        let (program, folder) = (machine.need("sshd"), machine.folder("sshd"));
        pam::serve("sshd", service);
        let key = folder.join("host_key");
        Run::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
        let configuration = folder.join("sshd_config");
        write(
            &configuration,
            format!(
                "Port {PORT}
ListenAddress 127.0.0.1
HostKey {}
PidFile none
UsePAM yes
PasswordAuthentication no
PubkeyAuthentication no
KbdInteractiveAuthentication yes
AuthenticationMethods keyboard-interactive:pam
PrintMotd no
UseDNS no
",
                key.display()
            ),
        );
        let run = Run::new(program).args(["-D", "-e", "-f"]).arg(configuration);
        let mut daemon = Daemon::start("sshd", run, &folder.join("log"));
        daemon.wait_for_port(PORT);
        Self { daemon }
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}

/// What `ssh` needs to reach it: options, and the user at the host.
pub fn ssh_arguments() -> Vec<String> {
    let options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    let options = options.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]);
    let host = ["-p".to_owned(), PORT.to_string(), format!("{USER}@127.0.0.1")];
    options.chain(host).collect()
}

/// The program that a machine's users know as `ssh`.
pub fn client(machine: &Machine) -> PathBuf {
    machine.need("ssh")
}
