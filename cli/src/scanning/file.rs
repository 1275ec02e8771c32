//! Pictures from files and from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use passcode_proto::client::scan::ScanFault;
use passcode_proto::picture::{BYTES, Trouble};

use super::{Picture, failure};
use crate::input;
use crate::output::Failure;
use crate::terminal;

/// Reads a picture; the path `-` is standard input.
pub fn read(path: &Path) -> Result<Picture, Failure> {
    if path != Path::new("-") {
        return File::open(path).and_then(whole).map_err(|error| unreadable(&error))?;
    }
    if terminal::can_ask() {
        return Err(Failure::usage(
            "Standard input is a terminal, and holds no picture.",
            "Write the picture there: passcode pair --qr - < FILE",
        ));
    }
    input::unbuffered_input().and_then(whole).map_err(|error| unreadable(&error))?
}

/// All that there is, or the failure that it is too much.
fn whole(source: impl Read) -> io::Result<Result<Picture, Failure>> {
    let picture = input::read_all(source, BYTES + 1)?;
    Ok(match picture.len() <= BYTES {
        true => Ok(picture),
        false => Err(failure(ScanFault::Picture(Trouble::TooLarge))),
    })
}

fn unreadable(error: &io::Error) -> Failure {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "There is no such file.",
        io::ErrorKind::PermissionDenied => "The file of the picture may not be read.",
        _ => "The file of the picture cannot be read.",
    };
    Failure::local("picture", message, "Name a picture in PNG or JPEG: passcode pair --qr FILE")
}
