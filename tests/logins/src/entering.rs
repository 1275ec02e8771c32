//! How a test gets into its machine: it runs its own program once more, for itself alone, inside new namespaces, and
//! judges what that came to.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use passcode_process_tests::programs;
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::tools::is_root;

/// In the environment of a test inside its machine.
const INSIDE: &str = "PASSCODE_TESTS_MACHINE";

/// Where the user's folder of downloaded programs is, for the test inside.
const CACHE: &str = "CACHE";

/// What a test may take, most of it for machines that are busy with other things.
const LIMIT: Duration = Duration::from_secs(150);

/// For those who started what was to be ended after [`LIMIT`].
const GRACE: Duration = Duration::from_secs(10);

const SCRIPT: &str = include_str!("enter.sh");

/// Whether this process is in a machine of its own.
pub fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs the test `name` of this program in a machine of its own.
///
/// # Panics
/// When it fails, or there is no such machine.
pub fn enter(name: &str) {
    programs::make_ready();
    let own = env::current_exe().expect("the path of this program");
    let test = [name, "--exact", "--nocapture", "--test-threads=1"];
    let mut run = administrator().args(["timeout", "--foreground", "--signal=KILL"]);
    run = run.arg(LIMIT.as_secs().to_string()).args(["setpriv", "--pdeathsig", "KILL"]);
    run = run.args(["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]);
    run = run.args(["--mount-proc", "--propagation", "private"]);
    // Without the terminal of whoever runs the tests: nobody is to be asked there.
    run = run.arg("env").args(variables()).args(["setsid", "--wait"]);
    run = run.args(["sh", "-c", SCRIPT, "enter"]).args(kept());
    judge(name, run.arg("--").arg(own).args(test).limit(LIMIT + GRACE).end());
}

/// A run with the administrator's rights that ends with this process as far as that can be had.
fn administrator() -> Run {
    if is_root() {
        return Run::new("setpriv").args(["--pdeathsig", "KILL"]);
    }
    let asked = Run::new("sudo").args(["-n", "true"]).try_end();
    assert!(
        asked.is_ok_and(|ended| ended.status == Some(0)),
        "this test makes a machine of its own: run it as root, or where sudo asks nothing"
    );
    Run::new("sudo").arg("-n")
}

fn variables() -> Vec<String> {
    let path = env::var("PATH").unwrap_or_default();
    vec![
        format!("{INSIDE}=1"),
        format!("PATH={path}:/usr/sbin:/sbin"),
        format!("PASSCODE_BIN_DIR={}", folder_of_programs().display()),
        format!("{CACHE}={}", cache().display()),
        "RUST_BACKTRACE=0".to_owned(),
    ]
}

/// What the machine must not hide: the guides, this program, those under test, and what was downloaded for the tests.
fn kept() -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_owned);
    let folders = [programs::profile_folder(), folder_of_programs(), cache().join("freerdp3")];
    source.into_iter().chain(folders).filter(|folder| folder.is_dir()).collect()
}

fn folder_of_programs() -> PathBuf {
    programs::passcode().parent().map(Path::to_owned).expect("a folder of programs")
}

/// Where `packaging/setup.sh` puts what it downloads.
pub fn cache() -> PathBuf {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let named = variable(CACHE).map(PathBuf::from);
    let usual = || match variable("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder).join("passcode-agent"),
        None => env::home_dir().unwrap_or_default().join(".cache/passcode-agent"),
    };
    named.unwrap_or_else(usual)
}

/// A test that was not found inside would pass by doing nothing.
fn judge(name: &str, ended: Ended) {
    let (ran, began) = (ended.out.contains(": ok. 1 passed"), ended.out.contains("running 1 test"));
    let why = match ended.status {
        Some(0) if ran => return,
        _ if !began => "never began: it takes root, and a kernel and container that allow \
                        namespaces, tmpfs and overlayfs"
            .to_owned(),
        // `timeout` and a shell say so of a program that was killed.
        Some(137) | None => format!("hangs: it has not ended after {} seconds", LIMIT.as_secs()),
        _ => "failed".to_owned(),
    };
    panic!("{name}, in a machine of its own, {why}\n{}{}", ended.out, ended.err);
}
