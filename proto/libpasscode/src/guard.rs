//! Keeps panics inside: they would end the caller's program, or be undefined in C. Nothing is printed about them, since
//! the caller's standard error is not ours.

use std::panic::{self, AssertUnwindSafe};

use crate::status::passcode_status::{self, PASSCODE_INTERNAL, PASSCODE_OK};

/// Does the work of one call, and tells how it ended.
pub(crate) fn guard(work: impl FnOnce() -> Result<(), passcode_status>) -> passcode_status {
    silence();
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => PASSCODE_OK,
        Ok(Err(status)) => status,
        Err(_) => PASSCODE_INTERNAL,
    }
}

/// The hook is that of the library's own copy of the standard library; programs in Rust that load it keep theirs.
#[cfg(not(test))]
fn silence() {
    static SILENT: std::sync::Once = std::sync::Once::new();
    SILENT.call_once(|| panic::set_hook(Box::new(|_| {})));
}

#[cfg(test)]
fn silence() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(guard(|| panic!("as it may happen")), PASSCODE_INTERNAL);
        assert_eq!(guard(|| Ok(())), PASSCODE_OK);
    }
}
