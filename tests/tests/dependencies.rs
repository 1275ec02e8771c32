//! What must not be in the dependency tree, for reasons that no lint knows. The tree is that of this system, so that
//! nothing has to be fetched to see it.

use std::env;
use std::process::Command;

use passcode_tests::tree::root;

/// The lines of `cargo tree` for the whole workspace.
fn tree(arguments: &[&str]) -> Vec<String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--workspace", "--locked", "--offline", "--prefix", "none"]);
    let said = cargo.args(arguments).current_dir(root()).output().expect("cargo can be run");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect()
}

/// With it, calls to a keyring panic: the library waits for the bus by a runtime of tokio, inside another.
#[test]
#[cfg(target_os = "linux")]
fn d_bus_is_spoken_without_tokio() {
    let uses = tree(&["--edges", "features", "--invert", "zbus"]);
    let has = |feature: &str| {
        let line = format!("zbus feature \"{feature}\"");
        uses.iter().any(|used| used.starts_with(&line))
    };
    assert!(has("async-io"), "{uses:?}");
    assert!(!has("tokio"), "{uses:?}");
}

/// The umbrella remembers for the life of the process that no keyring was there.
#[test]
fn keyrings_are_reached_by_the_store_crates_and_not_by_the_umbrella() {
    let packages = tree(&[]);
    let has = |name: &str| packages.iter().any(|line| line.starts_with(&format!("{name} v")));
    assert!(has("keyring-core"), "{packages:?}");
    assert!(!has("keyring"));
}
