//! What SQLite's errors mean for the vault (<https://sqlite.org/rescode.html>). Their texts are dropped: they name
//! statements, not what a user can mend.

use std::io::ErrorKind;

use rusqlite::{Error, ErrorCode};

use crate::ports::store::StoreFault;

/// Translates an error that came up while `doing` something.
pub fn during(doing: &'static str) -> impl Fn(Error) -> StoreFault + Copy {
    move |error| match error.sqlite_error_code() {
        Some(code) => from_code(code, doing),
        // Rows that are missing or of another type than we write.
        None => StoreFault::Damaged,
    }
}

fn from_code(code: ErrorCode, doing: &'static str) -> StoreFault {
    use ErrorCode as Code;
    match code {
        Code::DiskFull => StoreFault::Full,
        Code::ReadOnly => StoreFault::ReadOnly,
        Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed => {
            StoreFault::InUse
        }
        // Our statements never change, so one that fails to compile or to hold meets tables that are not ours.
        Code::DatabaseCorrupt
        | Code::NotADatabase
        | Code::SchemaChanged
        | Code::ConstraintViolation
        | Code::TypeMismatch
        | Code::Unknown => StoreFault::Damaged,
        Code::CannotOpen | Code::PermissionDenied | Code::AuthorizationForStatementDenied => {
            StoreFault::Denied
        }
        Code::OutOfMemory => StoreFault::Io(ErrorKind::OutOfMemory, doing),
        Code::TooBig => StoreFault::Io(ErrorKind::FileTooLarge, doing),
        _ => StoreFault::Io(ErrorKind::Other, doing),
    }
}
