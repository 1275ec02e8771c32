//! The shape of the source, as `docs/architecture.md` promises it.

use passcode_tests::tree::{Source, sources};

/// The daemon's modules from the top down. A module may use those of later lines, and of its own line.
const ORDER: &[&[&str]] = &[
    &["main"],
    &["run", "helper", "config", "log"],
    &["door"],
    &["session"],
    &["policy"],
    &["keeper"],
    &["errand"],
    &["vault", "pairing"],
    &["ports", "otp", "rules", "prompts"],
    &["aead", "kdf", "harden", "origin", "peer", "secret"],
    &["memory"],
];

const CODE: &[&str] = &[
    "proto/src",
    "proto/libpasscode",
    "daemon/src",
    "cli/src",
    "tray/src",
    "tray/tests",
    "tests/src",
    "tests/tests",
    "tests/process",
    "tests/browser",
    "tests/desktop",
    "tests/logins",
    "tests/pairing-service",
    "tests/bench",
];

/// Files that may hold unsafe code.
const UNSAFE: &[&str] = &[
    "daemon/src/door/unix/inherited.rs",
    "daemon/src/door/unix/pidfd.rs",
    "daemon/src/memory/page.rs",
    "daemon/src/memory/page/unix.rs",
    "daemon/src/memory/page/windows.rs",
    "proto/libpasscode/src/boundary.rs",
    "proto/libpasscode/src/exports.rs",
    "proto/src/process.rs",
];

/// Longest file, and longest function, in lines.
const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

fn height(module: &str) -> usize {
    ORDER
        .iter()
        .position(|line| line.contains(&module))
        .unwrap_or_else(|| panic!("{module} has no place"))
}

fn module_of(path: &str) -> &str {
    path.trim_start_matches("daemon/src/").split(['/', '.']).next().expect("a name")
}

/// The modules of the daemon that a source uses.
fn uses(source: &Source) -> impl Iterator<Item = &str> {
    let named = source.lines().flat_map(|line| line.split("crate::").skip(1));
    named
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        .filter(|name| !name.is_empty())
}

#[test]
fn imports_inside_the_daemon_point_one_way() {
    for source in sources(&["daemon/src"]).iter().filter(|source| !source.is_test()) {
        let own = module_of(&source.path);
        if own == "lib" {
            continue;
        }
        for used in uses(source).filter(|used| *used != own) {
            assert!(
                height(own) <= height(used),
                "{} uses crate::{used}, which stands above it",
                source.path
            );
        }
    }
}

#[test]
fn clients_know_nothing_of_the_daemon() {
    for folder in ["cli", "proto", "tray"] {
        let manifest =
            std::fs::read_to_string(passcode_tests::tree::root().join(folder).join("Cargo.toml"));
        assert!(!manifest.expect("a manifest").contains("passcode-daemon"), "{folder}");
    }
}

#[test]
fn the_library_for_c_is_made_of_the_protocol_alone() {
    let manifest = passcode_tests::tree::root().join("proto/libpasscode/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    let ours = manifest.lines().filter(|line| line.starts_with("passcode-"));
    assert_eq!(ours.collect::<Vec<_>>(), ["passcode-proto.workspace = true"]);
}

#[test]
fn time_is_read_in_one_place() {
    for source in sources(&["daemon/src"]) {
        let reads =
            source.text.contains("SystemTime::now") || source.text.contains("clock_gettime");
        assert!(
            !reads || source.path == "daemon/src/ports/clock.rs",
            "{} reads a clock",
            source.path
        );
    }
}

#[test]
fn unsafe_code_stands_in_named_files_only() {
    for source in sources(&["proto/src", "proto/libpasscode", "daemon/src", "cli/src", "tray/src"])
    {
        let holds = source.text.contains("unsafe {") || source.text.contains("allow(unsafe_code)");
        assert!(
            !holds || UNSAFE.contains(&source.path.as_str()),
            "{} holds unsafe code",
            source.path
        );
    }
}

#[test]
fn every_file_says_what_lives_in_it_and_is_short() {
    for source in sources(CODE) {
        assert!(source.text.starts_with("//! "), "{} has no header", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= FILE_LINES, "{} has {lines} lines", source.path);
    }
}

#[test]
fn every_function_is_short() {
    for source in sources(CODE) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (start, line) in lines.iter().enumerate().filter(|(_, line)| is_function(line)) {
            let close = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let length = lines[start..].iter().position(|line| *line == close).unwrap_or_default();
            assert!(
                length < FUNCTION_LINES,
                "{}:{} is a function of {length} lines",
                source.path,
                start + 1
            );
        }
    }
}

fn is_function(line: &str) -> bool {
    let words = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(super) ");
    line.ends_with('{')
        && ["fn ", "async fn ", "const fn "].iter().any(|start| words.starts_with(start))
}
