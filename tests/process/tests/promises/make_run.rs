//! `make run`, as somebody who has just cloned the project runs it, but in a terminal that nobody sits at.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use passcode_process_tests::run::Run;
use passcode_process_tests::{oathtool, processes, programs, site, tools, watchdog};
use passcode_proto::profile::Algorithm;

/// Building from nothing takes most of it.
const LIMIT: Duration = Duration::from_secs(1200);

/// Copies the project as a clone would have it. The copy is always at the same place and its files keep their times,
/// so that it is not built anew for every run.
fn copy_of_the_project() -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the project");
    let copy = programs::profile_folder().join("copy-of-the-project");
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir_all(&copy).expect("a folder");
    let parts = parts_of(project);
    Run::new("cp").args(["-R", "-p", "--parents"]).args(parts).arg(&copy).folder(project).output();
    copy
}

/// The files that git knows or would take; where there is no git, all but what is built.
fn parts_of(project: &Path) -> Vec<String> {
    let files = Run::new("git").args(["ls-files", "-z", "-c", "-o", "--exclude-standard"]);
    let files = files.folder(project).end();
    let all = match files.status {
        Some(0) => files.out.split_terminator('\0').map(str::to_owned).collect(),
        _ => names_in(project),
    };
    let built = ["target", "bin", ".git"];
    let parts = all.into_iter().filter(|part| !built.contains(&part.as_str()));
    parts.filter(|part| project.join(part).exists()).collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The value after `name: ` in the line that begins so.
fn field<'a>(lines: &[&'a str], name: &str) -> &'a str {
    let mut values = lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    values.next_back().unwrap_or_else(|| panic!("no line {name}: in {lines:?}"))
}

#[test]
fn make_run_ends_with_a_code_that_oathtool_agrees_with_and_leaves_nothing_behind() {
    let _watchdog = watchdog::watch_for(LIMIT);
    tools::need("make", "make");
    let (copy, temporary, home) = (copy_of_the_project(), site::folder(), site::folder());
    let target = programs::profile_folder().parent().expect("cargo's folder").to_owned();
    let mut make = Run::new("make").arg("run").folder(&copy).limit(LIMIT);
    // Where cargo and rustc find themselves and what they have downloaded; nothing else is ours.
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = std::env::var_os(name) {
            make = make.env(name, value);
        }
    }
    let cache = home.path().join("cache");
    let run = make
        .env("CARGO_TARGET_DIR", &target)
        .env("TMPDIR", temporary.path())
        .env("XDG_CACHE_HOME", &cache)
        .end();
    assert_eq!(run.status, Some(0), "{}{}", run.out, run.err);

    let lines: Vec<&str> = run.out.lines().collect();
    let [.., key, code, at, last] = lines.as_slice() else { panic!("{}", run.out) };
    assert!(key.starts_with("key: otpauth://totp/") && code.starts_with("code: "), "{}", run.out);
    assert!(at.starts_with("at: ") && last.contains("passcode"), "{}", run.out);
    let (_, secret) = field(&lines, "key").split_once("secret=").expect("a secret");
    let secret = secret.split('&').next().expect("a secret").trim_end_matches('=');
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base32");
    let at = field(&lines, "at").parse().expect("a time");
    assert_eq!(field(&lines, "code"), oathtool::totp(&secret, Algorithm::Sha1, 6, 30, at));

    let folder = temporary.path().to_str().expect("a path");
    assert_eq!(processes::knowing(folder), [], "nothing runs on");
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().flatten().collect();
    assert!(left.is_empty(), "nothing is left: {left:?}");
}
