//! Another user: the one of highest number that every system has (`nobody`), with programs, a folder and an agent of
//! its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::run::Run;
use crate::tools::{as_root, is_root, need};
use crate::{programs, site, wait};

/// The other user's number.
pub const OTHER: u32 = 65534;

/// Runs a program as the other user.
pub fn as_other(program: impl AsRef<Path>) -> Run {
    need("setpriv", "util-linux");
    let user = [format!("--reuid={OTHER}"), format!("--regid={OTHER}")];
    administrator().arg("setpriv").args(user).arg("--clear-groups").arg(program.as_ref())
}

/// Runs what is added as an argument with the administrator's rights.
pub fn administrator() -> Run {
    match is_root() {
        true => Run::new("env"),
        false => Run::new("sudo").arg("-n"),
    }
}

/// An instance that belongs to the other user.
#[derive(Debug)]
pub struct OtherHome {
    folder: PathBuf,
}

impl OtherHome {
    /// An instance whose key store is a file.
    ///
    /// # Panics
    /// When we may not give a folder to another user.
    pub fn new() -> Self {
        let home = Self { folder: site::folder().keep() };
        std::fs::write(home.file("config.toml"), "keystore = \"file\"\n").expect("a configuration");
        let given = administrator().arg("chown").args(["-R", &OTHER.to_string()]).arg(&home.folder);
        let given = given.end();
        assert_eq!(given.status, Some(0), "run these tests as root, or where sudo asks nothing");
        home
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Changes the permissions of its folder or of a file in it; `""` is the folder.
    ///
    /// # Panics
    /// When that is not possible.
    pub fn chmod(&self, mode: &str, name: &str) {
        administrator().args(["chmod", mode]).arg(self.file(name)).output();
    }

    /// Its owner's command line.
    pub fn passcode(&self, arguments: &[&str]) -> Run {
        let variable = format!("PASSCODE_HOME={}", self.folder.display());
        let program = programs::for_every_user().join("passcode");
        as_other("env").arg(variable).arg(program).args(arguments)
    }

    /// Lets its owner start its agent, which ends with the instance.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&self) {
        self.passcode(&["agent", "start"]).output();
        wait::until("the other user's agent", || {
            (self.passcode(&["status"]).end().status == Some(0)).then_some(())
        });
    }
}

impl Default for OtherHome {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for OtherHome {
    fn drop(&mut self) {
        // No agent may run; then there is none to stop.
        let _ = self.passcode(&["agent", "stop"]).end();
        let mut remove = as_root("rm");
        let _ = remove.arg("-rf").arg(&self.folder).stdin(Stdio::null()).status();
    }
}
