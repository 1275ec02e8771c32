//! xrdp, a server for remote desktops, which hands PAM the password and the code in one text; and a display for clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use passcode_process_tests::processes::{self, Signal};
use passcode_process_tests::run::Run;
use passcode_process_tests::wait;

use crate::certificate::Certificate;
use crate::daemon::Daemon;
use crate::machine::{Machine, USER, write_script};
use crate::pam::{self, Service};

/// Its port.
pub const PORT: u16 = 3389;

/// The port of its part that checks who logs in.
const SESSIONS: u16 = 3350;

/// What the server made of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A session of the user has begun.
    Granted,
    /// Password or code was refused.
    Refused,
}

/// A server that runs, with the window manager of the users' sessions, which only notes that it was started.
#[derive(Debug)]
pub struct Xrdp {
    _door: Daemon,
    _sessions: Daemon,
    started: PathBuf,
    log: PathBuf,
}

impl Xrdp {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let (door, sessions) = (machine.need("xrdp"), machine.need("xrdp-sesman"));
        let folder = machine.folder("xrdp");
        let started = PathBuf::from(format!("/home/{USER}/session.started"));
        let manager = folder.join("session");
        write_script(&manager, &session(&started));
        pam::serve("xrdp-sesman", Service::PasswordAndCode);
        configure(machine, &folder, &manager);
        let run = Run::new(sessions).arg("--nodaemon");
        let mut sessions = Daemon::start("xrdp-sesman", run, &folder.join("sesman.out"));
        sessions.wait_for_port(SESSIONS);
        let mut door =
            Daemon::start("xrdp", Run::new(door).arg("--nodaemon"), &folder.join("xrdp.out"));
        door.wait_for_port(PORT);
        Self { _door: door, _sessions: sessions, started, log: folder.join("sesman.log") }
    }

    /// The server's address, as users write it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{PORT}")
    }

    /// What the part that checks logins has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The verdict of the first login after `judged` ones, or none after `patience`.
    pub fn verdict_after(&self, judged: usize, patience: Duration) -> Option<Verdict> {
        wait::within(patience, || verdicts(&self.log()).get(judged).copied())
    }

    /// Waits until a session of the user has begun, ends it, and waits until nothing is left of it: a later login would
    /// be let in to the same one.
    ///
    /// # Panics
    /// When none has begun.
    pub fn end_session(&self) {
        wait::until("the user's session to begin", || self.started.exists().then_some(()));
        let started = fs::read_to_string(&self.started).expect("what the session wrote");
        let (owner, process) = started.trim_end().split_once(' ').expect("two words");
        assert_eq!(owner, USER);
        processes::signal(process.parse().expect("a process number"), Signal::TERM);
        wait::until("the user's session to end", || {
            processes::knowing("/Xorg").is_empty().then_some(())
        });
        fs::remove_file(&self.started).expect("a file of the session");
    }
}

/// The window manager of a session, which tells whose it is and its own process number, in one move.
fn session(started: &Path) -> String {
    let (file, written) = (started.display(), started.with_extension("new"));
    let written = written.display();
    format!("#!/bin/sh\necho $(id -un) $$ >{written} && mv {written} {file}\nexec sleep 600\n")
}

fn verdicts(log: &str) -> Vec<Verdict> {
    let verdict = |line: &str| match line {
        line if line.contains("AUTHFAIL") => Some(Verdict::Refused),
        line if line.contains("access granted") => Some(Verdict::Granted),
        _ => None,
    };
    log.lines().filter_map(verdict).collect()
}

/// Changes the values of its two files of settings.
fn configure(machine: &Machine, folder: &Path, manager: &Path) {
    let own = Certificate::make(machine, "xrdp");
    own.trust();
    let in_folder = |name: &str| folder.join(name).display().to_string();
    change(
        "/etc/xrdp/xrdp.ini",
        &[
            // The first `port` is the server's, the others those of kinds of sessions.
            ("port", &format!("tcp://127.0.0.1:{PORT}")),
            ("certificate", &own.certificate.display().to_string()),
            ("key_file", &own.key.display().to_string()),
            ("LogFile", &in_folder("xrdp.log")),
            ("EnableSyslog", "false"),
            ("autorun", "Xorg"),
        ],
    );
    change(
        "/etc/xrdp/sesman.ini",
        &[
            ("LogFile", &in_folder("sesman.log")),
            ("EnableSyslog", "false"),
            ("DefaultWindowManager", &manager.display().to_string()),
            ("EnableUserWindowManager", "false"),
        ],
    );
}

/// Gives the first setting of each name another value.
fn change(file: &str, values: &[(&str, &str)]) {
    let text = fs::read_to_string(file).expect("settings of xrdp's package");
    let mut left = values.to_vec();
    let lines = text.lines().map(|line| {
        let known = left.iter().position(|(name, _)| line.split('=').next() == Some(name));
        known
            .map(|at| left.remove(at))
            .map_or(line.to_owned(), |(name, value)| format!("{name}={value}"))
    });
    let changed: Vec<String> = lines.collect();
    assert!(left.is_empty(), "{file} does not have {left:?}");
    fs::write(file, changed.join("\n") + "\n").expect("settings of xrdp");
}

/// A display that nobody sees.
#[derive(Debug)]
pub struct Display {
    _server: Daemon,
}

/// Its name.
pub const DISPLAY: &str = ":77";

impl Display {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(machine: &Machine) -> Self {
        let (program, folder) = (machine.need("Xvfb"), machine.folder("xvfb"));
        let screen = [DISPLAY, "-screen", "0", "1100x850x24", "-nolisten", "tcp", "-ac"];
        let mut server = Daemon::start("Xvfb", Run::new(program).args(screen), &folder.join("log"));
        server.wait_for("its socket", |_| Path::new("/tmp/.X11-unix/X77").exists());
        Self { _server: server }
    }
}
