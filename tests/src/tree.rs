//! The project's own sources, for tests that hold them to its rules.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust source.
#[derive(Debug)]
pub struct Source {
    /// Its path below the workspace, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether it is compiled for tests alone.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("/rig.rs")
    }

    /// The lines before the first module of tests.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| *line != "#[cfg(test)]")
    }
}

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Every source below the given folders of the workspace.
///
/// # Panics
/// When a folder cannot be read, or holds no source.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| collect(&root().join(folder), &mut paths));
    assert!(!paths.is_empty(), "no source below {folders:?}");
    paths.sort();
    paths.into_iter().map(|path| read(&path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn read(path: &Path) -> Source {
    let below = path.strip_prefix(root()).expect("below the workspace");
    let path_text = below.to_string_lossy().replace('\\', "/");
    Source { path: path_text, text: fs::read_to_string(path).expect("a source") }
}
