//! An agent that gives the answers of a script, one after the other, and notes what it was asked.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use passcode_proto::codec::Sent;
use passcode_proto::codec::binary::{self, LENGTH_BYTES, PREAMBLE_BYTES};
use passcode_proto::limits::REQUEST_BYTES;
use passcode_proto::reply::{LockState, PinReport, StatusReport};
use passcode_proto::{Answer, Fault, FaultCode, Request};

/// What a command did.
pub struct Talk {
    /// Its exit status.
    pub status: i32,
    /// What it printed.
    pub out: String,
    /// What it said.
    pub err: String,
    /// What it asked the agent.
    pub asked: Vec<Request>,
}

/// Runs `passcode` against an agent that gives these answers; what it asks beyond them gets no answer.
pub fn talk(arguments: &[&str], input: &str, answers: Vec<Sent>) -> Talk {
    talk_by(Path::new(env!("CARGO_BIN_EXE_passcode")), arguments, input, answers)
}

/// The same with another program for `passcode`.
pub fn talk_by(program: &Path, arguments: &[&str], input: &str, answers: Vec<Sent>) -> Talk {
    let home = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(home.path().join("agent.sock")).unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    thread::spawn(move || serve(&listener, answers, &noted));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PASSCODE_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let _ = fs::remove_file(home.path().join("agent.sock"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let asked = asked.lock().unwrap().clone();
    let status = output.status.code().unwrap();
    Talk { status, out: text(output.stdout), err: text(output.stderr), asked }
}

fn serve(listener: &UnixListener, answers: Vec<Sent>, asked: &Mutex<Vec<Request>>) {
    let mut answers = answers.into_iter();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        let mut preamble = [0; PREAMBLE_BYTES];
        if stream.read_exact(&mut preamble).is_err() {
            continue;
        }
        while let Some(request) = next_request(&mut stream) {
            asked.lock().unwrap().push(request);
            let Some(answer) = answers.next() else { break };
            let mut frame = Vec::new();
            binary::write_sent(&answer, &mut frame).unwrap();
            stream.write_all(&frame).unwrap();
        }
    }
}

fn next_request(stream: &mut UnixStream) -> Option<Request> {
    let mut length = [0; LENGTH_BYTES];
    stream.read_exact(&mut length).ok()?;
    let mut body = vec![0; binary::read_length(length, REQUEST_BYTES).unwrap()];
    stream.read_exact(&mut body).unwrap();
    Some(binary::read_request(&body).unwrap())
}

/// A refusal.
pub fn no(code: FaultCode) -> Sent {
    Sent::Fault(Fault::from(code))
}

/// An answer to `status`.
pub fn status(state: LockState, pin: PinReport) -> Sent {
    Sent::Answer(Answer::Status(StatusReport {
        state,
        socket: "/run/user/1000/passcode/agent.sock".into(),
        pid: 4711,
        agent: env!("CARGO_PKG_VERSION").into(),
        protocol: 1,
        profiles: None,
        default: None,
        keystore: "file".into(),
        pin,
        passphrase: false,
        locks_in: None,
        settings: Box::default(),
        prompter: None,
        connections: 1,
        seq: 3,
        services: Vec::new(),
        warnings: Vec::new(),
    }))
}
