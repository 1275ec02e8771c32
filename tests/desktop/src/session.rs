//! A session of a user's own: a home, a folder for sockets, a message bus, and where it is wanted a display with a window
//! manager and the bus of screen readers. All ends with the test. When the test fails, a picture of the display and what
//! the programs have said are left in a folder that the test names.

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use passcode_process_tests::desktop::PrivateBus;
use passcode_process_tests::display::Display;
use passcode_process_tests::{site, tools, wait};
use tempfile::TempDir;
use zbus::blocking::Connection;

use crate::accessibility::Accessibility;
use crate::program::Program;
use crate::remote;
use crate::screen::Screen;

/// Windows without a font show nothing.
const FONT: &str = "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf";

/// A session; it ends with the test.
#[derive(Debug)]
pub struct Session {
    /// Ended first, so that nobody complains of what is missing.
    programs: Vec<Program>,
    display: Option<Display>,
    /// The message bus.
    pub bus: PrivateBus,
    accessibility: Option<Accessibility>,
    /// Whether pictures and the like have been left of a test that fails.
    traced: Cell<bool>,
    folder: TempDir,
}

impl Session {
    /// A session without a bus and without a display.
    ///
    /// # Panics
    /// When folders cannot be made.
    pub fn without_bus() -> Self {
        let folder = site::folder();
        for name in ["home", "runtime", "logs"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        site::chmod(&folder.path().join("runtime"), 0o700);
        let bus = PrivateBus::new(folder.path().join("bus"));
        let (programs, traced) = (Vec::new(), Cell::new(false));
        Self { programs, display: None, bus, accessibility: None, traced, folder }
    }

    /// A session with a bus and without a display.
    pub fn without_display() -> Self {
        let mut session = Self::without_bus();
        session.bus.start();
        session
    }

    /// A session with a bus, a display whose windows are managed, and everything that a screen reader needs.
    ///
    /// # Panics
    /// When something of it is missing.
    pub fn with_display() -> Self {
        let mut session = Self::without_display();
        tools::need("openbox", "openbox");
        tools::need_file(FONT, "fonts-noto-core");
        session.display = Some(Display::start());
        // Before any program starts: some look only once whether somebody listens.
        session.accessibility = Some(Accessibility::start(&mut session));
        session.run(Command::new("openbox"));
        let screen = session.screen();
        wait::until("a window manager", || screen.is_managed().then_some(()));
        session
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The user's home.
    pub fn home(&self) -> PathBuf {
        self.file("home")
    }

    /// Where programs write what they have to say.
    pub fn logs(&self) -> PathBuf {
        self.file("logs")
    }

    /// The whole environment of a program in this session.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = vec![
            ("HOME", self.home().into()),
            ("XDG_RUNTIME_DIR", self.file("runtime").into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.address().into()),
            // There is none: a test is no business of the machine's own.
            (
                "DBUS_SYSTEM_BUS_ADDRESS",
                format!("unix:path={}", self.file("none").display()).into(),
            ),
            ("PATH", env::var_os("PATH").unwrap_or_default()),
            ("LC_ALL", "C.UTF-8".into()),
            ("XDG_CURRENT_DESKTOP", "X-Generic".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
        ];
        variables.extend(self.display.as_ref().map(|display| ("DISPLAY", display.name().into())));
        variables
    }

    /// Starts a program in this session.
    pub fn start(&self, mut command: Command) -> Program {
        command.env_clear().envs(self.variables());
        Program::start(command, &self.logs())
    }

    /// Starts a program that runs as long as the session.
    pub fn run(&mut self, command: Command) {
        let program = self.start(command);
        self.programs.push(program);
    }

    /// A connection to its bus.
    pub fn connect(&self) -> Connection {
        remote::connect(&self.bus.address())
    }

    /// Its display.
    ///
    /// # Panics
    /// When it has none.
    pub fn display(&self) -> &Display {
        self.display.as_ref().expect("a session with a display")
    }

    /// Ends its display without a warning, as a crash of the server does.
    pub fn end_display(&mut self) {
        self.display = None;
    }

    /// What is on its display.
    pub fn screen(&self) -> Screen {
        Screen::of(self.display().name())
    }

    /// What a screen reader hears.
    ///
    /// # Panics
    /// When it has no display.
    pub fn accessibility(&self) -> &Accessibility {
        self.accessibility.as_ref().expect("a session with a display")
    }

    /// When the test fails: leaves a picture of the display and what the programs have said in a folder, and names it.
    /// Whoever holds more than the session calls it before that goes.
    pub fn trace_failure(&self) {
        if thread::panicking()
            && !self.traced.replace(true)
            && let Some(folder) = self.leave_traces()
        {
            eprintln!("the screen and what programs have said: {}", folder.display());
        }
    }

    fn leave_traces(&self) -> Option<PathBuf> {
        let test = thread::current().name().unwrap_or("a test").replace("::", "-");
        let folder = env::temp_dir().join("passcode-desktop-failures").join(test);
        fs::create_dir_all(&folder).ok()?;
        for log in fs::read_dir(self.logs()).ok()?.flatten() {
            fs::copy(log.path(), folder.join(log.file_name())).ok()?;
        }
        if let Some(display) = &self.display {
            Screen::try_of(display.name())?.save(&folder.join("screen.png"))?;
        }
        Some(folder)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.trace_failure();
        self.programs.clear();
        self.accessibility = None;
        self.display = None;
    }
}
