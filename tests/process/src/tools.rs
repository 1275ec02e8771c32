//! Programs and modules that others have written, and the Debian packages that they come in. What is missing is
//! installed where that is possible; where it is not, the test fails and says what to install.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::run::Run;

/// Makes sure that the program `name` can be run.
///
/// # Panics
/// When it is missing and cannot be installed.
pub fn need(name: &str, package: &str) {
    need_unless(&|| is_program(name), name, package);
}

/// Makes sure that the file at `path` is there.
///
/// # Panics
/// When it is missing and cannot be installed.
pub fn need_file(path: &str, package: &str) {
    need_unless(&|| Path::new(path).is_file(), path, package);
}

/// Makes sure that the PAM module `name` is there.
///
/// # Panics
/// When it is missing and cannot be installed.
pub fn need_pam_module(name: &str, package: &str) {
    need_unless(&|| has_pam_module(name), name, package);
}

fn need_unless(is_there: &dyn Fn() -> bool, name: &str, package: &str) {
    if is_there() {
        return;
    }
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_there() {
        LazyLock::force(&UPDATED);
        apt_get(&["install", "-y", "--no-install-recommends", package]);
    }
    assert!(is_there(), "{name} is missing; please install it: sudo apt-get install {package}");
}

static UPDATED: LazyLock<()> = LazyLock::new(|| apt_get(&["update"]));

/// Whether it worked is seen by what is there afterwards.
fn apt_get(arguments: &[&str]) {
    let mut command = as_root("env");
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(["-qq", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments);
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// A command with the administrator's rights: ours, or those that `sudo` gives without a question.
pub fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// Whether these tests run as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether a program of this name is in `PATH`, or where the administrator's are.
fn is_program(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let own = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(own).any(|folder| folder.join(name).is_file())
}

fn has_pam_module(name: &str) -> bool {
    let folders = ["/lib", "/usr/lib", "/usr/lib64"].map(Path::new);
    let architecture = format!("{}-linux-gnu", env::consts::ARCH);
    folders.iter().any(|folder| {
        [folder.join("security"), folder.join(&architecture).join("security")]
            .iter()
            .any(|modules| modules.join(name).is_file())
    })
}

/// A command in a mount namespace of its own: what it mounts nobody else sees, and it goes away with the command.
/// `setup` is a line of shell that is run before it there.
pub fn in_own_mounts(setup: &str, program: &Path) -> Run {
    need("unshare", "util-linux");
    let script = format!("{setup} && exec \"$@\"");
    let rights: &[&str] = if is_root() { &["-m"] } else { &["-r", "-m"] };
    let run = Run::new("unshare").args(rights);
    run.args(["sh", "-c", &script, "sh"]).arg(program)
}
