//! What comes from C and what goes back: the only place where the caller's memory is read and written. Nothing is
//! trusted but what no library can check: that pointers which are not NULL point where the header says.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::ptr;

use crate::status::passcode_status::{self, *};
use crate::types::{
    PASSCODE_CODE_MAX, PASSCODE_TEXT_MAX, passcode_info, passcode_options, passcode_profile,
};

/// No structure of any version is larger; a larger size is one that was never set.
const LARGEST: usize = 4096;

/// A text that the caller gave.
///
/// # Safety
/// `text` is NULL, or ends with a zero and stays as it is for as long as the result lives.
pub(crate) unsafe fn text<'a>(text: *const c_char) -> Result<Option<&'a str>, passcode_status> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: it is not NULL, and the rest is promised.
    let text = unsafe { CStr::from_ptr(text) }.to_str().map_err(|_| PASSCODE_BAD_TEXT)?;
    if (1..=PASSCODE_TEXT_MAX).contains(&text.len()) {
        Ok(Some(text))
    } else {
        Err(PASSCODE_BAD_TEXT)
    }
}

/// The options that the caller gave: those of this version, and of a later one if they are not in use.
///
/// # Safety
/// `options` is NULL, or points to as many bytes as its first field says.
pub(crate) unsafe fn options(
    options: *const passcode_options,
) -> Result<Option<passcode_options>, passcode_status> {
    if options.is_null() {
        return Ok(None);
    }
    if !options.is_aligned() {
        return Err(PASSCODE_BAD_ARGUMENT);
    }
    // SAFETY: every version begins with the size.
    let size = unsafe { options.cast::<usize>().read() };
    let known = size_of::<passcode_options>();
    if !(known..=LARGEST).contains(&size) {
        return Err(PASSCODE_BAD_OPTIONS);
    }
    // SAFETY: as many bytes are there as the size says.
    let later =
        unsafe { std::slice::from_raw_parts(options.cast::<u8>().add(known), size - known) };
    if later.iter().any(|byte| *byte != 0) {
        return Err(PASSCODE_BAD_OPTIONS);
    }
    // SAFETY: it is aligned, and at least as large as this version's.
    Ok(Some(unsafe { options.read() }))
}

/// The caller's buffer for a code: empty, or with a whole one.
pub(crate) struct CodeBuffer(*mut c_char);

impl CodeBuffer {
    /// Takes the buffer and wipes it, also when it is refused. Never are more than `PASSCODE_CODE_MAX` bytes touched.
    ///
    /// # Safety
    /// `buffer` is NULL, or points to `length` bytes.
    pub(crate) unsafe fn take(buffer: *mut c_char, length: usize) -> Result<Self, passcode_status> {
        if buffer.is_null() {
            return Err(PASSCODE_BAD_ARGUMENT);
        }
        // SAFETY: so many bytes are there.
        unsafe { ptr::write_bytes(buffer, 0, length.min(PASSCODE_CODE_MAX)) };
        if length < PASSCODE_CODE_MAX { Err(PASSCODE_BUFFER_TOO_SMALL) } else { Ok(Self(buffer)) }
    }

    /// Writes the code and a zero after it.
    pub(crate) fn fill(self, code: &str) -> Result<(), passcode_status> {
        if code.len() >= PASSCODE_CODE_MAX {
            return Err(PASSCODE_VERSION);
        }
        // SAFETY: the buffer has been taken, so it has PASSCODE_CODE_MAX bytes, all zero; the code is shorter.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), self.0.cast(), code.len()) };
        Ok(())
    }
}

/// The caller's structure for what there is to know of a code, if it wants that.
pub(crate) struct Info(Option<*mut passcode_info>);

impl Info {
    /// Takes the structure and sets all but its size to zero.
    ///
    /// # Safety
    /// `info` is NULL, or points to as many bytes as its first field says.
    pub(crate) unsafe fn take(info: *mut passcode_info) -> Result<Self, passcode_status> {
        if info.is_null() {
            return Ok(Self(None));
        }
        if !info.is_aligned() {
            return Err(PASSCODE_BAD_ARGUMENT);
        }
        // SAFETY: every version begins with the size.
        let size = unsafe { info.cast::<usize>().read() };
        if !(size_of::<passcode_info>()..=LARGEST).contains(&size) {
            return Err(PASSCODE_BAD_OPTIONS);
        }
        let head = size_of::<usize>();
        // SAFETY: as many bytes are there as the size says.
        unsafe { ptr::write_bytes(info.cast::<u8>().add(head), 0, size - head) };
        Ok(Self(Some(info)))
    }

    /// Writes what there is to know, with the size that the caller set.
    pub(crate) fn fill(self, known: passcode_info) {
        let Some(info) = self.0 else { return };
        // SAFETY: the structure has been taken, so it is aligned and at least as large as this version's.
        unsafe { info.write(passcode_info { size: info.cast::<usize>().read(), ..known }) };
    }
}

/// The caller's array for profiles, and its number of them.
pub(crate) struct ProfileArray {
    profiles: *mut passcode_profile,
    capacity: usize,
    count: *mut usize,
}

impl ProfileArray {
    /// Takes the array, and sets the number to zero.
    ///
    /// # Safety
    /// `profiles` is NULL or points to `capacity` profiles; `count` is NULL or points to a number.
    pub(crate) unsafe fn take(
        profiles: *mut passcode_profile,
        capacity: usize,
        count: *mut usize,
    ) -> Result<Self, passcode_status> {
        if count.is_null() || !count.is_aligned() {
            return Err(PASSCODE_BAD_ARGUMENT);
        }
        // SAFETY: it is aligned and not NULL.
        unsafe { count.write(0) };
        if !profiles.is_aligned() || (profiles.is_null() && capacity > 0) {
            return Err(PASSCODE_BAD_ARGUMENT);
        }
        Ok(Self { profiles, capacity, count })
    }

    /// Writes the number, and all profiles if there is room for them; else none.
    pub(crate) fn fill(self, listed: &[passcode_profile]) -> Result<(), passcode_status> {
        // SAFETY: it was found aligned and not NULL.
        unsafe { self.count.write(listed.len()) };
        if listed.len() > self.capacity {
            return Err(PASSCODE_BUFFER_TOO_SMALL);
        }
        if !listed.is_empty() {
            // SAFETY: there is room for `capacity` profiles, which are not fewer; it is aligned and not NULL.
            unsafe { ptr::copy_nonoverlapping(listed.as_ptr(), self.profiles, listed.len()) };
        }
        Ok(())
    }
}

/// Writes the agent's state, if the caller gave a place for it.
///
/// # Safety
/// `place` is NULL or points to a value.
pub(crate) unsafe fn put<T>(place: *mut T, value: T) -> Result<(), passcode_status> {
    if place.is_null() || !place.is_aligned() {
        return Err(PASSCODE_BAD_ARGUMENT);
    }
    // SAFETY: it is aligned and not NULL.
    unsafe { place.write(value) };
    Ok(())
}
