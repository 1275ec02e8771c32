//! One agent at a time, whoever starts it and however many at once.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::{Home, hotp_key};
use passcode_process_tests::run::Run;
use passcode_process_tests::wait::{self, Stop};
use passcode_process_tests::{processes, programs, watchdog};
use passcode_proto::Exit;
use passcode_proto::request::Quit;

/// How often two agents are started together.
const ROUNDS: usize = 100;

fn passcoded(home: &Home) -> Run {
    Run::new(programs::passcoded()).env("PASSCODE_HOME", home.path())
}

/// Starts two agents at once; checks that one serves and that the other names it; ends the first.
fn race(home: &Home, round: usize) {
    let rivals = [passcoded(home).start(), passcoded(home).start()];
    let pids = rivals.each_ref().map(|agent| agent.pid());
    let winner = wait::until("one of two agents", || home.status().ok()).pid;
    let (first, second): (Vec<_>, Vec<_>) =
        rivals.into_iter().partition(|agent| agent.pid() == winner);
    assert!(pids.contains(&winner), "process {winner} is neither of {pids:?}");
    let second = second.into_iter().next().expect("a second agent").end();
    assert_eq!(second.status, Some(1), "{}", second.err);
    let named = format!("Another agent is running, as process {winner}.");
    assert!(second.err.contains(&named), "round {round}: {winner} is not named: {}", second.err);
    assert_eq!(home.status().map(|status| status.pid), Ok(winner), "the first serves on");
    // A crash now and then, so that a lock and a socket are left from before.
    match round % 3 {
        0 => processes::kill(winner),
        _ => drop(home.print(&["agent", "stop"])),
    }
    first.into_iter().next().expect("a first agent").end();
}

#[test]
fn of_two_agents_started_together_one_serves_and_the_other_names_it() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let probes = scope.spawn(|| probe(&home, &over));
        let stop = Stop(&over);
        for round in 0..ROUNDS {
            race(&home, round);
        }
        drop(stop);
        assert!(probes.join().expect("the probe") > ROUNDS);
    });
}

/// Asks for the status all the time: there is an answer, or nobody answers; never anything between. Counts answers.
fn probe(home: &Home, over: &AtomicBool) -> usize {
    let mut answers = 0;
    while !over.load(Ordering::Relaxed) {
        match home.status() {
            Ok(_) => answers += 1,
            Err(fault) => assert_eq!(fault.code.exit(), Exit::Unreachable, "{fault}"),
        }
        thread::sleep(Duration::from_millis(1));
    }
    answers
}

#[test]
fn twenty_commands_at_once_start_one_agent() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    home.print(&["agent", "stop"]);
    fs::remove_file(home.place().log).unwrap();
    let commands: Vec<_> = (0..20).map(|_| home.passcode(&["get", "work"]).start()).collect();
    let mut codes: Vec<String> = Vec::new();
    for command in commands {
        let ended = command.end();
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        codes.push(ended.out);
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 20, "each of twenty counter-based codes was given once");
    let log = home.log();
    assert_eq!(log.matches("the agent is up").count(), 1, "{log}");
    assert!(!log.contains("Another agent"), "{log}");
}

#[test]
fn a_socket_that_a_killed_agent_left_is_replaced() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.start().kill();
    assert!(home.socket().exists(), "the kill left it");
    let agent = home.start();
    assert_eq!(home.status().map(|status| status.pid), Ok(agent.pid()));
    let mode = fs::symlink_metadata(home.socket()).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
    agent.quit();
    assert!(!home.socket().exists(), "an agent that ends in good order takes its socket away");
}

#[test]
fn a_command_replaces_what_a_killed_agent_left_by_itself() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    let killed = home.status().unwrap().pid;
    processes::kill(killed);
    assert_eq!(home.print(&["get"]), "287082");
    assert_ne!(home.status().unwrap().pid, killed);
}

#[test]
fn the_socket_of_a_live_program_is_never_taken() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let listener = std::os::unix::net::UnixListener::bind(home.socket()).unwrap();
    let before = fs::metadata(home.socket()).unwrap().ino();
    let ended = passcoded(&home).end();
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("Another program answers at"), "{}", ended.err);
    assert_eq!(fs::metadata(home.socket()).unwrap().ino(), before);
    drop(listener);
}

#[test]
fn commands_that_only_look_or_end_start_no_agent() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    for command in [&["status"][..], &["lock"], &["agent", "stop"]] {
        let ended = home.run(command);
        assert_eq!(ended.status, Some(3), "{command:?}: {}", ended.err);
        assert!(!home.socket().exists(), "{command:?} started an agent");
    }
}

#[test]
fn an_agent_outlives_the_command_that_started_it_and_is_started_once() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    let first = home.run(&["agent", "start"]);
    let pid = home.status().unwrap().pid;
    assert!(first.err.contains(&format!("was started: process {pid}")), "{}", first.err);
    let second = home.run(&["agent", "start"]);
    assert!(second.err.contains(&format!("runs already: process {pid}")), "{}", second.err);
    home.print(&["agent", "stop"]);
    assert_eq!(home.run(&["status"]).status, Some(3));
    let mut agent = AgentProcess::spawn(&home);
    agent.wait_until_up();
    agent.quit();
}

#[test]
fn when_stop_returns_the_agent_is_gone_and_its_vault_closed() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    for _ in 0..20 {
        let pid = home.status().unwrap().pid;
        home.print(&["agent", "stop"]);
        assert!(!home.file("vault.db-wal").exists(), "the vault is not closed");
        wait::until("the process to end", || processes::has_ended(pid).then_some(()));
        home.print(&["get", "work"]);
    }
}

#[test]
fn a_command_that_comes_while_an_agent_is_ending_is_served_by_the_next_one() {
    let _watchdog = watchdog::watch();
    let home = Home::new();
    home.pair("work", &hotp_key());
    for _ in 0..20 {
        home.client().and_then(|mut agent| agent.call(Quit {})).unwrap();
        // One whose connection was accepted in the very last moment is told so, and can try again.
        let unheard = home.run(&["get", "work"]);
        assert!(matches!(unheard.status, Some(0 | 3)), "{}", unheard.err);
        let get = home.run(&["get", "work"]);
        assert_eq!(get.status, Some(0), "{}", get.err);
    }
}
