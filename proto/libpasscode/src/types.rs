//! The structures and numbers of `passcode.h`. Structures that the caller makes begin with their own size, so that later
//! versions can add to their ends; arrays keep room in their elements.

use std::ffi::c_char;

/// Bytes that hold every passcode with the zero at its end. A smaller buffer is refused before anything is asked.
pub const PASSCODE_CODE_MAX: usize = 16;

/// Bytes that hold every name with the zero at its end.
pub const PASSCODE_NAME_MAX: usize = 264;

/// The most bytes of a text that a call takes, without the zero at its end.
pub const PASSCODE_TEXT_MAX: usize = 1024;

/// Seconds that an agent has to answer at all, and to be started. A call ends at the latest after these, the wait of
/// its options, and PASSCODE_USER_SECONDS where the user may be asked.
pub const PASSCODE_ANSWER_SECONDS: u32 = 10;

/// Seconds that the user has to unlock the vault.
pub const PASSCODE_USER_SECONDS: u32 = 60;

/// The longest wait for a code, in seconds, and what an options' wait of 0 means.
pub const PASSCODE_WAIT_MAX: u32 = 60;

/// Flag: never a time step whose code was given before, to anyone; wait for the next one. For services that refuse a
/// code they have seen. Without effect on counter-based profiles, which never give a code twice.
pub const PASSCODE_FRESH: u32 = 1;

/// Flag: when the vault is locked, fail at once rather than have the agent ask the user.
pub const PASSCODE_NO_PROMPT: u32 = 2;

/// Flag: when no agent runs, fail at once rather than start one.
pub const PASSCODE_NO_START: u32 = 4;

/// Flag: when the code is not ready, fail at once rather than wait for the next time step.
pub const PASSCODE_NO_WAIT: u32 = 8;

/// Flag of a profile: it is the one that NULL means.
pub const PASSCODE_PROFILE_DEFAULT: u32 = 1;

/// Flag of a profile: the organisation has unpaired it, so that its codes are accepted no more.
pub const PASSCODE_PROFILE_ENDED: u32 = 2;

/// Flag of a profile: its secret is shorter than RFC 4226 requires (section 4, R6).
pub const PASSCODE_PROFILE_WEAK: u32 = 4;

/// Kinds of passcode.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum passcode_kind {
    /// Time-based, RFC 6238.
    PASSCODE_TOTP = 1,
    /// Counter-based, RFC 4226.
    PASSCODE_HOTP = 2,
    /// Time-based with Steam's alphabet, five characters to a code.
    PASSCODE_STEAM = 3,
}

/// How the vault of an agent that answers is.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum passcode_state {
    /// Nothing has been paired yet.
    PASSCODE_STATE_EMPTY = 1,
    /// The keys are not in memory.
    PASSCODE_STATE_LOCKED = 2,
    /// The vault is being opened.
    PASSCODE_STATE_OPENING = 3,
    /// Codes are served.
    PASSCODE_STATE_OPEN = 4,
    /// The vault on disk cannot be used; `passcode status` says why.
    PASSCODE_STATE_BROKEN = 5,
}

/// How a code is wanted. Begin with PASSCODE_OPTIONS_INIT; what is 0 or NULL is as usual.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy)]
pub struct passcode_options {
    /// The size of this structure, which tells the library the version of its caller's header.
    pub size: usize,
    /// What the code is for, such as the host of the VPN: shown to the user where he is asked, and told to whoever watches
    /// the agent. UTF-8, at most 256 bytes, no control characters. NULL: nothing to tell.
    pub purpose: *const c_char,
    /// PASSCODE_FRESH, PASSCODE_NO_PROMPT, PASSCODE_NO_START and PASSCODE_NO_WAIT, joined with `|`.
    pub flags: u32,
    /// At least so many seconds of validity left, else the code of the next time step. 0: any.
    pub min_valid: u32,
    /// At most so many seconds for the next time step to come, 1 to PASSCODE_WAIT_MAX. 0: PASSCODE_WAIT_MAX.
    pub wait: u32,
    /// Room for later versions; 0.
    pub reserved: u32,
}

/// What there is to know of a code. Begin with PASSCODE_INFO_INIT; a call that fails sets all but the size to 0.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy)]
pub struct passcode_info {
    /// The size of this structure, which tells the library the version of its caller's header.
    pub size: usize,
    /// Its kind, a `passcode_kind`.
    pub kind: u32,
    /// Time-based: whole seconds for which it is good from now on. Counter-based: 0.
    pub seconds_left: u32,
    /// Time-based: the first second at which it is over, in seconds since 1970. Counter-based: 0.
    pub valid_to: u64,
    /// Counter-based: the counter that it was made from, which is spent. Time-based: 0.
    pub counter: u64,
    /// The name of the profile, in UTF-8.
    pub profile: [c_char; PASSCODE_NAME_MAX],
}

/// A profile. Its texts are UTF-8, without control characters.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy)]
pub struct passcode_profile {
    /// Its kind, a `passcode_kind`.
    pub kind: u32,
    /// Characters of its codes.
    pub digits: u32,
    /// Seconds of a time step; 0 when it is counter-based.
    pub period: u32,
    /// PASSCODE_PROFILE_DEFAULT, PASSCODE_PROFILE_ENDED and PASSCODE_PROFILE_WEAK, joined with `|`.
    pub flags: u32,
    /// Room for later versions; 0.
    pub reserved: [u32; 8],
    /// Its name, to be given to `passcode_get`.
    pub name: [c_char; PASSCODE_NAME_MAX],
    /// Who issued it; may be empty.
    pub issuer: [c_char; PASSCODE_NAME_MAX],
    /// The account that it is for; may be empty.
    pub account: [c_char; PASSCODE_NAME_MAX],
}
