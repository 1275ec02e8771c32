//! The agent's process is protected, and `status` says where the system does not let it be.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::others::{OtherHome, administrator, as_other};
use passcode_process_tests::processes::signal;
use passcode_process_tests::run::Run;
use passcode_process_tests::{programs, tools, wait, watchdog};
use rustix::process::Signal;
use serde_json::Value;

#[test]
fn a_key_that_cannot_be_locked_in_memory_is_told_in_the_status() {
    let _watchdog = watchdog::watch();
    tools::need("prlimit", "util-linux");
    let told = |warnings: &Value| warnings.to_string().contains("lock its keys in memory");
    let home = OtherHome::new();
    let agent = as_other("prlimit")
        .args(["--memlock=0:0", "env"])
        .arg(format!("PASSCODE_HOME={}", home.path().display()))
        .arg(programs::for_every_user().join("passcoded"))
        .start();
    let status = |home: &OtherHome| {
        let status = home.passcode(&["status", "--json"]).end();
        (status.status == Some(0))
            .then(|| serde_json::from_str::<Value>(&status.out).expect("JSON"))
    };
    let before = wait::until("the agent", || status(&home));
    assert!(told(&before["warnings"]), "before there is a key: {before}");
    let pair = home.passcode(&["pair", "-", "--name", "work"]).input(hotp_key()).output();
    assert_eq!(pair, "755224\n", "codes are served all the same");
    let after = status(&home).expect("an answer");
    assert!(told(&after["warnings"]), "{after}");
    home.passcode(&["agent", "stop"]).output();
    drop(agent);

    home.start();
    let usual = status(&home).expect("an answer");
    assert!(!told(&usual["warnings"]), "nothing is told where it can be locked: {usual}");
}

/// Attaches to a process as debuggers do (`PTRACE_SEIZE`), and does nothing.
const DEBUGGER: &str = "
import ctypes, sys, time
seize = ctypes.c_long(0x4206), ctypes.c_long(int(sys.argv[1])), ctypes.c_long(0), ctypes.c_long(0)
sys.exit('refused') if ctypes.CDLL(None).ptrace(*seize) else time.sleep(60)
";

#[test]
fn a_debugger_that_is_attached_to_the_agent_is_told_in_the_status() {
    let _watchdog = watchdog::watch();
    tools::need("python3", "python3");
    let home = Home::new();
    let agent = home.start();
    let told = || {
        let warnings = home.status().expect("an answer").warnings;
        warnings.into_iter().find(|warning| warning.starts_with("A debugger"))
    };
    assert_eq!(told(), None);
    let debugger =
        administrator().args(["python3", "-c", DEBUGGER, &agent.pid().to_string()]).start();
    let warning = wait::until("the debugger to be seen", told);
    assert!(warning.contains("can read its secrets"), "{warning}");
    drop(debugger);
    wait::until("the debugger to be gone", || told().is_none().then_some(()));
}

/// Runs a program that may leave core files of any size in the folder that it runs in.
fn with_core_files(home: &Home, program: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\""]).args(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("PASSCODE_HOME", home.path()).current_dir(home.path());
    command
}

#[test]
fn a_crash_leaves_no_core_file() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let mut other = with_core_files(&home, &["sleep", "60"]).spawn().expect("another program");
    let name = format!("/proc/{}/comm", other.id());
    wait::until("another program", || (fs::read_to_string(&name).ok()? == "sleep\n").then_some(()));
    signal(other.id(), Signal::ABORT);
    let other = other.wait().expect("its end");
    // Where core files are handed to a program, that program decides about the other's.
    let pattern =
        fs::read_to_string("/proc/sys/kernel/core_pattern").expect("the system's settings");
    assert!(other.core_dumped() || pattern.starts_with('|'), "core files are possible: {other}");

    let passcoded = programs::passcoded();
    let command = with_core_files(&home, &[passcoded.to_str().expect("a path in UTF-8")]);
    let mut agent = AgentProcess::from_command(command, home.place());
    agent.wait_until_up();
    signal(agent.pid(), Signal::ABORT);
    let ended = agent.wait_for_end();
    assert_eq!((ended.signal(), ended.core_dumped()), (Some(Signal::ABORT.as_raw()), false));
}

/// The sockets that a process holds, by their numbers.
fn sockets_of(pid: u32) -> Vec<String> {
    let links = administrator().args(["sh", "-c", "readlink /proc/$0/fd/*", &pid.to_string()]);
    // Files that have been closed meanwhile make it fail.
    let links = links.end().out;
    let number = |link: &str| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned());
    links.lines().filter_map(number).collect()
}

/// Whether the system lists a socket among those of the network families, as the process sees the network.
fn is_of_the_network(pid: u32, socket: &str) -> bool {
    let families = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet", "icmp", "icmp6"];
    let tables = families.map(|family| format!("/proc/{pid}/net/{family}"));
    let listed = administrator().args(["cat"]).args(tables).end();
    listed.out.lines().any(|line| line.split_whitespace().any(|word| word == socket))
}

#[test]
fn the_agent_has_no_network_socket() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let agent = home.start();
    home.pair("work", &hotp_key());
    home.print(&["lock"]);
    home.print(&["unlock"]);
    let connection = home.client().expect("a connection");
    let sockets = sockets_of(agent.pid());
    assert!(sockets.len() >= 2, "the door and a connection: {sockets:?}");
    let local = Run::new("cat").arg(format!("/proc/{}/net/unix", agent.pid())).output();
    for socket in &sockets {
        assert!(!is_of_the_network(agent.pid(), socket), "socket {socket}");
        assert!(local.split_whitespace().any(|word| word == socket), "socket {socket} is local");
    }
    drop(connection);
}

#[test]
fn a_network_socket_would_have_been_seen() {
    let _watchdog = watchdog::watch();
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let sockets = sockets_of(std::process::id());
    let seen = sockets.iter().filter(|socket| is_of_the_network(std::process::id(), socket));
    assert!(seen.count() >= 2, "{sockets:?}");
    drop((tcp, udp));
}
