//! Deadlines, by the agent's own clock: a message that is begun has to be finished, and what the agent says has to be
//! taken in. Idle connections cost nothing and may stay.

use passcode_daemon::peer::Rights;
use passcode_proto::FaultCode;
use passcode_proto::codec::Sent;
use passcode_proto::codec::binary::preamble;
use passcode_proto::limits::{MESSAGE_TIME, WRITE_TIME};
use passcode_proto::request::{Help, Status, Subscribe};
use passcode_tests::rig::Rig;
use passcode_tests::rig::client::Client;
use passcode_tests::rig::json::fault_code;
use passcode_tests::rig::keys;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::wire::Wire;

const MESSAGE_SECONDS: u64 = MESSAGE_TIME.as_secs();

#[test]
fn a_line_that_is_not_finished_within_ten_seconds_is_too_slow() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(r#"{"jsonrpc":"2.0","#).await;
        rig.until_waiting(1).await;
        rig.pass(MESSAGE_SECONDS - 1);
        wire.send(r#""id":1,"#).await;
        rig.settle().await;
        assert_eq!(rig.clock.sleepers(), 1, "there is a second left");
        rig.pass(1);
        assert_eq!(fault_code(&wire.line().await), "too_slow");
        wire.closed().await;
    });
}

#[test]
fn a_byte_a_second_does_not_keep_a_message_alive() {
    with_agent(async |rig| {
        let mut json = rig.wire();
        json.send("{").await;
        let mut binary = rig.wire();
        binary.send([&preamble()[..], &[0, 0, 0, 99]].concat()).await;
        for _ in 0..MESSAGE_SECONDS {
            rig.until_waiting(2).await;
            json.send(" ").await;
            binary.send([0]).await;
            rig.settle().await;
            rig.pass(1);
        }
        assert_eq!(fault_code(&json.line().await), "too_slow");
        assert!(
            matches!(binary.frame().await, Sent::Fault(fault) if fault.code == FaultCode::TooSlow)
        );
    });
}

#[test]
fn a_frame_that_is_not_finished_within_ten_seconds_is_too_slow() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send([&preamble()[..], &[0, 0, 0, 9, 1, 2, 3]].concat()).await;
        rig.until_waiting(1).await;
        rig.pass(MESSAGE_SECONDS);
        assert!(
            matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::TooSlow)
        );
        wire.closed().await;
    });
}

#[test]
fn a_preamble_that_is_not_finished_within_ten_seconds_is_too_slow() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        for byte in &preamble()[..3] {
            wire.send([*byte]).await;
            rig.until_waiting(1).await;
            rig.settle().await;
            rig.pass(MESSAGE_SECONDS / 3);
        }
        rig.pass(1);
        assert_eq!(fault_code(&wire.line().await), "too_slow");
        wire.closed().await;
    });
}

#[test]
fn an_idle_connection_stays_and_costs_no_timer() {
    with_agent(async |rig| {
        let mut silent = rig.wire();
        let mut client = rig.client();
        client.ask(Status {}).await.unwrap();
        rig.settle().await;
        assert_eq!(rig.clock.sleepers(), 0);
        rig.pass(24 * 3600);
        assert!(client.ask(Status {}).await.is_ok());
        silent.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\n").await;
        assert_eq!(silent.line().await["id"], 1);
    });
}

/// A client whose end holds 64 bytes that it has not read.
fn small_client(rig: &Rig) -> Client {
    let (ours, theirs) = tokio::io::duplex(64);
    rig.admit(theirs, "/usr/bin/deaf", Rights::ALL);
    Client::new(Wire::new(ours))
}

#[test]
fn a_client_that_never_reads_its_answer_is_closed_after_ten_seconds() {
    with_agent(async |rig| {
        let mut deaf = small_client(&rig);
        deaf.send(Help {}).await;
        rig.until_waiting(1).await;
        rig.pass(WRITE_TIME.as_secs());
        rig.settle().await;
        let rest = deaf.into_wire().rest().await;
        assert_eq!(rest.len(), 64, "what it had room for");
    });
}

#[test]
fn a_subscriber_that_never_reads_is_closed_after_ten_seconds_and_disturbs_nobody() {
    with_agent(async |rig| {
        let mut deaf = small_client(&rig);
        let mut client = rig.client();
        deaf.send(Subscribe {}).await;
        client.pair_quietly(keys::HOTP, "work").await;
        for counter in 0..100 {
            assert_eq!(client.counter("work").await, counter);
        }
        rig.until_waiting(1).await;
        rig.pass(WRITE_TIME.as_secs());
        rig.settle().await;
        assert!(deaf.into_wire().rest().await.len() <= 64);
        assert_eq!(client.counter("work").await, 100);
    });
}

#[test]
fn a_slow_reader_is_waited_for_as_long_as_it_reads_in_time() {
    with_agent(async |rig| {
        let mut slow = small_client(&rig);
        slow.send(Help {}).await;
        rig.until_waiting(1).await;
        rig.pass(WRITE_TIME.as_secs() - 1);
        let help = slow.receive::<Help>().await.expect("the whole answer");
        assert!(help.verbs.iter().any(|verb| verb.name == "code"));
        assert!(slow.ask(Status {}).await.is_ok());
    });
}
