//! `include/passcode.h` is made from the sources: here anew each time, and `PASSCODE_BLESS=1` writes it.
#![allow(clippy::unwrap_used)]

use std::env;
use std::fs;
use std::path::Path;

/// What only a compiler of C needs to know, with the version of this library.
fn preamble() -> String {
    let [major, minor, patch] = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    ];
    include_str!("../include/preamble.h")
        .replace("@MAJOR@", major)
        .replace("@MINOR@", minor)
        .replace("@PATCH@", patch)
}

fn generate() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    config.after_includes = Some(preamble());
    let mut builder = cbindgen::Builder::new().with_config(config);
    // In this order, so that what is used is declared before it.
    for source in ["types", "status", "exports"] {
        builder = builder.with_src(folder.join("src").join(source).with_extension("rs"));
    }
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    let header = String::from_utf8(header).unwrap();
    // What Rust's programmers must promise, the header says by its types and texts.
    let lines = header.split_inclusive('\n');
    let mut safety = false;
    lines
        .filter(|line| {
            safety = line.starts_with(" * # Safety") || (safety && line.starts_with(" * "));
            !safety
        })
        .collect::<String>()
        .replace(" *\n */", " */")
}

#[test]
fn the_header_is_that_of_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/passcode.h");
    let header = generate();
    if env::var_os("PASSCODE_BLESS").is_some() {
        fs::write(path, header).unwrap();
    } else {
        let committed = fs::read_to_string(path).unwrap();
        assert_eq!(committed, header, "PASSCODE_BLESS=1 cargo test -p passcode-c --test header");
    }
}

#[test]
fn everything_in_the_header_is_documented() {
    let header = generate();
    let lines: Vec<&str> = header.lines().collect();
    let needs = |line: &&str| {
        ["PASSCODE_API ", "typedef ", "#define PASSCODE_"]
            .iter()
            .any(|start| line.starts_with(start))
            && !line.starts_with("#define PASSCODE_H")
            && !line.starts_with("#define PASSCODE_API")
    };
    let named: Vec<usize> = (1..lines.len()).filter(|at| needs(&lines[*at])).collect();
    assert!(named.len() > 20);
    for at in named {
        let before = lines[at - 1];
        let is_documented = before.ends_with("*/") || needs(&before);
        assert!(is_documented, "{}", lines[at]);
    }
}
