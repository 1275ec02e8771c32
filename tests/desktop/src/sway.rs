//! A Wayland session without a screen: sway. It refuses to run for root, so where root runs the tests all of it belongs to the
//! other user of `passcode-process-tests`, the agent and the tray included.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use passcode_process_tests::desktop::PrivateBus;
use passcode_process_tests::others::{OTHER, give_to_other};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::{programs, site, tools, wait};
use tempfile::TempDir;
use zbus::blocking::Connection;

use crate::program::Program;
use crate::remote;
use crate::tray;

const CONFIGURATION: &str = "output HEADLESS-1 resolution 1024x640
xwayland disable
";

/// The name of its display.
const DISPLAY: &str = "wayland-1";

/// A session; it ends with the test.
#[derive(Debug)]
pub struct Sway {
    /// Ended first, and in this order.
    programs: Vec<Program>,
    /// Its message bus.
    pub bus: PrivateBus,
    logs: TempDir,
    folder: TempDir,
}

impl Sway {
    /// Starts it, with an instance whose key store is a file and whose agent runs.
    ///
    /// # Panics
    /// When something of it is missing or does not start.
    pub fn start() -> Self {
        for (name, package) in [("sway", "sway"), ("wl-paste", "wl-clipboard"), ("grim", "grim")] {
            tools::need(name, package);
        }
        let (folder, logs) = (site::folder(), site::folder());
        lay_out(folder.path());
        let mut bus = PrivateBus::new(logs.path().join("bus"));
        site::chmod(logs.path(), 0o711);
        bus.start();
        let mut sway = Self { programs: Vec::new(), bus, logs, folder };
        sway.run(&["sway", "-c", &sway.text("sway.conf")]);
        wait::until("a Wayland display", || {
            sway.programs.iter_mut().for_each(Program::assert_running);
            (sway.ask(&["swaymsg", "-t", "get_version"]).end().status == Some(0)).then_some(())
        });
        let agent = sway.text("bin/passcoded");
        sway.run(&[&agent]);
        wait::until("the agent", || {
            (sway.passcode(&["status"]).end().status == Some(0)).then_some(())
        });
        sway
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }

    fn variables(&self) -> Vec<OsString> {
        let path = std::env::var("PATH").unwrap_or_default();
        let runtime = self.text("runtime");
        let variables = [
            format!("PATH={path}"),
            format!("HOME={}", self.text("home")),
            format!("XDG_RUNTIME_DIR={runtime}"),
            format!("SWAYSOCK={runtime}/sway.socket"),
            format!("WAYLAND_DISPLAY={DISPLAY}"),
            format!("DBUS_SESSION_BUS_ADDRESS={}", self.bus.address()),
            format!("PASSCODE_HOME={}", self.text("instance")),
            "LC_ALL=C.UTF-8".to_owned(),
            // What sway is told: no screen, no mouse, and the processor draws.
            "WLR_BACKENDS=headless".to_owned(),
            "WLR_LIBINPUT_NO_DEVICES=1".to_owned(),
            "WLR_RENDERER=pixman".to_owned(),
        ];
        variables.map(OsString::from).to_vec()
    }

    /// The arguments that run something as the session's user, in its environment.
    fn prefix(&self, is_sway: bool) -> Vec<OsString> {
        let user: &[String] = match tools::is_root() {
            true => &[
                "setpriv".into(),
                format!("--reuid={OTHER}"),
                format!("--regid={OTHER}"),
                "--clear-groups".into(),
            ],
            false => &[],
        };
        let mut prefix: Vec<OsString> = user.iter().map(OsString::from).collect();
        prefix.extend(["env", "-i"].map(OsString::from));
        // With it, sway would be a window of another.
        let variables = self.variables().into_iter();
        prefix.extend(variables.filter(|variable| {
            !is_sway || !variable.to_string_lossy().starts_with("WAYLAND_DISPLAY=")
        }));
        prefix
    }

    /// A program of the session, to be run to its end.
    pub fn ask(&self, arguments: &[&str]) -> Run {
        let prefix = self.prefix(false);
        Run::new(&prefix[0]).args(&prefix[1..]).args(arguments)
    }

    /// A program that runs as long as the session.
    pub fn run(&mut self, arguments: &[&str]) {
        let prefix = self.prefix(arguments.first() == Some(&"sway"));
        let mut command = Command::new(&prefix[0]);
        command.args(&prefix[1..]).args(arguments);
        self.programs.push(Program::start(command, self.logs.path()));
    }

    /// The command line of the instance.
    pub fn passcode(&self, arguments: &[&str]) -> Run {
        self.ask(&[&[self.text("bin/passcode").as_str()], arguments].concat())
    }

    /// Starts the tray, and waits until it is on the bus.
    pub fn start_tray(&mut self, arguments: &[&str]) {
        let program = self.text("bin/passcode-tray");
        self.run(&[&[program.as_str()], arguments].concat());
        let bus = self.connect();
        wait::until("the tray", || {
            self.programs.iter_mut().for_each(Program::assert_running);
            remote::process_of_any(&bus, tray::NAME).map(|_| ())
        });
    }

    /// Starts the tray once more, beside one that runs, and waits for its end.
    pub fn second_tray(&self) -> Ended {
        self.ask(&[&self.text("bin/passcode-tray")]).end()
    }

    /// A connection to its bus.
    pub fn connect(&self) -> Connection {
        remote::connect(&self.bus.address())
    }

    /// The titles of its windows, in what sway says of all that it shows.
    pub fn shows(&self, title: &str) -> bool {
        let tree = self.ask(&["swaymsg", "-r", "-t", "get_tree"]).end();
        let tree = tree.out.replace(": ", ":");
        tree.contains(&format!("\"name\":\"{title}\""))
    }

    /// Waits for a window.
    ///
    /// # Panics
    /// When none comes.
    pub fn wait_for_window(&self, title: &str) {
        wait::until(&format!("the window \"{title}\""), || self.shows(title).then_some(()));
    }

    /// The text in the clipboard.
    pub fn pasted(&self) -> Option<String> {
        let pasted = self.ask(&["wl-paste", "--no-newline"]).end();
        (pasted.status == Some(0)).then_some(pasted.out).filter(|text| !text.is_empty())
    }

    /// The kinds of things that the clipboard can be read as.
    pub fn kinds(&self) -> String {
        self.ask(&["wl-paste", "--list-types"]).end().out
    }

    /// A picture of the screen: the file.
    pub fn picture(&self) -> PathBuf {
        let file = self.file("screen.png");
        self.ask(&["grim"]).arg(&file).output();
        file
    }
}

impl Drop for Sway {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for program in &self.programs {
                eprintln!("{}", program.said());
            }
        }
        // The last ones first: the tray before its display.
        while self.programs.pop().is_some() {}
    }
}

/// Folders, configurations and copies of the programs, all of them the user's.
fn lay_out(folder: &Path) {
    for name in ["home", "runtime", "instance", "bin"] {
        fs::create_dir(folder.join(name)).expect("a folder can be made");
    }
    for name in ["runtime", "instance"] {
        site::chmod(&folder.join(name), 0o700);
    }
    let files = [("sway.conf", CONFIGURATION), ("instance/config.toml", "keystore = \"file\"\n")];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file can be written");
    }
    // Not copied by this process: a program that is being started by another thread would hold the copy open for writing.
    let copy =
        Run::new("install").args(["-m", "755"]).args([programs::passcode(), programs::passcoded()]);
    copy.arg(tray::program()).arg(folder.join("bin")).output();
    if tools::is_root() {
        give_to_other(folder);
    }
}
