//! The data folder and the files in it, before anything is read from them or written: they must be ours alone, be
//! what they should be, and come into being whole. What the files hold is not known here.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::store::StoreFault;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Makes the folder, with its parents, for us alone when it is missing; refuses one that is not ours alone.
pub fn make_folder(folder: &Path) -> Result<(), StoreFault> {
    system::create_folder(folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => StoreFault::NotAFolder,
        _ => io_fault(&error, "making the data folder"),
    })?;
    check_folder(folder).map(|_| ())
}

/// Refuses a folder that is not ours alone; false when there is none.
pub fn check_folder(folder: &Path) -> Result<bool, StoreFault> {
    let found = absent_as_none(fs::metadata(folder), "looking at the data folder")?;
    let Some(metadata) = found else { return Ok(false) };
    if !metadata.is_dir() {
        return Err(StoreFault::NotAFolder);
    }
    system::check_owner_and_writers(&metadata, "the data folder")?;
    Ok(true)
}

/// Refuses what is no regular file of ours, and takes from others the right to read it. `None` when it is missing.
///
/// The file is not opened: closing it would end the locks that this process holds on it (POSIX record locks).
pub fn check_file(path: &Path, what: &'static str) -> Result<Option<Metadata>, StoreFault> {
    let found = absent_as_none(fs::symlink_metadata(path), "looking at a file of the vault")?;
    let Some(metadata) = found else { return Ok(None) };
    if !metadata.is_file() {
        return Err(StoreFault::NotAFile { what });
    }
    system::check_owner_and_writers(&metadata, what)?;
    system::withdraw_readers(path, &metadata, what)?;
    Ok(Some(metadata))
}

/// Reads a file of ours whose contents no one else may have read, `most` bytes of it and one more when it has more.
/// `None` when it is missing.
pub fn read_unread_file(
    path: &Path,
    what: &'static str,
    most: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreFault> {
    let Some((file, metadata)) = open_ours(path, what, Access::Read)? else { return Ok(None) };
    system::check_readers(&metadata, what)?;
    read(file, most).map(Some)
}

/// The same for a file that the system may have put there for us, in a folder where no one else can put another.
pub fn read_given_file(
    folder: &Path,
    what: &'static str,
    most: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreFault> {
    let found = open_file(&folder.join(what), what, Access::Read)?;
    let Some((file, metadata)) = found else { return Ok(None) };
    let looked = fs::metadata(folder);
    let folder = looked.map_err(|error| io_fault(&error, "looking at the folder of a file"))?;
    system::check_given(&folder, &metadata, what)?;
    read(file, most).map(Some)
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// Opens a regular file of ours; never what a link leads to. `None` when it is missing.
fn open_ours(
    path: &Path,
    what: &'static str,
    access: Access,
) -> Result<Option<(File, Metadata)>, StoreFault> {
    let Some((file, metadata)) = open_file(path, what, access)? else { return Ok(None) };
    system::check_owner_and_writers(&metadata, what)?;
    Ok(Some((file, metadata)))
}

/// Opens a regular file, whosever it is; never what a link leads to. `None` when it is missing.
fn open_file(
    path: &Path,
    what: &'static str,
    access: Access,
) -> Result<Option<(File, Metadata)>, StoreFault> {
    let opened = match system::open_without_following(path, access == Access::Write) {
        Err(error) if system::is_no_file(&error) => return Err(StoreFault::NotAFile { what }),
        opened => absent_as_none(opened, "opening a file of the vault")?,
    };
    let Some(file) = opened else { return Ok(None) };
    let metadata = file.metadata().map_err(|error| io_fault(&error, "looking at a file"))?;
    if !metadata.is_file() {
        return Err(StoreFault::NotAFile { what });
    }
    Ok(Some((file, metadata)))
}

/// The buffer is as long as it will ever be, so that no copy of it is left.
fn read(file: File, most: usize) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io_fault(&error, "reading a file of the vault"))?;
    Ok(bytes)
}

/// Writes a file of ours as a whole, durably, in the place of the one that had its name; see [`replace`].
pub fn write_file(folder: &Path, name: &'static str, bytes: &[u8]) -> Result<(), StoreFault> {
    make_folder(folder)?;
    sweep_drafts(folder, name);
    let draft = draft_path(folder, name)?;
    if let Err(fault) = write_draft(&draft, bytes) {
        sweep_drafts(folder, name);
        return Err(fault);
    }
    replace(&draft, folder, name)
}

fn write_draft(draft: &Path, bytes: &[u8]) -> Result<(), StoreFault> {
    let mut file = create_file(draft)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| io_fault(&error, "writing a file of the vault"))
}

/// Where a file is made before [`settle`] gives it its name.
pub fn draft_path(folder: &Path, name: &str) -> Result<PathBuf, StoreFault> {
    let number = getrandom::u32()
        .map_err(|_| StoreFault::Io(ErrorKind::Other, "asking the system for random bytes"))?;
    Ok(folder.join(format!("{}{number:08x}", draft_prefix(name))))
}

/// Makes an empty file for us alone, where nothing is yet.
pub fn create_file(path: &Path) -> Result<File, StoreFault> {
    system::create_file(path).map_err(|error| io_fault(&error, "making a file in the data folder"))
}

/// Gives a finished and synced draft its name, durably. False when that name is taken; then only the draft goes.
pub fn settle(draft: &Path, folder: &Path, name: &str) -> Result<bool, StoreFault> {
    let settled = match fs::hard_link(draft, folder.join(name)) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(_) => return settle_without_links(draft, folder, name),
    };
    fs::remove_file(draft).map_err(|error| io_fault(&error, "removing a draft"))?;
    sync_folder(folder)?;
    Ok(settled)
}

/// For file systems without hard links: two agents that make their first vault in the same instant are not told apart.
fn settle_without_links(draft: &Path, folder: &Path, name: &str) -> Result<bool, StoreFault> {
    let path = folder.join(name);
    if absent_as_none(fs::symlink_metadata(&path), "looking at a file of the vault")?.is_some() {
        return Ok(false);
    }
    fs::rename(draft, path).map_err(|error| io_fault(&error, "naming a finished file"))?;
    sync_folder(folder)?;
    Ok(true)
}

/// Gives a finished and synced draft its name, durably, in the place of the file that had it, which is wiped then.
pub fn replace(draft: &Path, folder: &Path, name: &'static str) -> Result<(), StoreFault> {
    let path = folder.join(name);
    let former = open_ours(&path, name, Access::Write)?;
    fs::rename(draft, path).map_err(|error| io_fault(&error, "naming a finished file"))?;
    sync_folder(folder)?;
    former.map_or(Ok(()), |(file, metadata)| wiping::wipe(file, metadata.len()))
}

/// Removes drafts of `name` that a crash has left.
pub fn sweep_drafts(folder: &Path, name: &str) {
    let prefix = draft_prefix(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(reason = %error.kind(), "a file that a crash left cannot be removed");
        }
    }
}

fn draft_prefix(name: &str) -> String {
    format!("{name}.new-")
}

/// Makes new and removed names in the folder durable.
pub fn sync_folder(folder: &Path) -> Result<(), StoreFault> {
    system::sync_folder(folder).map_err(|error| io_fault(&error, "writing the data folder"))
}

/// What an error of the system means for the vault.
pub fn io_fault(error: &io::Error, doing: &'static str) -> StoreFault {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreFault::Full,
        ErrorKind::ReadOnlyFilesystem => StoreFault::ReadOnly,
        ErrorKind::PermissionDenied => StoreFault::Denied,
        ErrorKind::NotADirectory => StoreFault::NotAFolder,
        kind => StoreFault::Io(kind, doing),
    }
}

fn absent_as_none<T>(result: io::Result<T>, doing: &'static str) -> Result<Option<T>, StoreFault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_fault(&error, doing)),
    }
}

pub mod wiping;

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod rig;
#[cfg(test)]
#[cfg(unix)]
mod tests;
