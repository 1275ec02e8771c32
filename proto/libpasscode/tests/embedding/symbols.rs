//! What the shared library shows to whoever links it: the functions of the header, under a name that tells what it is
//! compatible with.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::build::{crate_file, installed};
use crate::home::run;

#[test]
fn the_functions_of_the_header_are_exported_and_nothing_else() {
    let library = installed().join("lib/libpasscode.so");
    let said = run(Command::new("nm")
        .args(["-D", "--defined-only", "--format=just-symbols"])
        .arg(library));
    let exported: BTreeSet<&str> = said.lines().collect();
    let header = fs::read_to_string(crate_file("include/passcode.h")).unwrap();
    let declarations = header.split("PASSCODE_API").filter_map(|rest| rest.split('(').next());
    let names = declarations.filter_map(|text| text.rsplit([' ', '*']).next());
    let declared: BTreeSet<&str> = names.filter(|name| name.starts_with("passcode_")).collect();
    assert_eq!(exported, declared);
    assert!(exported.len() >= 6 && exported.iter().all(|name| name.starts_with("passcode_")));
}

#[test]
fn programs_look_for_the_version_that_they_were_built_with() {
    let library = installed().join("lib/libpasscode.so");
    let said = run(Command::new("readelf").arg("-d").arg(&library));
    assert!(said.contains("Library soname: [libpasscode.so.1]"), "{said}");
    assert_eq!(fs::read_link(library).unwrap().to_str(), Some("libpasscode.so.1"));
}

#[test]
fn pkg_config_tells_where_everything_is() {
    let folder = installed().join("lib/pkgconfig");
    let ask = |what: &str| {
        let mut command = Command::new("pkg-config");
        run(command.args([what, "passcode"]).env("PKG_CONFIG_PATH", &folder)).trim().to_owned()
    };
    assert_eq!(ask("--modversion"), env!("CARGO_PKG_VERSION"));
    let include = ask("--variable=includedir");
    assert!(fs::exists(format!("{include}/passcode.h")).unwrap(), "{include}");
    assert!(ask("--libs").ends_with("-lpasscode"));
}

#[test]
fn the_library_that_is_shipped_catches_panics() {
    let manifest = fs::read_to_string(crate_file("../../Cargo.toml")).unwrap();
    let (_, profile) = manifest.split_once("[profile.library]\n").unwrap();
    let profile = profile.split("\n\n").next().unwrap();
    assert!(profile.lines().any(|line| line == "panic = \"unwind\""), "{profile}");
    let makefile = fs::read_to_string(crate_file("../../Makefile")).unwrap();
    assert!(makefile.contains("--profile library --locked -p passcode-c"));
}
