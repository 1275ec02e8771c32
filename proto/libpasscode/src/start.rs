//! Starting an agent, by `passcode agent start`: the agent is then no child of the caller's program, which would have to
//! look after it. Whether it worked is seen by connecting.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Pause between two looks at the program that starts the agent.
const PAUSE: Duration = Duration::from_millis(4);

/// Starts an agent, and waits until that is done, at most until `deadline`.
pub(crate) fn start(deadline: Instant) {
    if has_others_rights() {
        return;
    }
    let mut command = Command::new(program());
    command.args(["agent", "start"]).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    without_console(&mut command);
    let Ok(mut child) = command.spawn() else { return };
    // A caller that ignores SIGCHLD, or waits for children that are not its own, makes waiting fail; it has ended then.
    while let Ok(None) = child.try_wait() {
        if Instant::now() >= deadline {
            // It fails only when it has ended by itself.
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        thread::sleep(PAUSE);
    }
}

/// The command line: beside the caller's program, or the first in `PATH`.
fn program() -> PathBuf {
    let name = format!("passcode{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| name.into())
}

/// Whether the program has rights that whoever started it has not (set-user-id, set-group-id): the environment is theirs
/// then, and what it names must not be run.
#[cfg(unix)]
fn has_others_rights() -> bool {
    use rustix::process::{getegid, geteuid, getgid, getuid};
    getuid() != geteuid() || getgid() != getegid()
}

#[cfg(windows)]
fn has_others_rights() -> bool {
    false
}

#[cfg(unix)]
fn without_console(_: &mut Command) {}

#[cfg(windows)]
fn without_console(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW);
}
