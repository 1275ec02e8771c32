//! Another user: the one of highest number that every system has (`nobody`), with programs, a folder and an agent of
//! its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;

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
///
/// # Panics
/// When we have none.
pub fn administrator() -> Run {
    static RIGHTS: LazyLock<bool> = LazyLock::new(|| {
        let asked = Run::new("sudo").args(["-n", "true"]);
        is_root() || asked.try_end().is_ok_and(|ended| ended.status == Some(0))
    });
    assert!(*RIGHTS, "this test needs another user: run it as root, or where sudo asks nothing");
    match is_root() {
        true => Run::new("env"),
        false => Run::new("sudo").arg("-n"),
    }
}

/// Gives a file, or a folder with all that is in it, to the other user.
pub fn give_to_other(path: &Path) {
    administrator().args(["chown", "-R", &OTHER.to_string()]).arg(path).output();
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
        let folder = site::folder();
        let configuration = folder.path().join("config.toml");
        std::fs::write(configuration, "keystore = \"file\"\n").expect("a configuration");
        give_to_other(folder.path());
        Self { folder: folder.keep() }
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
        let _ = self.passcode(&["agent", "stop"]).try_end();
        let mut remove = as_root("rm");
        let _ = remove.arg("-rf").arg(&self.folder).stdin(Stdio::null()).status();
    }
}
