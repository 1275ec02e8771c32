//! The same on Windows: the profile folder of a user is closed to others by its access list, so only the kind of a file
//! is checked.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::ports::store::StoreFault;

pub fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Opens a symbolic link itself (`FILE_FLAG_OPEN_REPARSE_POINT`), which then is no regular file.
pub fn open_without_following(path: &Path, writing: bool) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let mut options = OpenOptions::new();
    options.read(true).write(writing).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

pub fn is_no_file(_: &io::Error) -> bool {
    false
}

pub fn check_owner_and_writers(_: &Metadata, _: &'static str) -> Result<(), StoreFault> {
    Ok(())
}

pub fn check_readers(_: &Metadata, _: &'static str) -> Result<(), StoreFault> {
    Ok(())
}

pub fn check_given(_: &Metadata, _: &Metadata, _: &'static str) -> Result<(), StoreFault> {
    Ok(())
}

pub fn withdraw_readers(_: &Path, _: &Metadata, _: &'static str) -> Result<(), StoreFault> {
    Ok(())
}

/// Windows has no call for it; names are journalled by NTFS.
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
