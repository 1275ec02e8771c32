//! Where the socket and the vault may be, and what is refused there: clearly, and leaving everything as it is.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use passcode_process_tests::home::Home;
use passcode_process_tests::others::{as_other, give_to_other};
use passcode_process_tests::run::{Ended, Run};
use passcode_process_tests::{programs, site, watchdog};

fn passcoded(variables: &[(&str, &Path)]) -> Ended {
    let run = Run::new(programs::passcoded());
    variables.iter().fold(run, |run, (name, value)| run.env(name, value)).end()
}

/// The agent refuses to start and says why and what to do, in one line.
fn assert_refused(ended: &Ended, why: &str) {
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.starts_with("passcoded: ") && ended.err.contains(why), "{}", ended.err);
    assert!(ended.err.trim_end().ends_with('.'), "what to do: {}", ended.err);
    assert_eq!(ended.out, "");
}

#[test]
fn what_is_no_socket_is_refused_in_its_place_and_left_alone() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let socket = home.socket();
    let refused =
        || assert_refused(&passcoded(&[("PASSCODE_HOME", home.path())]), "is not a socket");

    fs::write(&socket, "precious").unwrap();
    refused();
    assert_eq!(fs::read_to_string(&socket).unwrap(), "precious");
    fs::remove_file(&socket).unwrap();

    fs::create_dir(&socket).unwrap();
    refused();
    assert!(socket.is_dir());
    fs::remove_dir(&socket).unwrap();

    for target in [home.file("nothing"), home.file("config.toml")] {
        symlink(&target, &socket).unwrap();
        refused();
        assert_eq!(fs::read_link(&socket).unwrap(), target);
        fs::remove_file(&socket).unwrap();
    }
    assert!(!home.file("nothing").exists());
}

#[test]
fn a_client_says_that_nobody_answers_where_something_else_stands() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    fs::write(home.socket(), "precious").unwrap();
    let status = home.run(&["status"]);
    assert_eq!(status.status, Some(3), "{}", status.err);
    let get = home.run(&["get"]);
    assert_eq!(get.status, Some(3), "{}", get.err);
    assert!(get.err.contains("is not a socket"), "the agent's last words: {}", get.err);
    assert_eq!(fs::read_to_string(home.socket()).unwrap(), "precious");
}

#[test]
fn a_folder_that_others_may_write_holds_no_socket() {
    let _watchdog = watchdog::watch();
    for mode in [0o777, 0o770, 0o702, 0o1777] {
        let home = Home::new();
        site::chmod(home.path(), mode);
        let ended = passcoded(&[("PASSCODE_HOME", home.path())]);
        assert_refused(&ended, "Others may write");
        assert!(!home.socket().exists());
    }
}

#[test]
fn a_folder_of_another_user_holds_no_socket() {
    let _watchdog = watchdog::watch();
    let folder = site::folder();
    let path = folder.path();
    site::chmod(path, 0o755);
    give_to_other(path);
    let ended = passcoded(&[("PASSCODE_HOME", path)]);
    assert_refused(
        &ended,
        if passcode_process_tests::tools::is_root() { "another user" } else { "" },
    );
    assert_eq!(fs::read_dir(path).unwrap().count(), 0, "nothing was left there");
}

#[test]
fn a_socket_path_over_107_bytes_is_refused_and_one_of_107_is_served() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let path = |bytes: usize| {
        let base = home.path().as_os_str().len() + 1;
        home.path().join("s".repeat(bytes - base))
    };
    let (home_path, long) = (home.path(), path(108));
    let ended = passcoded(&[("PASSCODE_HOME", home_path), ("PASSCODE_SOCKET", &long)]);
    assert_refused(&ended, "108 bytes; the system allows 107");
    let client = home.passcode(&["status"]).env("PASSCODE_SOCKET", &long).end();
    assert_eq!(client.status, Some(3));
    assert!(client.err.contains("108 bytes"), "{}", client.err);

    let get = home.passcode(&["agent", "start"]).env("PASSCODE_SOCKET", path(107)).end();
    assert_eq!(get.status, Some(0), "{}", get.err);
    home.passcode(&["agent", "stop"]).env("PASSCODE_SOCKET", path(107)).output();
}

/// Folders for the XDG variables, so that nothing of the real user's is touched.
struct User {
    folder: tempfile::TempDir,
}

impl User {
    fn new() -> Self {
        Self { folder: site::folder() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn passcode(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let run = Run::new(programs::passcode()).args(arguments).folder(self.folder.path());
        variables.iter().fold(run, |run, (name, value)| run.env(name, value)).end()
    }
}

#[test]
fn folders_are_made_for_the_user_alone_where_xdg_says() {
    let _watchdog = watchdog::watch();
    let user = User::new();
    let (home, runtime) = (user.path("home"), user.path("run"));
    let variables =
        [("HOME", home.to_str().unwrap()), ("XDG_RUNTIME_DIR", runtime.to_str().unwrap())];
    let started = user.passcode(&variables, &["agent", "start"]);
    assert_eq!(started.status, Some(0), "{}", started.err);
    for folder in [".local/share/passcode", ".local/state/passcode"] {
        let mode = fs::metadata(home.join(folder)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
    assert_eq!(fs::metadata(runtime.join("passcode")).unwrap().mode() & 0o777, 0o700);
    assert!(runtime.join("passcode/agent.sock").exists());
    assert_eq!(user.passcode(&variables, &["agent", "stop"]).status, Some(0));
}

#[test]
fn without_xdg_runtime_dir_the_socket_has_a_place_of_its_own() {
    let _watchdog = watchdog::watch();
    let user = User::new();
    let home = user.path("home");
    // A relative path is no path, as the XDG Base Directory Specification says.
    for runtime in [&[][..], &[("XDG_RUNTIME_DIR", "run/user")]] {
        let mut variables = vec![("HOME", home.to_str().unwrap())];
        variables.extend(runtime);
        // Where the system has made a folder for us, that is the place, and somebody's own agent may be there.
        let uid = rustix::process::geteuid().as_raw();
        let system = PathBuf::from(format!("/run/user/{uid}"));
        if runtime.is_empty() && fs::metadata(&system).is_ok_and(|found| found.uid() == uid) {
            let status = user.passcode(&variables, &["status"]);
            assert!(matches!(status.status, Some(0 | 3)), "{}", status.err);
            continue;
        }
        assert_eq!(user.passcode(&variables, &["agent", "start"]).status, Some(0));
        assert!(home.join(".local/state/passcode/agent.sock").exists());
        assert_eq!(user.passcode(&variables, &["agent", "stop"]).status, Some(0));
    }
}

#[test]
fn without_home_or_with_a_relative_one_both_programs_say_so() {
    let _watchdog = watchdog::watch();
    let user = User::new();
    for (variables, why) in [
        (&[][..], "HOME is not set"),
        (&[("HOME", "")], "HOME is not set"),
        (&[("HOME", "somewhere")], "HOME is not an absolute path"),
        (&[("PASSCODE_HOME", "here")], "PASSCODE_HOME is not an absolute path"),
        (
            &[("PASSCODE_HOME", "/tmp"), ("PASSCODE_SOCKET", "s")],
            "PASSCODE_SOCKET is not an absolute",
        ),
    ] {
        let get = user.passcode(variables, &["get"]);
        assert_eq!(get.status, Some(3), "{}", get.err);
        assert!(get.err.contains(why), "{}", get.err);
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (*name, Path::new(*value))).collect();
        assert_refused(&passcoded(&variables), why);
    }
    assert_eq!(fs::read_dir(user.path("")).unwrap().count(), 0, "nothing was made anywhere");
}

#[test]
fn a_read_only_folder_is_named_and_nothing_hangs() {
    let _watchdog = watchdog::watch();
    let home = passcode_process_tests::others::OtherHome::new();
    home.chmod("0500", "");
    let get = home.passcode(&["get"]).end();
    assert_eq!(get.status, Some(3), "{}", get.err);
    assert!(get.err.contains("cannot be made or written"), "{}", get.err);
    let variable = format!("PASSCODE_HOME={}", home.path().display());
    let agent = programs::for_every_user().join("passcoded");
    let ended = as_other("env").arg(variable).arg(agent).end();
    assert_refused(&ended, "permission denied");
}

#[test]
fn a_misspelt_key_in_the_configuration_stops_the_agent_with_a_suggestion() {
    let _watchdog = watchdog::watch();
    let home = Home::unconfigured();
    fs::write(home.file("config.toml"), "keystor = \"file\"\n").unwrap();
    let get = home.run(&["get"]);
    assert_eq!(get.status, Some(3), "{}", get.err);
    assert!(get.err.contains("did you mean \"keystore\"?"), "the agent's last words: {}", get.err);
}
