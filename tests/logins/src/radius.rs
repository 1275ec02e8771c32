//! FreeRADIUS, which checks passwords and codes by PAM: one after the other with a challenge between them, or both in
//! one field, `password,code`.

use std::path::{Path, PathBuf};

use passcode_process_tests::run::{Ended, Run};

use crate::daemon::Daemon;
use crate::machine::{Machine, write};
use crate::pam::Service;

/// Its port, UDP.
pub const PORT: u16 = 1812;

/// What the challenge says.
pub const QUESTION: &str = "Enter your one-time passcode";

/// What servers and their clients share; nobody's password.
pub const SHARED: &str = "testing123";

const CONFIGURATION: &str = include_str!("radiusd.conf");

/// A server that runs.
#[derive(Debug)]
pub struct FreeRadius {
    daemon: Daemon,
}

impl FreeRadius {
    /// Starts one that takes both, and challenges with [`QUESTION`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        Self::start_asking(machine, QUESTION)
    }

    /// The same with another question.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_asking(machine: &Machine, question: &str) -> Self {
        let (program, folder) = (machine.need("freeradius"), machine.folder("radius"));
        let values = [
            ("@folder@", folder.display().to_string()),
            ("@port@", PORT.to_string()),
            ("@shared@", SHARED.to_owned()),
            ("@question@", question.to_owned()),
            ("@password@", Service::Password.name().to_owned()),
            ("@code@", Service::Code.name().to_owned()),
        ];
        let fill = |text: String, (name, value): &(&str, String)| text.replace(name, value);
        let configuration = values.iter().fold(CONFIGURATION.to_owned(), fill);
        write(folder.join("radiusd.conf"), configuration);
        let run = Run::new(program).args(["-f", "-l", "stdout", "-n", "radiusd", "-d"]);
        let mut daemon = Daemon::start("freeradius", run.arg(&folder), &folder.join("log"));
        daemon.wait_for_port(PORT);
        Self { daemon }
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}

/// Sends the attributes that `attributes` names, a line each, as `radclient` reads them, and gives its answer.
///
/// # Panics
/// When there is none.
pub fn ask(machine: &Machine, attributes: &str) -> Ended {
    let radclient = machine.user(machine.need("radclient")).args(["-x", "-t", "10", "-r", "1"]);
    radclient.args([&format!("127.0.0.1:{PORT}"), "auth", SHARED]).input(attributes).end()
}

/// The file that a server which asks a RADIUS server by `radcli` needs, in its folder.
pub fn client_configuration(folder: &Path) -> PathBuf {
    let (file, servers) = (folder.join("radiusclient.conf"), folder.join("radius-servers"));
    write(&servers, format!("127.0.0.1 {SHARED}\n"));
    let dictionary = "/etc/radcli/dictionary";
    let configuration = format!(
        "nas-identifier ocserv
authserver 127.0.0.1:{PORT}
acctserver 127.0.0.1:{PORT}
servers {}
dictionary {dictionary}
radius_timeout 10
radius_retries 1
bindaddr *
",
        servers.display()
    );
    write(&file, configuration);
    file
}
