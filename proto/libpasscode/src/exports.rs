//! The functions of `passcode.h`, whose documentation this is. Each takes its arguments from C, has the work done, and
//! says how it ended.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};
use std::ptr;

use crate::ask::{self, Wishes};
use crate::boundary::{self, CodeBuffer, Info, ProfileArray};
use crate::guard::guard;
use crate::status::{passcode_status, words};
use crate::types::{passcode_info, passcode_options, passcode_profile, passcode_state};

/// Gets a passcode.
///
/// A counter-based code is spent by this, and the next call gives the next one; its counter is on disk before the code
/// comes. Whatever can be found wrong without asking is found first, so that no code is spent for nothing.
///
/// @param profile A name, a unique beginning of one, or `issuer:account`, in UTF-8. NULL: the default profile.
/// @param buffer Where the code goes, with a zero at its end. It is wiped first; after a failure it is all zero, in its
///     first PASSCODE_CODE_MAX bytes. Wipe it when you have used the code (explicit_bzero, memset_s).
/// @param length The bytes of the buffer, at least PASSCODE_CODE_MAX.
/// @param options How it is wanted. NULL: as usual, which is to wait and to ask the user where that is needed.
/// @param info Where to tell more of the code. NULL: nowhere.
/// @return PASSCODE_OK, or what is in the way. A call that ends with PASSCODE_TIMED_OUT may have spent a counter-based
///     code.
///
/// # Safety
/// Pointers are NULL or as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn passcode_get(
    profile: *const c_char,
    buffer: *mut c_char,
    length: usize,
    options: *const passcode_options,
    info: *mut passcode_info,
) -> passcode_status {
    guard(|| {
        // SAFETY: the caller's promises are those that are asked for.
        let (buffer, info) = unsafe { (CodeBuffer::take(buffer, length), Info::take(info)) };
        // SAFETY: as before.
        let (profile, wishes) = unsafe { (boundary::text(profile)?, wishes(options)?) };
        ask::code(profile, wishes, buffer?, info?)
    })
}

/// Lists the profiles. Nothing is spent by this, and the vault has to be open.
///
/// @param profiles An array for them. NULL with a capacity of 0: only count them.
/// @param capacity For how many profiles the array has room.
/// @param count How many profiles there are, also when there is no room for them; 0 after other failures.
/// @param options PASSCODE_NO_START matters, the rest does not. NULL: as usual.
/// @return PASSCODE_OK; PASSCODE_BUFFER_TOO_SMALL when there are more than `capacity`, and the array is left as it was;
///     or what is in the way.
///
/// # Safety
/// Pointers are NULL or as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn passcode_list(
    profiles: *mut passcode_profile,
    capacity: usize,
    count: *mut usize,
    options: *const passcode_options,
) -> passcode_status {
    guard(|| {
        // SAFETY: the caller's promises are those that are asked for.
        let array = unsafe { ProfileArray::take(profiles, capacity, count)? };
        // SAFETY: as before.
        let wishes = unsafe { wishes(options)? };
        ask::profiles(wishes, array)
    })
}

/// What the options and the text in them say.
///
/// # Safety
/// The pointers are NULL or as the header says.
unsafe fn wishes(options: *const passcode_options) -> Result<Wishes, passcode_status> {
    // SAFETY: it is what is promised here.
    let options = unsafe { boundary::options(options)? };
    let purpose = options.map_or(ptr::null(), |given| given.purpose);
    // SAFETY: as before.
    Wishes::read(options, unsafe { boundary::text(purpose)? })
}

/// Tells how the agent is. It starts none, asks nobody, and does not count as use of the vault.
///
/// @param state Where its state goes, when it answers.
/// @return PASSCODE_OK; PASSCODE_UNREACHABLE when none runs; or what is in the way.
///
/// # Safety
/// The pointer is NULL or as the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn passcode_agent_state(state: *mut passcode_state) -> passcode_status {
    guard(|| {
        if state.is_null() {
            return Err(passcode_status::PASSCODE_BAD_ARGUMENT);
        }
        let now = ask::state()?;
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { boundary::put(state, now) }
    })
}

/// Says what happened, in one English sentence.
///
/// @param status What a call returned; any other number is answered too.
/// @return A text that lasts for ever. Never NULL. Texts may change between versions, numbers do not.
#[unsafe(no_mangle)]
pub extern "C" fn passcode_status_text(status: c_int) -> *const c_char {
    words(status).0.as_ptr()
}

/// Says what the user can do about it, in English.
///
/// @param status What a call returned; any other number is answered too.
/// @return A text that lasts for ever. Never NULL. Texts may change between versions, numbers do not.
#[unsafe(no_mangle)]
pub extern "C" fn passcode_status_hint(status: c_int) -> *const c_char {
    words(status).1.as_ptr()
}

/// The version of the library that is in use, which may be later than that of the header: "1.2.3".
///
/// @return A text that lasts for ever. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn passcode_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
