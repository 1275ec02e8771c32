//! Credentials of a session at AWS, for a program that AWS runs to get them (`credential_process`): the AWS command line asks
//! for them with a code, and until they are about to expire they are kept in memory (a tmpfs), as a code cannot be given
//! again for each of AWS's calls. Long-term keys stay where AWS keeps them.
//!
//! [`wish`] is what is asked for, [`session`] what comes of it, [`kept`] where it is kept, and [`sts`] the call.

#[cfg(unix)]
mod kept;
#[cfg(unix)]
mod moment;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod sts;
pub mod wish;

use passcode_proto::SecretText;

use crate::output::{Failure, Outcome};
pub use wish::{Role, Wish};

/// Prints the session that was kept, or a new one for a code.
#[cfg(unix)]
pub fn print(wish: &Wish, code: impl FnOnce() -> Result<SecretText, Failure>) -> Outcome {
    sts::check_recursion()?;
    let shelf = kept::Shelf::find(&passcode_proto::place::Place::find()?, wish)?;
    let session = match shelf.take(now()) {
        Some(session) => session,
        None => {
            let session = sts::call(wish, code)?;
            shelf.keep(&session)?;
            session
        }
    };
    crate::output::print_json(&session)
}

/// Removes the session that was kept; whether there was one.
#[cfg(unix)]
pub fn forget(wish: &Wish) -> Result<bool, Failure> {
    Ok(kept::Shelf::find(&passcode_proto::place::Place::find()?, wish)?.forget())
}

/// Seconds since 1970; a clock that stands before that keeps nothing.
#[cfg(unix)]
fn now() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |since| since.as_secs())
}

/// The AWS command line reads no code from a pipe on this system.
#[cfg(not(unix))]
pub fn print(_: &Wish, _: impl FnOnce() -> Result<SecretText, Failure>) -> Outcome {
    Err(not_here())
}

/// Nothing is kept on this system.
#[cfg(not(unix))]
pub fn forget(_: &Wish) -> Result<bool, Failure> {
    Err(not_here())
}

#[cfg(not(unix))]
fn not_here() -> Failure {
    let hint = "Give the code by hand: aws sts get-session-token";
    Failure::local("aws", "On this system AWS sessions are not served yet.", hint)
}
