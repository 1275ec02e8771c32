//! For tests: folders of our own, and a user whom permissions bind, also where tests run as root.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use rustix::process::geteuid;
use tempfile::TempDir;

/// Another user than the one who runs the tests; "nobody" on most systems.
pub const OTHER_USER: u32 = 65534;

/// A folder that is ours alone.
pub fn private_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o700);
    folder
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

pub fn is_root() -> bool {
    geteuid().is_root()
}

/// A path of another user: `path` given away by root, else one that belongs to root.
pub fn of_another_user<'a>(path: &'a Path, of_root: &'a Path) -> &'a Path {
    if !is_root() {
        return of_root;
    }
    chown(path, Some(OTHER_USER), None).unwrap();
    path
}

/// A named pipe.
pub fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A program of ours. Not written by this process: a program that is being started by another thread would hold the
/// file open for writing for a moment, and such a file cannot be run.
pub fn make_program(path: &Path, script: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat >\"$0\" && chmod 700 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// Runs `body` with a private folder of a user who is not root.
pub fn as_plain_user(body: impl FnOnce(&Path) + Send) {
    let folder = private_folder();
    let path = folder.path();
    if !is_root() {
        return body(path);
    }
    chown(path, Some(OTHER_USER), Some(OTHER_USER)).unwrap();
    thread::scope(|scope| {
        let plain = scope.spawn(move || {
            become_other_user();
            body(path);
        });
        plain.join().unwrap();
    });
}

/// Gives up root in this thread alone; the system keeps users and groups per thread.
#[cfg(target_os = "linux")]
fn become_other_user() {
    use rustix::process::{Gid, Uid};
    use rustix::thread::{set_thread_res_gid, set_thread_res_uid};

    let (uid, gid) = (Uid::from_raw(OTHER_USER), Gid::from_raw(OTHER_USER));
    set_thread_res_gid(gid, gid, gid).unwrap();
    set_thread_res_uid(uid, uid, uid).unwrap();
}

#[cfg(not(target_os = "linux"))]
fn become_other_user() {
    panic!("permissions do not bind root: run these tests as another user");
}
