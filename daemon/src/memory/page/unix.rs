//! Pages of memory as Unix systems give, lock and take them back. Linux also keeps them out of core files and out of
//! children; macOS knows no such thing, and there `harden` says how far core files are forbidden.

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use rustix::mm::{MapFlags, ProtFlags, mlock, mmap_anonymous, munmap};

use super::Refused;

/// A new page of zeros with room for `length` bytes, or none when there is no memory left.
pub(super) fn map(length: usize) -> Option<NonNull<c_void>> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the system chooses a place where nothing is, so no memory that is in use changes.
    let page = unsafe { mmap_anonymous(null_mut(), length, access, MapFlags::PRIVATE) };
    NonNull::new(page.ok()?)
}

/// Protects a page that [`map`] gave, as far as the system lets us.
pub(super) fn protect(page: NonNull<c_void>, length: usize) -> Refused {
    // SAFETY: the page is ours, and locking changes nothing but whether it can be swapped out.
    let locked = unsafe { mlock(page.as_ptr(), length) };
    Refused { locking: locked.is_err(), withholding: !withhold(page, length) }
}

/// Keeps a page out of core files, and gives a child zeros in its place.
#[cfg(target_os = "linux")]
fn withhold(page: NonNull<c_void>, length: usize) -> bool {
    use rustix::mm::{Advice, madvise};
    [Advice::LinuxDontDump, Advice::LinuxWipeOnFork].into_iter().all(|advice| {
        // SAFETY: the page is ours, and neither changes what this process sees in it.
        unsafe { madvise(page.as_ptr(), length, advice) }.is_ok()
    })
}

#[cfg(not(target_os = "linux"))]
fn withhold(_: NonNull<c_void>, _: usize) -> bool {
    true
}

/// Gives back a page that [`map`] gave.
pub(super) fn unmap(page: NonNull<c_void>, length: usize) {
    // SAFETY: the page came from `map` with this length, and its owner is being dropped: nothing points into it.
    let unmapped = unsafe { munmap(page.as_ptr(), length) };
    // It was wiped before; a page that stays mapped is lost, no more.
    debug_assert!(unmapped.is_ok(), "a page that was mapped can be unmapped");
}
