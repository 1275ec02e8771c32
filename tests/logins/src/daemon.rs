//! A server as a process of the test: started, waited for, read and ended.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

/// How long a server may take to end when it is asked to.
const FAREWELL: Duration = Duration::from_secs(3);

/// How `/proc/net/tcp` and its like say that a socket listens, or that one of UDP is open (`proc(5)`).
const LISTENS: [(&str, &str); 4] = [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")];

/// A server that runs; ended when dropped.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts a server that stays in the foreground. What it says is written to `log`.
    ///
    /// # Panics
    /// When there is no such program.
    pub fn start(name: &str, run: Run, log: &Path) -> Self {
        let said = File::options().create(true).append(true).open(log).expect("a log");
        let errors = said.try_clone().expect("a log");
        let mut command = run.into_command();
        command.stdin(Stdio::null()).stdout(said).stderr(errors);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} cannot be run: {error}"));
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// Waits until it, or anyone on its host, takes connections at `port`, TCP or UDP.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn wait_for_port(&mut self, port: u16) {
        self.wait_for(&format!("port {port}"), |daemon| daemon.listens_at(port));
    }

    /// Waits until it has logged `text`.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn wait_for_log(&mut self, text: &str) {
        self.wait_for(text, |daemon| daemon.log().contains(text));
    }

    /// Waits until something is true of it.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn wait_for(&mut self, what: &str, mut look: impl FnMut(&Self) -> bool) {
        let found = wait::within(wait::PATIENCE, || {
            let ended = self.child.try_wait().expect("a server's state");
            assert!(ended.is_none(), "{} has ended: {}", self.name, self.log());
            look(self).then_some(())
        });
        assert!(found.is_some(), "{}: waited in vain for {what}: {}", self.name, self.log());
    }

    fn listens_at(&self, port: u16) -> bool {
        let port = format!(":{port:04X}");
        LISTENS.iter().any(|(table, state)| {
            let path = format!("/proc/{}/net/{table}", self.pid());
            let sockets = fs::read_to_string(path).unwrap_or_default();
            sockets.lines().any(|line| {
                let fields: Vec<&str> = line.split_whitespace().collect();
                fields.len() > 3 && fields[1].ends_with(&port) && fields[3] == *state
            })
        })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// How long its log is now, for [`Daemon::log_from`].
    pub fn mark(&self) -> usize {
        self.log().len()
    }

    /// What it has said since `mark`.
    pub fn log_from(&self, mark: usize) -> String {
        self.log().split_off(mark)
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_for_end(&mut self) {
        let ended = wait::within(wait::PATIENCE, || self.child.try_wait().ok().flatten());
        assert!(ended.is_some(), "{} has not ended: {}", self.name, self.log());
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        processes::signal(self.pid(), Signal::TERM);
        let ended = wait::within(FAREWELL, || self.child.try_wait().ok().flatten());
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}
