//! Where `passcode` and `passcoded` are: in `PASSCODE_BIN_DIR`, or built beside these tests, with their profile.
//! They are always built anew, which takes no time when nothing has changed: a test of yesterday's program proves
//! nothing.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::run::Run;
use crate::site;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| match env::var_os("PASSCODE_BIN_DIR") {
    Some(folder) => folder.into(),
    None => build(),
});

/// Builds both programs, unless that has been done.
pub fn make_ready() {
    LazyLock::force(&FOLDER);
}

/// The command line.
pub fn passcode() -> PathBuf {
    FOLDER.join("passcode")
}

/// The agent.
pub fn passcoded() -> PathBuf {
    FOLDER.join("passcoded")
}

/// A folder with copies of both that every user can run; the place where they are built may be closed to others.
pub fn for_every_user() -> &'static Path {
    static COPIES: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = site::shared("programs");
        let made = fs::create_dir(&folder);
        made.expect("a folder can be made");
        site::chmod(&folder, 0o755);
        // Not copied by this process: a program that is being started by another thread would hold the copy open for
        // writing for a moment, and such a file cannot be run.
        let copy = Run::new("install").args(["-m", "755"]).args([passcode(), passcoded()]);
        copy.arg(&folder).output();
        folder
    });
    &COPIES
}

/// The folder of the profile that these tests were built with: `target/debug` or a sister of it.
pub fn profile_folder() -> PathBuf {
    let own = env::current_exe().expect("the path of this program");
    own.ancestors().nth(2).expect("a folder of the profile").to_owned()
}

fn is_of_tests(variable: &OsStr) -> bool {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    variable.to_str().is_some_and(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
}

fn build() -> PathBuf {
    let folder = profile_folder();
    let (target, name) = (folder.parent(), folder.file_name());
    let (Some(target), Some(name)) = (target, name.and_then(|name| name.to_str())) else {
        panic!("this program is not in a folder of cargo's; set PASSCODE_BIN_DIR");
    };
    let profile = if name == "debug" { "dev" } else { name };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--profile", profile, "-p", "passcode-daemon"]);
    cargo.args(["-p", "passcode-cli", "--target-dir"]).arg(target);
    // What cargo says about the package of these tests, it would take for changes: some crates would be built again.
    for (variable, _) in env::vars_os().filter(|(name, _)| is_of_tests(name)) {
        cargo.env_remove(variable);
    }
    let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
    assert!(built.is_ok_and(|status| status.success()), "passcode and passcoded do not build");
    folder
}
