//! PAM with a service of our own. `pamtester` and what is under test run in a mount namespace where `/etc/pam.d` is
//! ours, so that nothing of the system's is changed or read.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::run::Run;
use crate::{site, tools};

/// A PAM service.
#[derive(Debug)]
pub struct Service {
    folder: TempDir,
}

impl Service {
    /// A service with one line of `pam.d` that checks who signs on; `pamtester` and OpenSSH's server ask it.
    pub fn new(auth: &str) -> Self {
        let folder = site::folder();
        let rules = format!(
            "auth {auth}\naccount required pam_permit.so\nsession required pam_permit.so\n"
        );
        for name in ["passcode", "sshd"] {
            fs::write(folder.path().join(name), &rules).expect("a service");
        }
        Self { folder }
    }

    /// The folder that stands in the place of `/etc/pam.d`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether the service accepts `answer` from root.
    ///
    /// # Panics
    /// When it neither accepts nor refuses it.
    pub fn accepts(&self, answer: &str) -> bool {
        tools::need("pamtester", "pamtester");
        let tried = self.run(Path::new("pamtester"));
        let tried =
            tried.args(["passcode", "root", "authenticate"]).input(format!("{answer}\n")).end();
        let refused = tried.err.contains("Authentication failure");
        assert_ne!(tried.status == Some(0), refused, "{}{}", tried.out, tried.err);
        !refused
    }

    /// A program that sees this service alone.
    pub fn run(&self, program: &Path) -> Run {
        let mount = format!("mount --bind '{}' /etc/pam.d", self.folder().display());
        tools::in_own_mounts(&mount, program)
    }
}
