//! Owners, permissions and links on Unix.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::io_fault;
use crate::ports::store::{Exposure, StoreFault};

const OTHERS_MAY_WRITE: u32 = 0o022;
const OTHERS_MAY_ANYTHING: u32 = 0o077;

pub fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Does not wait for the other end of a pipe.
pub fn open_without_following(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

pub fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

pub fn check_owner_and_writers(metadata: &Metadata, what: &'static str) -> Result<(), StoreFault> {
    let how = if metadata.uid() != rustix::process::geteuid().as_raw() {
        Exposure::OtherOwner
    } else if metadata.mode() & OTHERS_MAY_WRITE != 0 {
        Exposure::OthersMayWrite
    } else {
        return Ok(());
    };
    Err(StoreFault::NotOurs { what, how })
}

pub fn check_readers(metadata: &Metadata, what: &'static str) -> Result<(), StoreFault> {
    if metadata.mode() & OTHERS_MAY_ANYTHING == 0 {
        return Ok(());
    }
    Err(StoreFault::NotOurs { what, how: Exposure::OthersMayRead })
}

pub fn withdraw_readers(
    path: &Path,
    metadata: &Metadata,
    what: &'static str,
) -> Result<(), StoreFault> {
    if metadata.mode() & OTHERS_MAY_ANYTHING == 0 {
        return Ok(());
    }
    tracing::warn!(file = what, "other users could read this file; they no longer can");
    let ours_alone = Permissions::from_mode(metadata.mode() & 0o700);
    fs::set_permissions(path, ours_alone)
        .map_err(|error| io_fault(&error, "changing the permissions of a file"))
}

pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
