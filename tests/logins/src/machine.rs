//! The machine of one test, once it is entered: its user, the programs under test, its PAM services.

use std::any::type_name;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use passcode_process_tests::programs;
use passcode_process_tests::run::Run;

use crate::agent::{Agent, Token};
use crate::{entering, pam};

/// The user who logs in.
pub const USER: &str = "otpuser";

/// The user's number, and that of the user's group.
pub const UID: u32 = 2000;

/// The user's password.
pub const PASSWORD: &str = "Passw0rd!";

/// Where the programs under test are inside, for every user.
const PROGRAMS: &str = "/run/programs";

/// Where servers have their files.
const SERVERS: &str = "/run/machine";

/// The search path of users inside.
const PATH: &str = "/run/programs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs the body of a test in a machine of its own. To be called once, by a test function itself: the machine runs the
/// test whose function the closure is written in.
///
/// # Panics
/// When the test fails, or no such machine can be had.
pub fn on_a_machine<T: FnOnce(Machine)>(test: T) {
    if entering::is_inside() {
        return test(Machine::furnish());
    }
    // `promises::ssh::a_code_lets_in::{{closure}}`; test names come without the name of their crate.
    let name = type_name::<T>().trim_end_matches("::{{closure}}");
    let (_, name) = name.split_once("::").expect("a function in a crate");
    entering::enter(name);
}

/// The machine of a test.
#[derive(Debug)]
pub struct Machine {
    _private: (),
}

impl Machine {
    fn furnish() -> Self {
        name_servers("127.0.0.1");
        let number = UID.to_string();
        Run::new("groupadd").args(["--gid", &number, USER]).output();
        let user = Run::new("useradd").args(["--create-home", "--shell", "/bin/sh"]);
        user.args(["--uid", &number, "--gid", &number, USER]).output();
        Run::new("chpasswd").input(format!("{USER}:{PASSWORD}\n")).output();
        pam::furnish();
        let machine = Self { _private: () };
        machine.furnish_programs();
        machine
    }

    /// Copies, as the place where they were built may be closed to users. See `programs::for_every_user` for why they
    /// are not copied by this process.
    fn furnish_programs(&self) {
        let install = Run::new("install").args(["-D", "-m", "755", "-t", PROGRAMS]);
        install.args([programs::passcode(), programs::passcoded()]).output();
        self.link("passcode", "passcode-askpass");
    }

    /// Gives a program a second name in the users' search path.
    ///
    /// # Panics
    /// When that is not possible.
    pub fn link(&self, program: impl AsRef<Path>, name: &str) {
        std::os::unix::fs::symlink(program, Path::new(PROGRAMS).join(name)).expect("a link");
    }

    /// The path of `passcode` or another program under test.
    pub fn program(&self, name: &str) -> PathBuf {
        Path::new(PROGRAMS).join(name)
    }

    /// A program that packages or `packaging/setup.sh` bring, by its path.
    ///
    /// # Panics
    /// When it is missing.
    pub fn need(&self, name: &str) -> PathBuf {
        let found = PATH.split(':').map(|folder| Path::new(folder).join(name));
        let mut found = found.filter(|path| path.is_file());
        found.next().unwrap_or_else(|| {
            panic!("{name} is missing; please install what the tests need: packaging/setup.sh test")
        })
    }

    /// FreeRDP 3, which becomes `xfreerdp3` in the users' search path.
    ///
    /// # Panics
    /// When it is missing.
    pub fn need_freerdp3(&self) {
        let own = entering::cache().join("freerdp3");
        if own.join("xfreerdp3").is_file() {
            let shown = self.folder("freerdp3");
            Run::new("mount").arg("--bind").args([&own, &shown]).output();
            self.link(shown.join("xfreerdp3"), "xfreerdp3");
        }
        self.need("xfreerdp3");
    }

    /// A new folder for the files of a server, which every user can pass through.
    ///
    /// # Panics
    /// When there is one of this name.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = Path::new(SERVERS).join(name);
        fs::create_dir(&folder).expect("a folder for a server");
        folder
    }

    /// Runs a program as root, with the users' search path.
    pub fn root(&self, program: impl AsRef<Path>) -> Run {
        Run::new(program.as_ref()).env("PATH", PATH).env("HOME", "/root")
    }

    /// Runs a program as the user.
    pub fn user(&self, program: impl AsRef<Path>) -> Run {
        let run =
            Run::new(program.as_ref()).user(UID).folder(Path::new("/home").join(USER).as_ref());
        run.env("PATH", PATH).env("HOME", format!("/home/{USER}")).env("USER", USER)
    }

    /// The user's agent with the profile `work`; the servers' checks of passcodes expect the same token.
    ///
    /// # Panics
    /// When it does not start.
    pub fn agent(&self, token: Token) -> Agent<'_> {
        self.agent_with(token, "")
    }

    /// The same, with more lines in its `config.toml`.
    ///
    /// # Panics
    /// When it does not start.
    pub fn agent_with(&self, token: Token, configuration: &str) -> Agent<'_> {
        pam::expect_codes_of(token);
        Agent::start(self, token, configuration)
    }
}

/// The servers of the guides are at this address from now on.
///
/// # Panics
/// When that cannot be written.
pub fn name_servers(address: &str) {
    let names =
        ["server", "vpn", "desk", "git", "radius"].map(|name| format!("{name}.example.org"));
    let names = names.join(" ");
    let system = rustix::system::uname();
    let own = system.nodename().to_string_lossy();
    let hosts = format!("127.0.0.1 localhost {own}\n::1 localhost\n{address} {names}\n");
    write("/etc/hosts", hosts);
    // Every program has to know them.
    fs::set_permissions("/etc/hosts", Permissions::from_mode(0o644)).expect("permissions");
}

/// Writes a file that only root can read.
///
/// # Panics
/// When that is not possible.
pub fn write(path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
    let path = path.as_ref();
    let written = fs::write(path, text);
    written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
}

/// Writes a file that every user can run.
///
/// # Panics
/// When that is not possible.
pub fn write_script(path: impl AsRef<Path>, text: &str) {
    // Not by this process: a program that another thread starts meanwhile would hold the file open for writing, and such
    // a file cannot be run.
    let shell = Run::new("sh").args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]);
    shell.arg(path.as_ref()).input(text).output();
}
