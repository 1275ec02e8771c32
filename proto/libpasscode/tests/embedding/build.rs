//! Building: the library and the programs of the agent as cargo does, what embeds the library as compilers do. What is
//! built is of the profile of these tests, and in the folder that cargo gives them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// The folder with `libpasscode.so`, `libpasscode.a`, `passcode` and `passcoded`, built anew.
pub fn programs() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let own = env::current_exe().unwrap();
        let folder = own.ancestors().nth(2).unwrap().to_owned();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let profile = if name == "debug" { "dev" } else { name };
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--profile", profile, "-p", "passcode-c"]);
        cargo.args(["-p", "passcode-daemon", "-p", "passcode-cli", "--target-dir"]);
        cargo.arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        succeed(&mut cargo);
        folder
    });
    &FOLDER
}

/// A folder with the library as `make libpasscode` lays it out: `lib`, `include`, `lib/pkgconfig`.
pub fn installed() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = scratch("installed");
        let mut install = Command::new(crate_file("install.sh"));
        succeed(install.arg(programs()).arg(&folder));
        folder
    });
    &FOLDER
}

/// `program.c` as the first compiler made it, linked with the shared library.
pub fn program() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> =
        LazyLock::new(|| compile("program", &["cc", "-std=c99"], &["-lpasscode"]));
    &PROGRAM
}

/// Compiles `program.c` with every warning an error, and links it with what `link` names.
pub fn compile(name: &str, compiler: &[&str], link: &[&str]) -> PathBuf {
    let program = scratch("programs").join(name);
    let library = installed();
    let mut command = Command::new(compiler[0]);
    command.args(&compiler[1..]).args([
        "-g",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
        "-pthread",
    ]);
    command.arg("-I").arg(library.join("include")).arg("-o").arg(&program);
    command.arg(crate_file("tests/program.c")).arg("-L").arg(library.join("lib"));
    command.arg(format!("-Wl,-rpath,{}", library.join("lib").display())).args(link);
    succeed(&mut command);
    program
}

/// A file of this package.
pub fn crate_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder for what is built here, of this process alone.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a program that has to succeed.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}
