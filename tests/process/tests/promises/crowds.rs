//! Many clients at once, idle ones, and ones that speak no language of ours.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use passcode_process_tests::home::{Home, totp_key};
use passcode_process_tests::wire::{Wire, failure};
use passcode_process_tests::{wait, watchdog};
use passcode_proto::limits::{CONNECTIONS, EVICTION_IDLE};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

/// Lets this process hold more files open than is usual.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, ..limit };
    setrlimit(Resource::Nofile, most).expect("the limit can be raised as far as it goes");
}

fn serving() -> (Home, passcode_process_tests::agent::AgentProcess) {
    let home = Home::new();
    let agent = home.start();
    home.pair_unspent("work", &totp_key());
    (home, agent)
}

#[test]
fn a_thousand_clients_at_once_are_all_answered() {
    let _watchdog = watchdog::watch();
    const CLIENTS: usize = 1000;
    allow_many_files();
    let (home, _agent) = serving();
    let socket = home.socket();
    let start = Barrier::new(CLIENTS);
    let answers: Vec<_> = thread::scope(|scope| {
        let client = || {
            start.wait();
            Wire::connect(&socket).and_then(|mut agent| agent.ask("code", json!({})))
        };
        let small = || thread::Builder::new().stack_size(128 * 1024);
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| small().spawn_scoped(scope, client).unwrap()).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let mut served = 0;
    for answer in answers {
        let answer = answer.expect("an answer, never a connection that is dropped in silence");
        match answer["result"]["code"].as_str() {
            Some(code) => served += usize::from(code.len() == 6),
            None => assert_eq!(failure(&answer), "busy", "{answer}"),
        }
    }
    assert!(served > CLIENTS * 9 / 10, "{served} of {CLIENTS} were served");
    wait::until("all of them to have left", || {
        home.status().ok().filter(|status| status.connections == 1)
    });
}

#[test]
fn idle_connections_do_not_lock_a_new_one_out() {
    let _watchdog = watchdog::watch();
    allow_many_files();
    let (home, _agent) = serving();
    let mut connections: Vec<Wire> = (0..CONNECTIONS)
        .map(|_| {
            let mut connection = Wire::connect(&home.socket()).unwrap();
            assert!(connection.ask("status", json!({})).unwrap()["result"].is_object());
            connection
        })
        .collect();
    const NEWCOMERS: usize = 3;
    for round in 0..NEWCOMERS {
        let asked = Instant::now();
        let mut newcomer = Wire::connect(&home.socket()).unwrap();
        let answer = newcomer.ask("code", json!({})).unwrap();
        assert_eq!(answer["result"]["profile"], "work", "round {round}: {answer}");
        assert!(asked.elapsed() < EVICTION_IDLE + Duration::from_secs(4), "round {round}");
        connections.push(newcomer);
    }
    let answers: Vec<_> = connections
        .iter_mut()
        .map(|connection| connection.ask("status", json!({})).expect("an answer or a reason"))
        .collect();
    let evicted = answers.iter().filter(|answer| failure(answer) == "busy").count();
    let served = answers.iter().filter(|answer| answer["result"].is_object()).count();
    assert_eq!((evicted, served), (NEWCOMERS, CONNECTIONS), "those who had to go were told why");
    assert_eq!(home.run(&["get"]).status, Some(0), "and the command line gets its code too");
}

#[test]
fn what_is_no_message_is_answered_once_and_the_agent_serves_on() {
    let _watchdog = watchdog::watch();
    let (home, agent) = serving();
    let mut random = vec![0; 4096];
    getrandom::fill(&mut random).unwrap();
    random[0] = 0x00;
    let many = "a".repeat(100_000);
    let nested = format!("{}{}\n", "{\"a\":".repeat(2000), "}".repeat(2000));
    let huge = [&[0xC3, b'P', b'A', 1], &[0xFF; 4096][..]].concat();
    let strangers: [(&[u8], &str); 9] = [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "bad_request"),
        (b"POST /code HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", "bad_request"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "bad_request"),
        (b"\n", "bad_request"),
        (&random, "bad_request"),
        (many.as_bytes(), "bad_request"),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\xff}\n", "bad_request"),
        (nested.as_bytes(), "too_deep"),
        (&[0xC3, b'P', b'A', 99, 0, 0, 0, 1, 2], "version"),
    ];
    for (bytes, code) in strangers {
        let mut connection = Wire::connect(&home.socket()).unwrap();
        // The agent may answer and close before it has read everything.
        let _ = connection.send(bytes);
        let answer = connection.line().unwrap();
        assert_eq!(failure(&answer), code, "{answer}");
        assert!(home.status().is_ok());
    }
    let mut connection = Wire::connect(&home.socket()).unwrap();
    let _ = connection.send(&huge);
    let closed = connection.rest();
    assert!(closed.is_err() || closed.unwrap().contains("longer than"), "a frame of 4 GiB");
    agent.quit();
}

#[test]
fn unfinished_messages_hold_up_nobody() {
    let _watchdog = watchdog::watch();
    let (home, _agent) = serving();
    let beginnings: [&[u8]; 4] = [
        b"{\"jsonrpc\":\"2.0\",",
        &[0xC3],
        &[0xC3, b'P', b'A', 1, 0, 0],
        &[0xC3, b'P', b'A', 1, 0, 0, 0, 9, 2],
    ];
    let mut held = Vec::new();
    for beginning in beginnings.iter().cycle().take(40) {
        let mut stream = UnixStream::connect(home.socket()).unwrap();
        stream.write_all(beginning).unwrap();
        held.push(stream);
        let asked = Instant::now();
        assert!(home.status().is_ok());
        assert!(asked.elapsed() < Duration::from_secs(5));
    }
    // Half of them go away in the middle of their message.
    held.truncate(20);
    assert_eq!(home.print(&["get"]).len(), 6);
}
