//! The one folder of a run, where every test has its own, and the guardian that cleans up: a shell that waits for
//! the test program to end, in good order or not, then ends the agents, buses, keyrings, servers, terminals and programs of
//! desktops that were left and removes all.

use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

struct Site {
    folder: PathBuf,
    /// Closed when this program ends, however it ends; the guardian waits for that.
    _guardian: ChildStdin,
}

static SITE: LazyLock<Site> =
    LazyLock::new(|| Site::make().expect("the system's folder for temporary files can be used"));

/// What the guardian does. Locks name agents, and other files buses, keyrings, displays and servers; those of [`note`] tell
/// when the program was started. Nothing is ended that is no longer the program that was meant.
const GUARDIAN: &str = r#"
cat >/dev/null
find "$1" -name '*.lock' | while read -r lock; do
    read -r agent <"$lock" && read -r program <"/proc/$agent/comm" && [ "$program" = passcoded ] && kill -9 "$agent"
done
find "$1" -name bus.pid -o -name keyring.pid -o -name xvfb.pid -o -name privacyidea.pid | while read -r file; do
    read -r process <"$file" && read -r program <"/proc/$process/comm" || continue
    case $program in dbus-daemon | gnome-keyring-d | Xvfb | pi-manage) kill -9 "$process" ;; esac
done
find "$1" -name '*.process' | while read -r file; do
    read -r process start <"$file" && read -r stat <"/proc/$process/stat" || continue
    set -- ${stat##*) }
    [ "${20}" = "$start" ] && kill -9 "$process"
done
find "$1" -name tmux.socket | while read -r socket; do tmux -S "$socket" kill-server; done
rm -rf "$1"
"#;

impl Site {
    fn make() -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("passcode-tests-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir_in(env::temp_dir())?
            .keep();
        let mut guardian = Command::new("sh");
        guardian.args(["-c", GUARDIAN, "guardian"]).arg(&folder).process_group(0);
        guardian.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let pipe = guardian.spawn()?.stdin.take();
        Ok(Self { folder, _guardian: pipe.ok_or(io::ErrorKind::BrokenPipe)? })
    }
}

/// A new folder that only we can use; removed when dropped.
pub fn folder() -> TempDir {
    tempfile::Builder::new().prefix("").tempdir_in(&SITE.folder).expect("a folder can be made")
}

/// A path in the run's own folder, which every user can pass through.
pub fn shared(name: &str) -> PathBuf {
    SITE.folder.join(name)
}

/// Notes a process for the guardian, in a file that ends in `.process`.
///
/// # Panics
/// When the note cannot be written.
pub fn note(process: u32, file: &Path) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let (_, rest) = stat.rsplit_once(") ").unwrap_or_default();
    // `proc(5)`: the third field follows the name, and the twenty-second is when it was started.
    let start = rest.split(' ').nth(19).unwrap_or_default();
    fs::write(file, format!("{process} {start}\n")).expect("a note can be written");
}

/// Gives a file or folder the permissions `mode`.
pub fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions can be changed");
}
