//! A page of memory for one key, and for nothing else: never swapped out, in no core file, empty in a child of this
//! process, wiped when dropped. What of this the system refuses is remembered, and the key is kept there all the same.

#![allow(unsafe_code)]

use std::alloc::{Layout, handle_alloc_error};
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroize;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Set when a page could not be locked.
static SWAPPABLE: AtomicBool = AtomicBool::new(false);

/// Set when a page could not be kept out of core files and children.
static COPIED: AtomicBool = AtomicBool::new(false);

/// A key in a page of its own. It is filled in place, so that no copy of it stays behind.
pub struct KeyPage(NonNull<[u8; KEY_BYTES]>);

// SAFETY: the page belongs to this value alone, as what is in a box does, and no thread has a part in it.
unsafe impl Send for KeyPage {}

// SAFETY: a shared reference gives nothing but shared access to plain bytes.
unsafe impl Sync for KeyPage {}

impl KeyPage {
    /// A page of zeros.
    ///
    /// As with any other memory, the process ends when the system has none left.
    pub fn blank() -> Self {
        let Some(page) = system::map(KEY_BYTES) else {
            handle_alloc_error(Layout::new::<[u8; KEY_BYTES]>());
        };
        let refused = system::protect(page, KEY_BYTES);
        SWAPPABLE.fetch_or(refused.locking, Ordering::Relaxed);
        COPIED.fetch_or(refused.withholding, Ordering::Relaxed);
        Self(page.cast())
    }

    /// The key.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        // SAFETY: the page was mapped for reading and writing, is longer than a key, holds zeros or what was written
        // to it since, and stays mapped for as long as `self` is there.
        unsafe { self.0.as_ref() }
    }

    /// The key, to be filled in.
    pub fn expose_mut(&mut self) -> &mut [u8; KEY_BYTES] {
        // SAFETY: as in `expose`; and `self` is borrowed by nobody else.
        unsafe { self.0.as_mut() }
    }
}

impl Drop for KeyPage {
    fn drop(&mut self) {
        self.expose_mut().zeroize();
        system::unmap(self.0.cast(), KEY_BYTES);
    }
}

impl fmt::Debug for KeyPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// What a system did not do for a page.
struct Refused {
    /// To keep it out of the swap space.
    locking: bool,
    /// To keep it out of core files and of children of this process.
    withholding: bool,
}

/// What the system has refused for any page so far, a sentence for each; for `status`.
pub fn refusals() -> impl Iterator<Item = &'static str> {
    let sentences = [
        (
            &SWAPPABLE,
            "The system does not let the agent lock its keys in memory, so they may reach the swap space: allow it 64 KiB of locked memory (ulimit -l, LimitMEMLOCK).",
        ),
        (
            &COPIED,
            "The system does not keep the agent's keys out of core files and of copies of the process.",
        ),
    ];
    sentences
        .into_iter()
        .filter(|(refused, _)| refused.load(Ordering::Relaxed))
        .map(|(_, sentence)| sentence)
}

#[cfg(test)]
mod tests;
