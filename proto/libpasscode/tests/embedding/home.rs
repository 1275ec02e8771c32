//! A private instance of the agent, and programs that are run beside it.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use passcode_proto::SecretText;
use passcode_proto::client::Client;
use passcode_proto::place::Place;
use passcode_proto::request::{Pair, Quit, Status};
use tempfile::TempDir;

use crate::build;

/// The secret of the RFCs' tables, `12345678901234567890`, in base32.
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// Values of RFC 4226, appendix D.
pub const HOTP: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

/// The folder of an instance. Its agent ends with it.
pub struct Home {
    folder: TempDir,
    agent: Option<Child>,
}

impl Home {
    /// Without an agent.
    pub fn quiet() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), "keystore = \"file\"\n").unwrap();
        Self { folder, agent: None }
    }

    /// With an agent that answers, and nothing paired.
    pub fn new() -> Self {
        let mut home = Self::quiet();
        let log = File::create(home.path().join("passcoded.log")).unwrap();
        let mut agent = Command::new(build::programs().join("passcoded"));
        agent.env_clear().env("PASSCODE_HOME", home.path());
        agent.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        home.agent = Some(agent.spawn().unwrap());
        let patience = Instant::now() + Duration::from_secs(30);
        while Client::connect(&home.place()).and_then(|mut agent| agent.call(Status {})).is_err() {
            assert!(Instant::now() < patience, "the agent does not answer");
            thread::sleep(Duration::from_millis(5));
        }
        home
    }

    /// With a profile `hotp` that begins at 0, and a profile `totp`.
    pub fn paired() -> Self {
        let home = Self::new();
        home.pair("hotp", &format!("otpauth://hotp/ACME:alice?secret={SECRET}&counter=0"));
        home.pair("totp", &format!("otpauth://totp/B%C3%BCro:bob?secret={SECRET}&digits=8"));
        home
    }

    /// Ends the agent in good order, and waits until it has ended.
    pub fn quit(&mut self) {
        self.client().call(Quit {}).unwrap();
        assert!(self.agent.take().unwrap().wait().unwrap().success());
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn socket(&self) -> PathBuf {
        self.path().join("agent.sock")
    }

    pub fn place(&self) -> Place {
        let variable = |name: &str| (name == "PASSCODE_HOME").then(|| self.path().into());
        Place::from_variables(&variable).unwrap()
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.place()).unwrap()
    }

    /// Pairs without spending a code.
    pub fn pair(&self, name: &str, key: &str) {
        let pairing = Pair {
            key: SecretText::new(key.to_owned()),
            name: Some(name.to_owned()),
            counter: None,
            digits: None,
            algorithm: None,
            period: None,
            no_code: true,
            service: None,
            passphrase: None,
        };
        self.client().call(pairing).unwrap();
    }

    /// Runs `program.c`, which has to end well and say nothing on its standard error, and gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.run_as(build::program(), arguments)
    }

    /// The same, with another program.
    pub fn run_as(&self, program: &Path, arguments: &[&str]) -> String {
        run(self.command(program).args(arguments))
    }

    /// A program that finds this instance, and the agent's programs in `PATH`.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let usual = std::env::var("PATH").unwrap();
        let path = format!("{}:{usual}", build::programs().display());
        command.env_clear().env("PASSCODE_HOME", self.path()).env("PATH", path);
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // One that the library started has nobody else to end it; one that hangs is not waited for.
        let soon = Instant::now() + Duration::from_secs(2);
        let _ =
            Client::connect_before(&self.place(), soon).and_then(|mut agent| agent.call(Quit {}));
        if let Some(mut agent) = self.agent.take() {
            // It fails only when it has ended by itself.
            let _ = agent.kill();
            let _ = agent.wait();
        }
    }
}

/// Runs a program that has to end well and say nothing on its standard error, and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    let (status, signal) = (output.status.code(), output.status.signal());
    assert_eq!((status, err.as_ref()), (Some(0), ""), "{command:?}: signal {signal:?}: {out}");
    out
}
