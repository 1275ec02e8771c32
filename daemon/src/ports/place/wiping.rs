//! Wiping files: what they held is overwritten with zeros, durably, before their blocks go back to the system.
//!
//! This reaches as far as the file system overwrites in place. One that copies on writing (Btrfs, ZFS), a snapshot, or
//! a drive that spreads its writes may keep the old blocks; only a disk that is encrypted as a whole covers those.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use super::{Access, absent_as_none, io_fault, open_ours, sync_folder};
use crate::ports::store::StoreFault;

/// The part that a drive writes whole or not at all (the smallest sector that is in use).
const SECTOR: u64 = 512;
/// Zeros that are written at once.
const CHUNK: usize = 16 * 1024;

/// Overwrites a small file of ours with zeros, removes it, and makes that durable. Nothing happens when it is missing;
/// a link, a folder or another user's file is refused and left as it is.
///
/// Other names of the same file (hard links) stay, and lead to the zeros.
pub fn scrub_and_remove(path: &Path, what: &'static str) -> Result<(), StoreFault> {
    if overwrite(path, what)? {
        remove(path)?;
        path.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(())
}

/// Overwrites the whole length of a file of ours with zeros, durably. False when it is missing.
///
/// The first sector is zero on the disk before anything else of the file is. So whoever finds the file after a crash
/// finds it with its header or without, and never a header with half of what belongs to it.
pub fn overwrite(path: &Path, what: &'static str) -> Result<bool, StoreFault> {
    let Some((file, metadata)) = open_ours(path, what, Access::Write)? else { return Ok(false) };
    wipe(file, metadata.len()).map(|()| true)
}

/// Overwrites the whole length of an open file, durably.
pub(super) fn wipe(file: File, length: u64) -> Result<(), StoreFault> {
    fill_with_zeros(file, length).map_err(|error| io_fault(&error, "overwriting a file"))
}

/// Removes the name; nothing happens when there is none.
pub fn remove(path: &Path) -> Result<(), StoreFault> {
    absent_as_none(fs::remove_file(path), "removing a file of the vault").map(|_| ())
}

fn fill_with_zeros(mut file: File, length: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let first = length.min(SECTOR);
    for part in [first, length - first] {
        write_zeros(&mut file, part)?;
        if part > 0 {
            file.sync_data()?;
        }
    }
    Ok(())
}

fn write_zeros(file: &mut File, mut length: u64) -> io::Result<()> {
    while length > 0 {
        let chunk = length.min(CHUNK as u64);
        let zeros = usize::try_from(chunk).map_err(|_| ErrorKind::InvalidInput)?;
        file.write_all(&[0; CHUNK][..zeros])?;
        length -= chunk;
    }
    Ok(())
}
