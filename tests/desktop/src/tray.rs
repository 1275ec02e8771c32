//! `passcode-tray` as a process of the test. Where it is: `PASSCODE_TRAY_BIN`, or in `PASSCODE_BIN_DIR`, or built beside
//! these tests, with their profile.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::LazyLock;
use std::time::Duration;

use passcode_process_tests::watchdog::{self, Watchdog};
use passcode_process_tests::{programs, wait};
use zbus::blocking::Connection;

use crate::item::Item;
use crate::program::Program;
use crate::remote;
use crate::session::Session;

/// The name that the tray has on the session's bus.
pub const NAME: &str = "org.passcode.Tray";

/// The id of its icon.
pub const ID: &str = "passcode-tray";

/// What a test on a desktop may take, most of it for machines that are busy with other things.
const LIMIT: Duration = Duration::from_secs(180);

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let named = env::var_os("PASSCODE_TRAY_BIN").map(PathBuf::from);
    let beside = || env::var_os("PASSCODE_BIN_DIR").map(|folder| Path::new(&folder).join(ID));
    named.or_else(beside).unwrap_or_else(build)
});

fn build() -> PathBuf {
    let folder = programs::profile_folder();
    let (target, name) = (folder.parent(), folder.file_name());
    let (Some(target), Some(name)) = (target, name.and_then(|name| name.to_str())) else {
        panic!("this program is not in a folder of cargo's; set PASSCODE_BIN_DIR");
    };
    let profile = if name == "debug" { "dev" } else { name };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--profile", profile, "-p", "passcode-tray", "--target-dir"]);
    let built = cargo.arg(target).current_dir(env!("CARGO_MANIFEST_DIR")).status();
    assert!(built.is_ok_and(|status| status.success()), "passcode-tray does not build");
    folder.join(ID)
}

/// Where the program is.
pub fn program() -> &'static Path {
    &PROGRAM
}

/// Watches the calling test. Building the programs is not the test's time.
pub fn watch() -> Watchdog {
    LazyLock::force(&PROGRAM);
    watchdog::watch_for(LIMIT)
}

/// A running tray; killed when dropped.
#[derive(Debug)]
pub struct Tray {
    program: Program,
}

impl Tray {
    /// Starts it for the instance in `home`, and waits for nothing.
    pub fn spawn(session: &Session, home: &Path, arguments: &[&str]) -> Self {
        Self::spawn_with(session, home, arguments, &[])
    }

    /// Starts it with more variables in its environment, and waits for nothing.
    pub fn spawn_with(
        session: &Session,
        home: &Path,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(program());
        command.args(arguments).env_clear().envs(session.variables());
        command.env("PASSCODE_HOME", home).envs(more.iter().copied());
        Self { program: Program::start(command, &session.logs()) }
    }

    /// Starts it, and waits until it is on the bus.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn start(session: &Session, home: &Path, arguments: &[&str]) -> Self {
        let mut tray = Self::spawn(session, home, arguments);
        tray.wait_until_up(&session.connect());
        tray
    }

    /// Waits until it is on the bus of `connection`.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn wait_until_up(&mut self, connection: &Connection) {
        let pid = self.pid();
        wait::until("the tray", || {
            self.assert_running();
            (remote::process_of_any(connection, NAME) == Some(pid)).then_some(())
        });
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// What it has said.
    pub fn said(&self) -> String {
        self.program.said()
    }

    /// Checks that it runs.
    pub fn assert_running(&mut self) {
        self.program.assert_running();
    }

    /// Waits until it ends by itself.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        self.program.wait_for_end()
    }

    /// How it has ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.program.ended()
    }
}

/// Waits for the tray's icon.
pub fn icon(session: &Session) -> Item {
    Item::wait_for(&session.connect(), ID)
}
