//! Files that processes run: told apart by what the file system says of them, and by a hash of what they hold. Hashes of
//! large ones are kept, so that a browser of 200 MB is read once and not at every request.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use passcode_proto::label::Label;
use passcode_proto::limits;
use sha2::{Digest, Sha256 as Hasher};

use crate::peer::Sha256;

/// A file larger than this is not read: that would take seconds, and no program is so large.
const LARGEST: u64 = 1 << 30;

/// One smaller than this is read each time, which takes a millisecond at most. The time of change of a file may be as
/// coarse as 10 ms, and what is written within that time would be missed.
const SMALLEST_KEPT: u64 = 1 << 20;

/// Hashes that are kept.
const KEPT: usize = 64;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// What tells a file, and its content, from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::peer) struct Mark {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Mark {
    pub(super) fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
        }
    }
}

/// The path that the file had when it was started: the kernel says so when it has been replaced since.
pub(super) fn living(path: &Path) -> &Path {
    let name = path.as_os_str().as_bytes().strip_suffix(b" (deleted)");
    match name.filter(|_| !path.exists()) {
        Some(name) => Path::new(OsStr::from_bytes(name)),
        None => path,
    }
}

/// A path for people. Of a long one the end says more.
pub(in crate::peer) fn shown(path: &Path) -> String {
    let path: String = path.to_string_lossy().chars().filter(|c| Label::can_hold(*c)).collect();
    let most = limits::LABEL_BYTES;
    match path.len() > most {
        true => {
            format!("…{}", &path[path.ceil_char_boundary(path.len() - (most - '…'.len_utf8()))..])
        }
        false => path,
    }
}

/// Unlike the time of modification, that of change cannot be set by programs; but it also moves when the name of a file is
/// taken away, as an update does to a program that runs.
type Changed = (i64, i64);

static HASHES: Mutex<VecDeque<(Mark, Changed, Sha256)>> = Mutex::new(VecDeque::new());

/// The hash of a regular file's content; none when it cannot be read, is too large, or changes meanwhile.
pub(super) fn hash(file: &mut File) -> Option<Sha256> {
    let before = file.metadata().ok()?;
    if !before.is_file() || before.size() > LARGEST {
        return None;
    }
    let (mark, changed) = (Mark::of(&before), change(&before));
    if let Some(hash) = kept(&mark, changed) {
        return Some(hash);
    }
    let hash = read(file)?;
    let after = file.metadata().ok()?;
    if (Mark::of(&after), change(&after)) != (mark, changed) {
        return None;
    }
    if before.size() >= SMALLEST_KEPT {
        keep(mark, changed, hash);
    }
    Some(hash)
}

fn change(file: &Metadata) -> Changed {
    (file.ctime(), file.ctime_nsec())
}

fn read(file: &mut File) -> Option<Sha256> {
    let (mut hasher, mut chunk, mut total) = (Hasher::new(), vec![0; CHUNK], 0);
    loop {
        match file.read(&mut chunk).ok()? {
            0 => return Some(hasher.finalize().into()),
            read => {
                hasher.update(&chunk[..read]);
                total += read as u64;
            }
        }
        // It grows while it is read.
        if total > LARGEST {
            return None;
        }
    }
}

fn kept(mark: &Mark, changed: Changed) -> Option<Sha256> {
    let hashes = HASHES.lock().unwrap_or_else(PoisonError::into_inner);
    let found = hashes.iter().find(|(of, at, _)| of == mark && *at == changed);
    found.map(|(.., hash)| *hash)
}

fn keep(mark: Mark, changed: Changed, hash: Sha256) {
    let mut hashes = HASHES.lock().unwrap_or_else(PoisonError::into_inner);
    hashes.retain(|(of, ..)| of.inode != mark.inode || of.device != mark.device);
    if hashes.len() >= KEPT {
        hashes.pop_front();
    }
    hashes.push_back((mark, changed, hash));
}

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;
    use std::io::{Seek, Write};

    use super::*;

    fn digest(content: &[u8]) -> Option<Sha256> {
        Some(Hasher::digest(content).into())
    }

    #[test]
    fn a_large_file_is_hashed_anew_when_it_is_written_to_even_if_its_time_is_set_back() {
        let mut file = tempfile::tempfile().unwrap();
        let mut content = vec![7; SMALLEST_KEPT as usize + 1];
        file.write_all(&content).unwrap();
        let (found, time) =
            (file.metadata().unwrap(), file.metadata().unwrap().modified().unwrap());
        file.rewind().unwrap();
        assert_eq!(hash(&mut file), digest(&content));
        // From what is kept: nothing is left to read.
        assert_eq!(hash(&mut file), digest(&content));
        content[0] = 8;
        file.rewind().unwrap();
        // Until the clock of the file system has gone on.
        while change(&file.metadata().unwrap()) == change(&found) {
            file.write_all(&content).unwrap();
            file.rewind().unwrap();
            file.set_times(FileTimes::new().set_modified(time)).unwrap();
        }
        assert_eq!(Mark::of(&file.metadata().unwrap()), Mark::of(&found));
        assert_eq!(hash(&mut file), digest(&content));
    }

    #[test]
    fn hashes_of_many_files_fill_no_memory() {
        for inode in 0..10 * KEPT as u64 {
            let mark = Mark { device: u64::MAX, inode, size: 0, modified: (0, 0) };
            keep(mark, (0, 0), [0; 32]);
        }
        assert!(HASHES.lock().unwrap().len() <= KEPT);
    }

    #[test]
    fn a_file_too_large_to_read_has_no_hash() {
        let mut file = tempfile::tempfile().unwrap();
        file.set_len(LARGEST + 1).unwrap();
        assert_eq!(hash(&mut file), None);
    }
}
