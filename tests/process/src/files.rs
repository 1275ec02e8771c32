//! The files of a folder as bytes: read, laid out somewhere else, and searched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::site;

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The regular files of the folder.
///
/// # Panics
/// When they cannot be read.
pub fn read(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let file = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path()).expect("a file");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    };
    files.map(file).collect()
}

/// Writes the files into the folder, for us alone.
///
/// # Panics
/// When that is not possible.
pub fn lay_out(files: &Files, folder: &Path) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file can be written");
        site::chmod(&path, 0o600);
    }
}

/// A folder in memory, or where the system has no such place, among the others.
///
/// # Panics
/// When none can be made.
pub fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| site::folder())
}

/// Whether `part` stands in `bytes`.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
