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
const GROUP_MAY_READ: u32 = 0o040;

pub fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Opens for reading, or for writing over what is there. Does not wait for the other end of a pipe.
pub fn open_without_following(path: &Path, writing: bool) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    OpenOptions::new().read(true).write(writing).custom_flags(flags.cast_signed()).open(path)
}

/// Whether it was a link, a folder that was to be written, or a socket.
pub fn is_no_file(error: &io::Error) -> bool {
    [Errno::LOOP, Errno::ISDIR, Errno::NXIO]
        .iter()
        .any(|no_file| error.raw_os_error() == Some(no_file.raw_os_error()))
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

/// A service manager's file belongs to us, or to root and is given to us by an access list, which shows as the rights
/// of root's group (`acl(5)`).
pub fn check_given(
    folder: &Metadata,
    file: &Metadata,
    what: &'static str,
) -> Result<(), StoreFault> {
    for (metadata, what) in [(folder, "the folder of credentials"), (file, what)] {
        let is_roots = metadata.uid() == 0;
        if is_roots && metadata.mode() & OTHERS_MAY_WRITE != 0 {
            return Err(StoreFault::NotOurs { what, how: Exposure::OthersMayWrite });
        }
        if !is_roots {
            check_owner_and_writers(metadata, what)?;
        }
    }
    let readers = match (file.uid(), file.gid()) {
        (0, 0) => OTHERS_MAY_ANYTHING & !GROUP_MAY_READ,
        _ => OTHERS_MAY_ANYTHING,
    };
    match file.mode() & readers {
        0 => Ok(()),
        _ => Err(StoreFault::NotOurs { what, how: Exposure::OthersMayRead }),
    }
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
