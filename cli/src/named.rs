//! The names under which this program is started by others that can name a program and no arguments.

use std::ffi::OsString;
use std::path::Path;

/// Name of the program, and the command that it is then.
const NAMES: &[(&str, &str)] =
    &[("passcode-askpass", "askpass"), ("passcode-pinentry", "pinentry")];

/// The command line that is meant: of a program with such a name, all arguments are the command's.
pub fn meant(arguments: Vec<OsString>) -> Vec<OsString> {
    let called = arguments.first().map(Path::new).and_then(Path::file_stem);
    let command = NAMES.iter().find(|(name, _)| called.is_some_and(|called| called == *name));
    let Some((_, command)) = command else { return arguments };
    let given = arguments.into_iter().skip(1);
    ["passcode", command, "--"].into_iter().map(OsString::from).chain(given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_by(arguments: &[&str]) -> Vec<OsString> {
        meant(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn under_the_name_of_an_askpass_program_a_prompt_is_all_that_is_read() {
        let meant = meant_by(&["/usr/bin/passcode-askpass", "--version Password: "]);
        assert_eq!(meant, ["passcode", "askpass", "--", "--version Password: "]);
    }

    #[test]
    fn under_its_own_name_the_command_line_stays_as_it_is() {
        assert_eq!(meant_by(&["passcode", "get"]), ["passcode", "get"]);
    }
}
