//! A program of the desktop that runs beside the test: what it says goes into a file, and it ends with the test.
//! Which programs there are is none of its business.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use passcode_process_tests::{site, wait};

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Program {
    /// Starts it. `folder` takes what it says, and a note for whoever cleans up when the test cannot.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(mut command: Command, folder: &Path) -> Self {
        let path = PathBuf::from(command.get_program());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = unused(folder, &name);
        let file = File::create(&log).expect("a file can be made");
        let errors = file.try_clone().expect("a file");
        command.stdin(Stdio::null()).stdout(file).stderr(errors);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        site::note(child.id(), &log.with_extension("process"));
        Self { child, name, log }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How it has ended, once it has.
    ///
    /// # Panics
    /// When the system does not know it.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the program's state")
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        match wait::within(wait::PATIENCE, || self.ended()) {
            Some(status) => status,
            None => panic!("{} does not end; it has said: {}", self.name, self.said()),
        }
    }

    /// Checks that it runs.
    ///
    /// # Panics
    /// When it has ended, with what it has said.
    pub fn assert_running(&mut self) {
        if let Some(status) = self.ended() {
            panic!("{} has ended with {status}: {}", self.name, self.said());
        }
    }

    /// Ends it without a warning.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It fails only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file that is not there yet.
fn unused(folder: &Path, name: &str) -> PathBuf {
    let mut names = (1..).map(|number| folder.join(format!("{name}-{number}.log")));
    names.find(|path| !path.exists()).expect("numbers do not end")
}
