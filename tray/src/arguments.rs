//! The few options that the tray takes.

use std::ffi::OsString;

/// What `--help` prints.
pub const HELP: &str = "\
Passcodes from the tray: an icon with a menu, and windows to pair, copy and unlock.

Usage: passcode-tray [OPTIONS]

Options:
      --hidden   Show no window at the start; for login
  -h, --help     Print this help
  -V, --version  Print the version

Started a second time it brings up the window of the one that runs.

Exit status: 0 done, 1 failed, 2 usage, 3 no session bus.";

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The tray.
    Tray {
        /// Without a window at first.
        hidden: bool,
    },
    /// [`HELP`].
    Help,
    /// The version.
    Version,
}

/// Reads the arguments, without the program's name.
///
/// # Errors
/// The argument that is not known.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Wanted, String> {
    let mut hidden = false;
    for argument in arguments {
        match argument.to_str() {
            Some("--hidden") => hidden = true,
            Some("-h" | "--help") => return Ok(Wanted::Help),
            Some("-V" | "--version") => return Ok(Wanted::Version),
            _ => return Err(argument.to_string_lossy().into_owned()),
        }
    }
    Ok(Wanted::Tray { hidden })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(arguments: &[&str]) -> Result<Wanted, String> {
        read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert_eq!(read_all(&["--hidden"]), Ok(Wanted::Tray { hidden: true }));
        assert_eq!(read_all(&[]), Ok(Wanted::Tray { hidden: false }));
        assert_eq!(read_all(&["--hide"]), Err("--hide".to_owned()));
    }
}
