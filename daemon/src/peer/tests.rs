//! Who asks, with real processes: copies of a shell under other names, which wait for a line and then do what they are
//! told.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, id};

use proptest::prelude::*;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use tempfile::TempDir;

use super::caller::HIDDEN;
use super::system::shown;
use super::*;

/// A process that waits for its input to end.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn pid(&self) -> i32 {
        self.0.id() as i32
    }

    fn peer(&self) -> Peer {
        Peer::new(Some(self.pid()), Rights::ALL)
    }

    /// Sends it a line.
    fn tell(&mut self, line: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for a line that it says.
    fn hear(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A shell under the name of `path`; `more` makes its content another.
fn install(path: &Path, more: &str) {
    let mut content = fs::read("/bin/sh").unwrap();
    content.extend(more.as_bytes());
    // Put in place in one step, as packages do: a file that runs cannot be written to.
    let fresh = path.with_file_name("fresh");
    fs::write(&fresh, content).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(fresh, path).unwrap();
}

fn installed(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join(name);
    install(&path, "");
    (folder, path)
}

/// Runs it until its input ends, or it is told what to do.
fn run(program: &Path) -> Running {
    let mut running =
        Running::start(Command::new(program).args(["-c", "echo up; read line; eval \"$line\""]));
    assert_eq!(running.hear(), "up");
    running
}

fn program(caller: &Caller) -> &Program {
    match &caller.program {
        Identity::Program(program) => program,
        other => panic!("{other:?} is no program"),
    }
}

#[test]
fn a_program_descends_from_whoever_started_it_and_not_from_itself() {
    let running = Running::start(&mut Command::new("cat"));
    let (own, started) = (id() as i32, running.pid());
    let peer = running.peer();
    assert!(peer.descends_from(own));
    assert!(!peer.descends_from(started));
    assert!(!Peer::new(Some(own), Rights::ALL).descends_from(started));
}

#[test]
fn a_program_is_known_by_its_path_and_what_it_holds() {
    let (_folder, vpn) = installed("vpn");
    let running = run(&vpn);
    let (peer, caller) = (running.peer(), identify(&running.peer()));
    assert_eq!(caller.label(), vpn.to_str().unwrap());
    assert_eq!(caller.keeping(), Keeping::Program);
    let started = peer.process();
    assert_eq!(started.map(|process| process.pid), Some(running.pid()));
    assert_eq!(caller.process, started);
    assert!(still_is(&peer, &caller));
    let again = identify(&run(&vpn).peer());
    assert_eq!(again.who(), caller.who(), "another process of it is the same");
    assert_ne!(again.process, caller.process);
}

#[test]
fn a_program_that_is_replaced_while_it_runs_stays_what_it_was_and_the_new_one_has_changed() {
    let (_folder, vpn) = installed("vpn");
    let running = run(&vpn);
    let before = identify(&running.peer());
    install(&vpn, "another");
    let after = identify(&running.peer());
    assert_eq!(after.who(), before.who(), "what runs is what ran");
    assert!(still_is(&running.peer(), &before));
    let new = identify(&run(&vpn).peer());
    assert_eq!(program(&new).path, program(&before).path);
    assert_ne!(new.who(), before.who());
    assert!(new.who().unwrap().changed_from(&before.who().unwrap()));
}

#[test]
fn executing_another_program_after_connecting_is_noticed() {
    let (_folder, vpn) = installed("vpn");
    let thief = vpn.with_file_name("thief");
    install(&thief, "another");
    let mut running = run(&vpn);
    let peer = running.peer();
    let approved = identify(&peer);
    assert!(still_is(&peer, &approved));
    running.tell(&format!("exec {} -c 'echo executed; read line'", thief.display()));
    assert_eq!(running.hear(), "executed");
    assert!(!still_is(&peer, &approved));
    assert_eq!(identify(&peer).label(), thief.to_str().unwrap());
}

#[test]
fn executing_another_script_by_the_same_interpreter_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (polite, thief) = (folder.path().join("polite"), folder.path().join("thief"));
    let path = thief.display();
    fs::write(&polite, format!("echo up; read line; exec /bin/sh {path}\n")).unwrap();
    fs::write(&thief, "echo executed; read line\n").unwrap();
    let mut running = Running::start(Command::new("/bin/sh").arg(&polite));
    assert_eq!(running.hear(), "up");
    let (peer, approved) = (running.peer(), identify(&running.peer()));
    assert!(still_is(&peer, &approved));
    running.tell("");
    assert_eq!(running.hear(), "executed");
    assert!(!still_is(&peer, &approved));
}

#[test]
fn a_process_that_has_ended_is_nobody() {
    let (_folder, vpn) = installed("vpn");
    let mut running = run(&vpn);
    let peer = running.peer();
    let approved = identify(&peer);
    running.end();
    assert!(!still_is(&peer, &approved));
    let gone = identify(&peer);
    assert_eq!((gone.label(), gone.keeping()), ("a program that has ended", Keeping::Never));
    assert_eq!(gone.who(), None);
    assert_eq!((peer.program(), peer.name(), peer.process()), (HIDDEN, None, None));
}

#[test]
fn a_number_that_was_used_again_is_not_taken_for_the_caller() {
    let (_folder, vpn) = installed("vpn");
    let (mut ended, other) = (run(&vpn), run(&vpn));
    let approved = identify(&ended.peer());
    let life = Life::of(ended.pid());
    ended.end();
    // The process that was held had the number that another one has now.
    let peer = Peer::held(Some(other.pid()), life, Rights::ALL);
    assert_eq!(identify(&peer).program, Identity::Gone);
    assert!(!still_is(&peer, &approved));
    assert!(!still_is(&peer, &identify(&other.peer())));
    assert_eq!((peer.program(), peer.name(), peer.process()), (HIDDEN, None, None));
    assert!(!peer.descends_from(id() as i32));
}

#[test]
fn a_script_counts_with_its_interpreter() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().canonicalize().unwrap().join("vpn.py");
    let text = "import sys\nprint('up', flush=True)\nsys.stdin.read()\n";
    fs::write(&script, text).unwrap();
    let run = || {
        let mut command = Command::new("python3");
        // Named from where it is.
        let mut running =
            Running::start(command.args(["-u", "./vpn.py"]).current_dir(folder.path()));
        assert_eq!(running.hear(), "up");
        running
    };
    let running = run();
    let before = identify(&running.peer());
    assert_eq!(before.label(), script.to_str().unwrap());
    assert!(program(&before).path.contains("python"), "{before:?}");
    assert_eq!(before.keeping(), Keeping::Program);
    fs::write(&script, text.replace("up", "up\\nanother")).unwrap();
    assert!(!still_is(&running.peer(), &before), "what was approved is not there any more");
    let after = identify(&run().peer());
    assert!(after.who().unwrap().changed_from(&before.who().unwrap()));
}

#[test]
fn what_does_whatever_it_is_told_is_remembered_as_a_process_only() {
    for arguments in [&[][..], &["-s"], &["-c", "read line; :"]] {
        let running = Running::start(Command::new("/bin/sh").args(arguments));
        let caller = identify(&running.peer());
        assert_eq!(caller.keeping(), Keeping::ProcessOnly, "{arguments:?}");
        let process = running.peer().process().unwrap();
        assert_eq!(caller.who(), Some(Who::Process(process)), "{arguments:?}");
        assert!(still_is(&running.peer(), &caller));
    }
}

#[test]
fn a_pipe_or_a_device_is_no_script_and_is_not_opened() {
    let running = Running::start(Command::new("/bin/sh").arg("/dev/stdin"));
    let caller = identify(&running.peer());
    assert!(program(&caller).hash.is_some());
    assert_eq!(caller.script, None);
}

/// Looks as a program without any privilege does, whoever runs the tests.
fn looked_at_without_privilege(peer: &Peer) -> Caller {
    let look = || {
        let none = CapabilitySet::empty();
        let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
        set_capabilities(None, sets).unwrap();
        let caller = identify(peer);
        assert!(still_is(peer, &caller));
        assert_eq!(peer.program(), HIDDEN);
        caller
    };
    std::thread::scope(|scope| scope.spawn(look).join().unwrap())
}

fn assert_hidden(caller: &Caller) {
    assert_eq!((caller.label(), caller.keeping()), (HIDDEN, Keeping::Never));
    assert_eq!((caller.who(), &caller.script), (None, &None));
}

#[test]
fn a_program_that_cannot_be_looked_at_hides_its_name_and_is_never_remembered() {
    let hide = "import ctypes, sys\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nprint('up', flush=True)\nsys.stdin.read()";
    let mut running = Running::start(Command::new("python3").args(["-c", hide]));
    assert_eq!(running.hear(), "up");
    assert_hidden(&looked_at_without_privilege(&running.peer()));
}

#[test]
fn a_program_of_another_user_hides_its_name() {
    let nobody = 65534;
    let other = match rustix::process::getuid().is_root() {
        true => Some(Running::start(Command::new("/bin/cat").uid(nobody).gid(nobody))),
        false => None,
    };
    // The first process is the administrator's.
    let peer = other.as_ref().map_or_else(|| Peer::new(Some(1), Rights::ALL), Running::peer);
    assert_hidden(&looked_at_without_privilege(&peer));
}

#[test]
fn names_that_a_program_chose_forge_nothing() {
    let (_folder, forged) = installed("vpn\n\u{1b}[2K\u{202e}approved");
    let running = run(&forged);
    let caller = identify(&running.peer());
    assert!(caller.label().ends_with("/vpn[2Kapproved"), "{:?}", caller.label());
    let mut parent = run(&forged);
    parent.tell("sh -c 'cat; :'; :");
    let child = child_of(parent.pid(), "cat");
    let chain = identify(&Peer::new(Some(child), Rights::ALL)).chain;
    assert_eq!(chain[1], "vpn[2Kapproved");
    parent.end();
}

/// Waits for a descendant of that name.
fn child_of(pid: i32, name: &str) -> i32 {
    loop {
        match descendant(pid, name) {
            Some(child) => return child,
            None => std::thread::yield_now(),
        }
    }
}

fn descendant(pid: i32, name: &str) -> Option<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    let children: Vec<i32> = children.split_whitespace().flat_map(str::parse).collect();
    children.into_iter().find_map(|child| match system::called(child)?.as_str() == name {
        true => Some(child),
        false => descendant(child, name),
    })
}

#[test]
fn a_person_hears_who_started_it_and_not_of_the_line_in_between() {
    let (_folder, manager) = installed("NetworkManager");
    let mut parent = run(&manager);
    parent.tell("/bin/sh -c 'cat; :'; :");
    let caller = identify(&Peer::new(Some(child_of(parent.pid(), "cat")), Rights::ALL));
    assert_eq!(caller.chain[1], "NetworkManager");
    assert!(caller.started_by().unwrap().starts_with("started by NetworkManager"));
    parent.end();
}

#[test]
fn a_caller_without_a_process_is_never_remembered() {
    let caller = identify(&Peer::new(None, Rights::ALL));
    assert_eq!((caller.label(), caller.keeping()), (HIDDEN, Keeping::Never));
}

proptest! {
    #[test]
    fn no_path_forges_a_line_whatever_it_holds(path in "\\PC{0,40}|[\\x00-\\x1f\u{202a}-\u{202e}\u{2066}-\u{2069}a/]{0,400}|.{0,400}") {
        let shown = shown(Path::new(&path));
        prop_assert!(shown.chars().all(passcode_proto::Label::can_hold));
        prop_assert!(shown.len() <= passcode_proto::limits::LABEL_BYTES);
        let label = passcode_proto::Label::cleaned(&path);
        prop_assert_eq!(passcode_proto::Label::new(label.as_str()), Ok(label));
    }
}
