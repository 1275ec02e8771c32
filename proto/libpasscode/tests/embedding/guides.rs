//! `docs/guides/other-programs.md`: every example in it is run as it is printed. Above each block of code stands the
//! name of the file that it is saved as here.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::build::{crate_file, installed, succeed};
use crate::home::{HOTP, Home};

const COMPILE: &[&str] = &["-std=c99", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-pedantic"];

/// The examples by their names.
static EXAMPLES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = fs::read_to_string(crate_file("../../docs/guides/other-programs.md")).unwrap();
    let mut examples = BTreeMap::new();
    for piece in text.split("<!-- test: ").skip(1) {
        let (name, rest) = piece.split_once(" -->\n```").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        let (code, _) = rest.split_once("\n```\n").unwrap();
        examples.insert(name.to_owned(), format!("{code}\n"));
    }
    assert_eq!(text.matches("\n```").count(), 2 * examples.len(), "every block has a name");
    examples
});

fn save(folder: &Path, name: &str) {
    fs::write(folder.join(name), &EXAMPLES[name]).unwrap();
}

/// A folder with `name` compiled to `example`.
fn compiled(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), name);
    let mut compiler = Command::new("cc");
    succeed(compiler.args(COMPILE).args(["-o", "example", name]).current_dir(folder.path()));
    folder
}

/// A folder with the example of the library, built by the command that is printed below it.
fn library() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "library.c");
    let mut shell = Command::new("sh");
    shell.args(["-euc", &EXAMPLES["library-build"]]).current_dir(folder.path());
    succeed(shell.env("PKG_CONFIG_PATH", installed().join("lib/pkgconfig")));
    folder
}

fn interpreted(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), name);
    folder
}

/// What each example promises: right codes, and the failure's text, hint and exit status.
fn keeps_its_promises(folder: &TempDir, words: &[&str]) {
    let home = Home::paired();
    home.pair("quick", &format!("otpauth://totp/A:a?secret={}&period=8", crate::home::SECRET));
    let run = |home: &Home, profile: &str| -> Output {
        let mut command = home.command(Path::new(words[0]));
        command.args(&words[1..]).arg(profile).current_dir(folder.path()).stdin(Stdio::null());
        command.env("LD_LIBRARY_PATH", installed().join("lib")).output().unwrap()
    };
    let code = |profile: &str| {
        let output = run(&home, profile);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!([code("hotp"), code("hotp")], [HOTP[0], HOTP[1]].map(|code| format!("{code}\n")));
    assert_ne!(code("quick"), code("quick"), "the second waits for its time step");
    let failure = |output: &Output| {
        assert_eq!(output.stdout, b"", "{words:?}");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let unknown = "There is no such profile. See the profiles with: passcode list\n";
    assert_eq!(failure(&run(&home, "nobody")), (Some(6), unknown.to_owned()), "{words:?}");
    let mut away = home.command(Path::new(words[0]));
    away.args(&words[1..]).arg("hotp").current_dir(folder.path());
    away.env("LD_LIBRARY_PATH", installed().join("lib"));
    // No agent can be started there.
    let (status, said) = failure(&away.env("PASSCODE_HOME", "/dev/null/none").output().unwrap());
    assert_eq!(status, Some(3), "{said}");
    assert!(said.ends_with("tart it with: passcode agent start\n"), "{said}");
}

#[test]
fn the_example_in_c_with_the_library_works_as_printed() {
    keeps_its_promises(&library(), &["./library"]);
}

#[test]
fn the_example_in_c_without_the_library_works_as_printed() {
    keeps_its_promises(&compiled("direct.c"), &["./example"]);
}

#[test]
fn the_example_in_python_works_as_printed() {
    keeps_its_promises(&interpreted("passcode.py"), &["python3", "passcode.py"]);
}

#[test]
fn the_examples_in_shell_work_as_printed() {
    keeps_its_promises(&interpreted("passcode.sh"), &["sh", "passcode.sh"]);
    let (home, folder) = (Home::new(), interpreted("status.sh"));
    let mut shell = home.command(Path::new("sh"));
    let said = succeed(shell.arg("status.sh").current_dir(folder.path()));
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.lines().any(|line| line.trim() == "\"state\": \"empty\","), "{said}");
}

#[test]
fn no_example_is_without_a_test() {
    let names: Vec<&str> = EXAMPLES.keys().map(String::as_str).collect();
    let tested =
        ["direct.c", "library-build", "library.c", "passcode.py", "passcode.sh", "status.sh"];
    assert_eq!(names, tested);
}
