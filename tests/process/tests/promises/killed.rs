//! An agent that is killed, at whatever moment, gives no counter twice and loses none that it has given.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use data_encoding::BASE32;
use passcode_process_tests::agent::AgentProcess;
use passcode_process_tests::home::{Home, RFC_SECRET, hotp_key};
use passcode_process_tests::wait::Stop;
use passcode_process_tests::{oathtool, watchdog};
use passcode_proto::client::Client;
use passcode_proto::reply::{Code, Validity};
use passcode_proto::request::{GetCode, HotpShow};
use passcode_proto::{Fault, FaultCode};

const CLIENTS: u64 = 4;
const REQUESTS: u64 = 2_000;
const KILLS: u64 = 40;

/// The longest that an agent lives before it is killed; it answers some hundred requests in this time.
const LONGEST_LIFE: Duration = Duration::from_millis(120);

/// What one client was answered: every counter with its code, in order.
type Answered = Vec<(u64, String)>;

/// Asks for codes until told to stop, on a new connection after each kill, and remembers every answer.
fn client(home: &Home, given: &AtomicU64, over: &AtomicBool) -> Answered {
    let mut answered = Answered::new();
    while !over.load(Ordering::Relaxed) {
        let Ok(mut agent) = home.client() else { continue };
        while let Ok(answer) = ask(&mut agent) {
            answered.push(answer);
            given.fetch_add(1, Ordering::Relaxed);
            if over.load(Ordering::Relaxed) {
                break;
            }
        }
    }
    answered
}

fn ask(agent: &mut Client) -> Result<(u64, String), Fault> {
    let question = GetCode {
        profile: None,
        fresh: false,
        min_valid: None,
        wait: None,
        show: false,
        no_prompt: false,
        purpose: None,
    };
    match agent.call(question) {
        Ok(Code { code, validity: Validity::Count { counter }, .. }) => {
            Ok((counter.0, code.expose().to_owned()))
        }
        Ok(_) => panic!("the profile is counter-based"),
        Err(fault) if fault.code == FaultCode::Unreachable => Err(fault),
        Err(fault) => panic!("a killed agent is unreachable, not {}: {fault}", fault.code.name()),
    }
}

/// Starts the agent again and again, and kills it at a random moment of its life, which may be before its first answer.
fn kill_at_random_moments(home: &Home, given: &AtomicU64) -> u64 {
    let mut kills = 0;
    while kills < KILLS || given.load(Ordering::Relaxed) < REQUESTS {
        let agent = AgentProcess::spawn(home);
        let life = LONGEST_LIFE
            .mul_f64(f64::from(getrandom::u32().expect("chance")) / f64::from(u32::MAX));
        let end = Instant::now() + life;
        while Instant::now() < end {
            thread::sleep(Duration::from_micros(200));
        }
        agent.kill();
        kills += 1;
    }
    kills
}

#[test]
fn a_killed_agent_gives_no_counter_twice_and_loses_none_that_it_gave() {
    let _watchdog = watchdog::watch_for(Duration::from_secs(150));
    let home = Home::new();
    let agent = home.start();
    home.pair_unspent("work", &hotp_key());
    agent.kill();

    let (given, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (kills, answers) = thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| client(&home, &given, &over))).collect();
        let stop = Stop(&over);
        let kills = kill_at_random_moments(&home, &given);
        drop(stop);
        let answers: Vec<Answered> =
            clients.into_iter().map(|client| client.join().expect("a client")).collect();
        (kills, answers)
    });

    let mut by_counter = BTreeMap::new();
    for (counter, code) in answers.iter().flatten() {
        let before = by_counter.insert(*counter, code);
        assert_eq!(before, None, "counter {counter} was given twice");
    }
    for client in &answers {
        assert!(client.is_sorted_by(|a, b| a.0 < b.0), "counters rise for every client");
    }
    let (last, _) = by_counter.last_key_value().expect("answers");
    let _agent = home.start();
    let next = home.client().and_then(|mut agent| agent.call(HotpShow { profile: None }));
    let next = next.expect("a counter").next.0;
    assert!(next > *last, "the counter on disk is {next}, and {last} was given");

    // A kill costs each client at most the one request that was under way.
    let lost = next - by_counter.len() as u64;
    assert!(lost <= kills * CLIENTS, "{lost} counters were spent for nothing by {kills} kills");

    let secret = BASE32.decode(RFC_SECRET.as_bytes()).expect("base32");
    let expected = oathtool::hotp(&secret, 6, 0, next);
    for (counter, code) in by_counter {
        assert_eq!(*code, expected[counter as usize], "counter {counter}");
    }
}
