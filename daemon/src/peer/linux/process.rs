//! What `/proc` says of a process, as it is now. All but the numbers is of the process's own choice.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::peer::Process;

/// Name of the command line, which is beside us.
const OWN: &str = "passcode";

/// More generations than processes have that are not made to go round in circles.
const DEEPEST: usize = 64;

/// Most that is read of a process's arguments, or of another text about it.
const TEXT: u64 = 64 * 1024;

/// Fields of `/proc/PID/stat` behind the program's name.
const PARENT: usize = 1;
const SESSION: usize = 3;
const STARTED: usize = 19;

/// Names of shells.
const SHELLS: &[&str] = &["sh", "dash", "bash", "ash", "busybox", "ksh", "mksh", "zsh"];

/// The process `pid`, told from a later one.
pub(in crate::peer) fn process(pid: i32) -> Option<Process> {
    Some(Process { pid, started: started(pid)? })
}

/// The process that runs our own command line, however far away, if `pid` is that; else `pid` itself. A shell that runs one
/// line (`sh -c`, as `popen` and `system` start it) is no program of its own.
pub(in crate::peer) fn behind(pid: i32) -> i32 {
    match is_own(pid) {
        true => ancestors(pid).find(|pid| !is_own(*pid) && !runs_a_line(*pid)).unwrap_or(pid),
        false => pid,
    }
}

/// Whether the process runs our own command line.
pub(super) fn is_own(pid: i32) -> bool {
    // Looked up once: every connection that gets a code asks, for the log.
    static OWN_PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    let own = OWN_PATH.get_or_init(|| Some(std::env::current_exe().ok()?.with_file_name(OWN)));
    executable(pid).is_some_and(|program| Some(&program) == own.as_ref())
}

fn runs_a_line(pid: i32) -> bool {
    let is_shell = program_of(pid)
        .is_some_and(|path| SHELLS.contains(&path.rsplit('/').next().unwrap_or_default()));
    is_shell && arguments(pid).iter().skip(1).take(2).any(|word| word == b"-c")
}

/// The path of the file that the process runs.
pub(super) fn executable(pid: i32) -> Option<PathBuf> {
    std::fs::read_link(entry(pid, "exe")).ok()
}

/// The same for people.
pub(in crate::peer) fn program_of(pid: i32) -> Option<String> {
    // The path is the caller's own choice; it must not be able to forge a line of a log or a prompt.
    Some(executable(pid)?.to_string_lossy().chars().filter(|c| !c.is_control()).collect())
}

/// The words that the process was started with, by its own account; it can change them.
pub(super) fn arguments(pid: i32) -> Vec<Vec<u8>> {
    let text = text(&entry(pid, "cmdline")).unwrap_or_default();
    let text = text.strip_suffix(b"\0").unwrap_or(&text);
    text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
}

/// The processes that started `pid`, the nearest first, as they are now.
pub(in crate::peer) fn ancestors(pid: i32) -> impl Iterator<Item = i32> {
    std::iter::successors(parent(pid), |pid| parent(*pid)).take(DEEPEST)
}

fn parent(pid: i32) -> Option<i32> {
    stat(pid, PARENT)?.parse().ok().filter(|parent| *parent > 1)
}

/// Whether the process began its session, as a shell in a terminal does, or a service.
pub(super) fn leads_its_session(pid: i32) -> bool {
    stat(pid, SESSION).is_some_and(|session| session == pid.to_string())
}

/// When the process was started, in ticks since the system was.
pub(super) fn started(pid: i32) -> Option<u64> {
    stat(pid, STARTED)?.parse().ok()
}

fn stat(pid: i32, field: usize) -> Option<String> {
    let stat = String::from_utf8_lossy(&text(&entry(pid, "stat"))?).into_owned();
    // The name comes before, in parentheses, and may hold any.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(field).map(str::to_owned)
}

/// What the process calls itself: 15 bytes of its own choice.
pub(in crate::peer) fn called(pid: i32) -> Option<String> {
    let name = text(&entry(pid, "comm"))?;
    Some(String::from_utf8_lossy(&name).chars().filter(|c| !c.is_control()).collect())
}

/// Its place among the units of systemd.
pub(super) fn cgroups(pid: i32) -> Option<String> {
    text(&entry(pid, "cgroup")).map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// Where `/proc` has something about the process.
pub(super) fn entry(pid: i32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{name}"))
}

/// The beginning of a file, as far as it is worth reading.
fn text(path: &Path) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(TEXT).read_to_end(&mut text).ok()?;
    Some(text)
}
