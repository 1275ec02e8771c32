//! Promises of the program: what it says, how it ends, and that the pages can be walked by `browser.sh`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::device::Device;
use crate::https::Https;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pairing-service");

struct Program {
    child: Child,
    /// What it said before it was ready.
    said: Vec<String>,
    folder: TempDir,
}

impl Program {
    fn start(folder: TempDir, options: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let lines = lines.map(|line| line.expect("a line"));
        let said = lines.take_while(|line| line != "ready").collect();
        Self { child, said, folder }
    }

    fn said(&self, name: &str) -> &str {
        let mut lines = self.said.iter().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| *known == name).expect("a line of that name").1
    }

    fn https(&self) -> Https {
        let port = self.said("origin").rsplit_once(':').expect("a port").1;
        let port: u16 = port.parse().expect("a port");
        let ca = std::fs::read_to_string(self.said("ca")).expect("a certificate");
        Https::new(([127, 0, 0, 1], port).into(), &ca)
    }

    /// Walks the pages.
    fn browse(&self, command: &str, input: &str) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser.sh");
        let mut browser = Command::new("sh");
        browser.arg(script).args(["--origin", self.said("origin"), "--ca", self.said("ca")]);
        browser.arg("--jar").arg(self.folder.path().join("jar")).arg(command);
        piped(browser, input)
    }

    fn end(&mut self, signal: &str) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().expect("kill");
        self.child.wait().expect("its end").success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn piped(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("its output")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_signal_ends_it_in_good_order() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(folder(), &["--demo"]);
        assert_eq!(program.https().send("GET", "/sign-on", &[], b"").status, 200);
        assert!(program.end(signal), "{signal}");
    }
}

#[test]
fn the_whole_way_can_be_walked_by_the_script() {
    let program = Program::start(folder(), &["--demo"]);
    let password = program.said("password");
    let wrong = program.browse("start-pairing", "a wrong password\n");
    assert!(text(&wrong).contains("error: The user name or the password is not right."));
    let started = text(&program.browse("start-pairing", &format!("{password}\n")));
    let (_, key) = started.split_once("pairing key: ").expect("a key");
    let mut device = Device::new(program.said("origin"), &program.https());
    device.pair(&key[..12]);
    let early = program.browse("finish", "000\n");
    assert!(text(&early).starts_with("paired: no\nerror: The passcode is not right."));
    let finished = program.browse("finish", &device.code(0));
    assert_eq!(text(&finished), "paired: yes\n");
    let signed_on = program.browse("sign-on", &format!("{password}\n{}\n", device.code(1)));
    assert_eq!(text(&signed_on), "signed on: yes\n");
    let again = program.browse("sign-on", &format!("{password}\n{}\n", device.code(1)));
    assert!(text(&again).starts_with("signed on: no\nerror: The passcode is not right."));
    assert!(!again.status.success());
}

#[test]
fn users_can_be_added_while_it_runs() {
    let program = Program::start(folder(), &[]);
    let mut add = Command::new(PROGRAM);
    add.args(["user", "add", "alice@example.org", "--data"]).arg(program.folder.path());
    assert!(piped(add, "correct horse battery\n").status.success());
    let started = program.browse("start-pairing", "correct horse battery\n");
    assert!(text(&started).starts_with("pairing key: "));
    let mut short = Command::new(PROGRAM);
    short.args(["user", "add", "bob", "--data"]).arg(program.folder.path());
    let short = piped(short, "short\n");
    assert!(String::from_utf8_lossy(&short.stderr).contains("8 to 256"));
    assert!(!short.status.success());
}

#[test]
fn users_can_be_given_in_a_file() {
    let passwords = folder();
    let file = passwords.path().join("passwords");
    std::fs::write(&file, "alice@example.org:correct horse\nroot:staple battery\n")
        .expect("a file");
    let file = file.to_str().expect("a plain path");
    let options = ["--passwords", file, "--admin", "root", "--key-lifetime", "90"];
    let program = Program::start(folder(), &options);
    assert!(text(&program.browse("start-pairing", "correct horse")).starts_with("pairing key: "));
}
