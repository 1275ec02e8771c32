//! Pages of memory as Windows gives, locks and takes them back. Children never get any of them; core files are not
//! written unless somebody asks for them.

use std::ffi::c_void;
use std::ptr::{NonNull, null};

use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualLock,
};

use super::Refused;

/// A new page of zeros with room for `length` bytes, or none when there is no memory left.
pub(super) fn map(length: usize) -> Option<NonNull<c_void>> {
    // SAFETY: the system chooses a place where nothing is, so no memory that is in use changes.
    let page = unsafe { VirtualAlloc(null(), length, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) };
    NonNull::new(page)
}

/// Protects a page that [`map`] gave, as far as the system lets us.
pub(super) fn protect(page: NonNull<c_void>, length: usize) -> Refused {
    // SAFETY: the page is ours, and locking changes nothing but whether it can be swapped out.
    let locked = unsafe { VirtualLock(page.as_ptr(), length) };
    Refused { locking: locked == 0, withholding: false }
}

/// Gives back a page that [`map`] gave, and its lock with it.
pub(super) fn unmap(page: NonNull<c_void>, _: usize) {
    // SAFETY: the page came from `map`, is freed as a whole (a length of 0 asks for that), and its owner is being
    // dropped: nothing points into it.
    let freed = unsafe { VirtualFree(page.as_ptr(), 0, MEM_RELEASE) };
    // It was wiped before; a page that stays mapped is lost, no more.
    debug_assert!(freed != 0, "a page that was mapped can be freed");
}
