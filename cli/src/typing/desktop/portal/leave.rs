//! The portal's leave to type, a token that is good once and comes anew with each session. It is kept in the user's data folder,
//! for this user's eyes alone: whoever has it can type without a question.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::{io, process};

use passcode_proto::place::Place;

/// Its file.
const NAME: &str = "typing.token";

/// Longest token that is read, in bytes.
const BYTES: usize = 4096;

/// The leave from before, if there is one, and where the next one goes.
pub struct Leave {
    file: Option<PathBuf>,
    token: Option<String>,
}

impl Leave {
    /// Looks for it.
    pub fn find() -> Self {
        Self::at(Place::find().ok().map(|place| place.data.join(NAME)))
    }

    fn at(file: Option<PathBuf>) -> Self {
        let token = file.as_deref().and_then(|file| fs::read_to_string(file).ok());
        let token = token.filter(|token| !token.is_empty() && token.len() <= BYTES);
        Self { file, token }
    }

    /// The token that opens a session without a question.
    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Keeps the next token in place of the one that was used. Where that fails, the user is asked again the next time.
    pub fn keep(&self, next: Option<&str>) {
        let Some(file) = &self.file else { return };
        let _ = match next {
            Some(token) => write(file, token),
            None => fs::remove_file(file),
        };
    }
}

/// Writes the file in one go: two programs that type at once leave one token or the other.
fn write(file: &Path, token: &str) -> io::Result<()> {
    let new = file.with_extension(format!("token.{}", process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options
        .open(&new)
        .and_then(|mut open| open.write_all(token.as_bytes()))
        .and_then(|()| fs::rename(&new, file));
    if written.is_err() {
        // What could not be written may not be there.
        let _ = fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_next_token_takes_the_place_of_the_last_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let find = || Leave::at(Some(folder.path().join(NAME)));
        assert_eq!(find().token(), None);
        find().keep(Some("first"));
        find().keep(Some("second"));
        assert_eq!(find().token().as_deref(), Some("second"));
        let mode = fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        find().keep(None);
        assert_eq!(find().token(), None);
    }

    #[test]
    fn a_place_that_cannot_be_written_keeps_nothing_and_fails_nothing() {
        let leave = Leave::at(Some(PathBuf::from("/proc/none/typing.token")));
        leave.keep(Some("token"));
        assert_eq!(leave.token(), None);
        Leave::at(None).keep(Some("token"));
    }
}
