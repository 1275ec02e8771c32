//! What agent and clients ask Windows about processes: whose they are, and that a child gets no more than it is given.
//! The only unsafe code of this crate; each call is wrapped here, and nothing is decided here.
//!
//! A user is named by the text of its SID, such as `S-1-5-21-…-1001`.

#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{HANDLE_FLAG_INHERIT, LocalFree, SetHandleInformation};
use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{
    GetTokenInformation, SECURITY_MAX_SID_SIZE, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};
use windows_sys::core::{BOOL, PWSTR};

/// Room for a `TOKEN_USER` and the longest SID behind it, in words that are aligned for both.
const TOKEN_USER_WORDS: usize =
    (size_of::<TOKEN_USER>() + SECURITY_MAX_SID_SIZE as usize).div_ceil(size_of::<u64>());

/// The user of this process.
pub fn own_user() -> io::Result<String> {
    // SAFETY: takes nothing and gives a pseudo handle that is always good and is not to be closed.
    user(unsafe { GetCurrentProcess() })
}

/// The user of the process `pid`.
///
/// Fails when there is no such process and when the system does not let us look at it, as is usual with the processes
/// of other users.
pub fn user_of(pid: u32) -> io::Result<String> {
    // SAFETY: takes plain numbers.
    let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if process.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was opened just now, is not null, and is nobody else's to close.
    let process = unsafe { OwnedHandle::from_raw_handle(process) };
    user(process.as_raw_handle())
}

/// Whether the process `pid` is one of our own user.
pub fn is_ours(pid: u32) -> bool {
    matches!((user_of(pid), own_user()), (Ok(theirs), Ok(ours)) if theirs == ours)
}

/// Keeps our standard input, output and error from children that are not given them: whoever reads our output to its
/// end would otherwise wait for the agent that we start.
pub fn keep_standard_handles() {
    let kept =
        [io::stdin().as_raw_handle(), io::stdout().as_raw_handle(), io::stderr().as_raw_handle()];
    for handle in kept.into_iter().filter(|handle| !handle.is_null()) {
        // SAFETY: changes a flag of a handle that the standard library holds open for as long as we live. If somebody
        // closed it behind its back the call fails, which leaves things as they were.
        unsafe { SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0) };
    }
}

fn user(process: RawHandle) -> io::Result<String> {
    let mut token = null_mut();
    // SAFETY: `process` is open or the pseudo handle of this process, and `token` is a place to write one handle to.
    succeeded(unsafe { OpenProcessToken(process, TOKEN_QUERY, &mut token) })?;
    // SAFETY: the call above has opened it, and it is nobody else's to close.
    user_of_token(&unsafe { OwnedHandle::from_raw_handle(token) })
}

fn user_of_token(token: &OwnedHandle) -> io::Result<String> {
    let mut found = [0_u64; TOKEN_USER_WORDS];
    let (mut needed, room) = (0, size_of_val(&found) as u32);
    let start = found.as_mut_ptr().cast();
    // SAFETY: the token is open with TOKEN_QUERY, and `start` is the beginning of `room` bytes that may be written.
    succeeded(unsafe {
        GetTokenInformation(token.as_raw_handle(), TokenUser, start, room, &mut needed)
    })?;
    // SAFETY: the call above has put a TOKEN_USER there, and words are aligned for it.
    let sid = unsafe { start.cast::<TOKEN_USER>().read() }.User.Sid;
    let mut text = null_mut();
    // SAFETY: `sid` points at the SID behind the TOKEN_USER in `found`, which is alive, and `text` takes a pointer.
    succeeded(unsafe { ConvertSidToStringSidW(sid, &mut text) })?;
    Ok(take_text(text))
}

/// Reads and frees a text that the system has made.
fn take_text(text: PWSTR) -> String {
    // SAFETY: the system ends the text with a zero, so every unit up to there may be read.
    let length = (0..).take_while(|at| unsafe { *text.add(*at) } != 0).count();
    // SAFETY: `length` units were read just now, and the slice is gone before the text is freed.
    let read = String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) });
    // SAFETY: the system made it with LocalAlloc, for us to free, and nothing points at it any more.
    unsafe { LocalFree(text.cast()) };
    read
}

fn succeeded(result: BOOL) -> io::Result<()> {
    match result {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_process_is_ours_and_a_missing_one_is_not() {
        let user = own_user().unwrap();
        assert!(user.starts_with("S-1-"), "{user}");
        assert_eq!(user_of(std::process::id()).unwrap(), user);
        assert!(is_ours(std::process::id()));
        // Process 0 is the system's idle process, which nobody can open.
        assert!(!is_ours(0));
    }
}
