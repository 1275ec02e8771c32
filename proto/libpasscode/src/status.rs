//! How calls end: a closed list whose numbers never change, in the groups in which the command line exits. Texts come
//! from the protocol's failures where there is one, so that library and programs say the same.

use std::ffi::{CStr, c_int};

use passcode_proto::fault::Exit;
use passcode_proto::{Fault, FaultCode};

/// How a call ended. A hundredth of the number is the exit status of `passcode` for the same failure; later versions
/// may add numbers within these groups, so treat one that you do not know as its group, `status / 100`.
#[repr(C)]
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum passcode_status {
    /// It was done.
    PASSCODE_OK = 0,
    /// It failed in a way that no other status names.
    PASSCODE_FAILED = 100,
    /// Agent or library failed at something that should have worked.
    PASSCODE_INTERNAL = 101,
    /// Agent and library are of versions that do not understand each other.
    PASSCODE_VERSION = 102,
    /// The agent could not write to disk; no code was spent.
    PASSCODE_STORE_FAILED = 103,
    /// The computer's clock cannot be right.
    PASSCODE_CLOCK_WRONG = 104,
    /// A pointer that must not be NULL is, or a structure is not where one can be.
    PASSCODE_BAD_ARGUMENT = 200,
    /// The buffer is too small; nothing was asked and no code was spent.
    PASSCODE_BUFFER_TOO_SMALL = 201,
    /// A text is empty, longer than PASSCODE_TEXT_MAX, or not UTF-8.
    PASSCODE_BAD_TEXT = 202,
    /// The options have no size, a flag that this version does not know, or a value out of range.
    PASSCODE_BAD_OPTIONS = 203,
    /// No agent is running, and none could or should be started.
    PASSCODE_UNREACHABLE = 300,
    /// The agent did not answer in time.
    PASSCODE_TIMED_OUT = 301,
    /// The agent is ending.
    PASSCODE_STOPPING = 302,
    /// The vault is locked, and the user did not unlock it.
    PASSCODE_LOCKED = 400,
    /// A PIN has to be made before codes are given.
    PASSCODE_PIN_DUE = 401,
    /// The agent refuses.
    PASSCODE_REFUSED = 500,
    /// The code would not be ready within the wait.
    PASSCODE_NOT_READY = 501,
    /// The agent has too many connections.
    PASSCODE_BUSY = 502,
    /// The agent belongs to another user, or this program may not do that.
    PASSCODE_FORBIDDEN = 503,
    /// The administrator's policy forbids it.
    PASSCODE_POLICY_FORBIDS = 504,
    /// There is no such profile.
    PASSCODE_NO_SUCH_PROFILE = 600,
    /// More than one profile fits.
    PASSCODE_AMBIGUOUS = 601,
    /// No profile was named, and there is no default among several.
    PASSCODE_NONE_NAMED = 602,
    /// No profile is paired yet.
    PASSCODE_NOTHING_PAIRED = 603,
    /// The organisation has unpaired this profile.
    PASSCODE_UNPAIRED_THERE = 604,
    /// The user typed a wrong PIN or passphrase.
    PASSCODE_WRONG_PIN = 700,
    /// No PIN is taken after wrong ones.
    PASSCODE_BLOCKED = 800,
    /// The vault is damaged or cannot be read.
    PASSCODE_VAULT = 1000,
}

use passcode_status::*;

const ALL: &[passcode_status] = &[
    PASSCODE_OK,
    PASSCODE_FAILED,
    PASSCODE_INTERNAL,
    PASSCODE_VERSION,
    PASSCODE_STORE_FAILED,
    PASSCODE_CLOCK_WRONG,
    PASSCODE_BAD_ARGUMENT,
    PASSCODE_BUFFER_TOO_SMALL,
    PASSCODE_BAD_TEXT,
    PASSCODE_BAD_OPTIONS,
    PASSCODE_UNREACHABLE,
    PASSCODE_TIMED_OUT,
    PASSCODE_STOPPING,
    PASSCODE_LOCKED,
    PASSCODE_PIN_DUE,
    PASSCODE_REFUSED,
    PASSCODE_NOT_READY,
    PASSCODE_BUSY,
    PASSCODE_FORBIDDEN,
    PASSCODE_POLICY_FORBIDS,
    PASSCODE_NO_SUCH_PROFILE,
    PASSCODE_AMBIGUOUS,
    PASSCODE_NONE_NAMED,
    PASSCODE_NOTHING_PAIRED,
    PASSCODE_UNPAIRED_THERE,
    PASSCODE_WRONG_PIN,
    PASSCODE_BLOCKED,
    PASSCODE_VAULT,
];

impl From<FaultCode> for passcode_status {
    fn from(code: FaultCode) -> Self {
        match code {
            FaultCode::Internal => PASSCODE_INTERNAL,
            FaultCode::Version => PASSCODE_VERSION,
            FaultCode::StoreFailed => PASSCODE_STORE_FAILED,
            FaultCode::ClockWrong => PASSCODE_CLOCK_WRONG,
            FaultCode::Stopping => PASSCODE_STOPPING,
            FaultCode::PinDue => PASSCODE_PIN_DUE,
            FaultCode::NotReady => PASSCODE_NOT_READY,
            FaultCode::Busy => PASSCODE_BUSY,
            FaultCode::Forbidden => PASSCODE_FORBIDDEN,
            FaultCode::PolicyForbids => PASSCODE_POLICY_FORBIDS,
            FaultCode::Ambiguous => PASSCODE_AMBIGUOUS,
            FaultCode::NoneNamed => PASSCODE_NONE_NAMED,
            FaultCode::NothingPaired => PASSCODE_NOTHING_PAIRED,
            FaultCode::UnpairedThere => PASSCODE_UNPAIRED_THERE,
            code => code.exit().into(),
        }
    }
}

impl From<Exit> for passcode_status {
    fn from(group: Exit) -> Self {
        match group {
            // Nothing that the library asks can fail at pairing.
            Exit::Failed | Exit::Pairing => PASSCODE_FAILED,
            Exit::Usage => PASSCODE_BAD_ARGUMENT,
            Exit::Unreachable => PASSCODE_UNREACHABLE,
            Exit::Locked => PASSCODE_LOCKED,
            Exit::Refused => PASSCODE_REFUSED,
            Exit::Profile => PASSCODE_NO_SUCH_PROFILE,
            Exit::WrongPin => PASSCODE_WRONG_PIN,
            Exit::Blocked => PASSCODE_BLOCKED,
            Exit::Vault => PASSCODE_VAULT,
        }
    }
}

impl From<Fault> for passcode_status {
    fn from(fault: Fault) -> Self {
        fault.code.into()
    }
}

/// What happened, and what to do.
pub(crate) fn words(status: c_int) -> (&'static CStr, &'static CStr) {
    ALL.iter().find(|known| **known as c_int == status).map_or(
        (
            c"This version of the library does not know this status.",
            c"A hundredth of the number tells its kind; see passcode.h.",
        ),
        |known| known.words(),
    )
}

/// Copies a text with a zero at its end.
const fn terminate<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < text.len() {
        bytes[at] = text.as_bytes()[at];
        at += 1;
    }
    bytes
}

/// The texts of a failure of the protocol, made for C when this is compiled.
macro_rules! of {
    ($code:ident) => {
        (of!(@text FaultCode::$code.message()), of!(@text FaultCode::$code.hint()))
    };
    (@text $text:expr) => {{
        const TEXT: &str = $text;
        static BYTES: [u8; TEXT.len() + 1] = terminate(TEXT);
        CStr::from_bytes_with_nul(&BYTES).unwrap_or(c"")
    }};
}

impl passcode_status {
    fn words(self) -> (&'static CStr, &'static CStr) {
        match self {
            PASSCODE_OK => (c"Done.", c"There is nothing to do."),
            PASSCODE_FAILED => {
                (c"The agent could not do it.", c"Ask it by hand, to see why: passcode get")
            }
            PASSCODE_INTERNAL => of!(Internal),
            PASSCODE_VERSION => of!(Version),
            PASSCODE_STORE_FAILED => of!(StoreFailed),
            PASSCODE_CLOCK_WRONG => of!(ClockWrong),
            PASSCODE_UNREACHABLE => of!(Unreachable),
            PASSCODE_TIMED_OUT => (
                c"The agent did not answer in time.",
                c"See whether it hangs, with: passcode status; end it with: passcode agent stop",
            ),
            PASSCODE_STOPPING => of!(Stopping),
            PASSCODE_LOCKED => of!(Locked),
            PASSCODE_PIN_DUE => of!(PinDue),
            PASSCODE_VAULT => of!(VaultUnreadable),
            other => other.words_of_refusals(),
        }
    }

    fn words_of_refusals(self) -> (&'static CStr, &'static CStr) {
        match self {
            PASSCODE_NOT_READY => (
                c"The code would not be ready within the wait.",
                c"Wait longer, up to 60 seconds, or ask without PASSCODE_FRESH and min_valid.",
            ),
            PASSCODE_BUSY => of!(Busy),
            PASSCODE_FORBIDDEN => of!(Forbidden),
            PASSCODE_POLICY_FORBIDS => of!(PolicyForbids),
            PASSCODE_NO_SUCH_PROFILE => of!(NoSuchProfile),
            PASSCODE_AMBIGUOUS => of!(Ambiguous),
            PASSCODE_NONE_NAMED => of!(NoneNamed),
            PASSCODE_NOTHING_PAIRED => of!(NothingPaired),
            PASSCODE_UNPAIRED_THERE => of!(UnpairedThere),
            PASSCODE_WRONG_PIN => of!(WrongPin),
            PASSCODE_BLOCKED => of!(PinBlocked),
            PASSCODE_BAD_ARGUMENT => {
                (c"An argument is missing.", c"See passcode.h for what may be NULL.")
            }
            PASSCODE_BUFFER_TOO_SMALL => (
                c"The buffer is too small.",
                c"Give PASSCODE_CODE_MAX bytes for a code, and an array for as many profiles as were counted.",
            ),
            PASSCODE_BAD_TEXT => (
                c"A text is empty, too long or not UTF-8.",
                c"Give the profile's name in UTF-8, or NULL for the default profile.",
            ),
            PASSCODE_BAD_OPTIONS => (
                c"The options are not such as this version of the library knows.",
                c"Begin with PASSCODE_OPTIONS_INIT, and do not set what passcode.h of this version does not have.",
            ),
            _ => (c"The agent refuses.", c"Ask it by hand, to see why: passcode get"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_status_is_of_the_group_in_which_the_command_line_exits() {
        for code in FaultCode::ALL.iter().filter(|code| code.exit() != Exit::Pairing) {
            let status = passcode_status::from(*code) as c_int;
            assert_eq!(status / 100, c_int::from(code.exit() as u8), "{}", code.name());
        }
    }

    #[test]
    fn every_status_says_what_happened_and_what_to_do_in_words_of_its_own() {
        let source = include_str!("status.rs");
        let (_, list) = source.split_once("pub enum passcode_status {").unwrap();
        let (list, _) = list.split_once("\n}").unwrap();
        let numbers = list.lines().filter_map(|line| line.trim().strip_prefix("PASSCODE_"));
        assert_eq!(numbers.count(), ALL.len(), "ALL is whole");
        let texts: HashSet<_> = ALL.iter().map(|status| status.words()).collect();
        assert_eq!(texts.len(), ALL.len());
        for (text, hint) in texts {
            assert!(text.to_bytes().ends_with(b"."), "{text:?}");
            assert!(hint.to_bytes().len() > 10, "{hint:?}");
        }
    }

    #[test]
    fn a_number_that_is_no_status_has_words_too() {
        for number in [-1, 1, 105, c_int::MAX, c_int::MIN] {
            assert!(!words(number).0.is_empty());
        }
    }
}
