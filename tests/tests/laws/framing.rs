//! However bytes arrive, and whatever they are: the same messages get the same answers, and garbage harms nobody.

use passcode_daemon::peer::Rights;
use passcode_proto::Verb;
use passcode_proto::codec::binary::{self, LENGTH_BYTES, preamble};
use passcode_proto::limits::REPLY_BYTES;
use passcode_proto::request::{Hello, Help, Status};
use passcode_tests::rig::asks;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{Rig, wire::Wire};
use proptest::prelude::*;

/// A conversation in JSON, with faults, and without a line break at its end.
fn lines() -> Vec<u8> {
    [
        r#"{"jsonrpc":"2.0","id":1,"method":"help"}"#,
        r#"{"jsonrpc":"2.0","id":"two","method":"dance"}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"code","params":{"profile":"\u00fc\"{[\\"}}"#,
        "no JSON at all \u{1F511}",
        "",
        r#"{"jsonrpc":"2.0","id":4,"method":"status","params":{}}"#,
    ]
    .join("\n")
    .into_bytes()
}

/// The same in binary.
fn frames() -> Vec<u8> {
    let mut bytes = preamble().to_vec();
    let asked = [
        Help {}.ask(),
        asks::code("nothing paired").ask(),
        Hello { client: "x".repeat(3_000) }.ask(),
        asks::list().ask(),
        Status {}.ask(),
    ];
    for request in &asked {
        binary::write_request(request, &mut bytes).expect("within the limit");
        bytes.extend([0, 0, 0, 2, 0xFF, 0xFF]);
    }
    bytes
}

/// What the agent says to `bytes` that arrive in pieces of these lengths, over and over.
async fn said(rig: &Rig, bytes: &[u8], lengths: &[usize]) -> Vec<u8> {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    rig.admit(theirs, "/usr/bin/rig", Rights::ALL);
    let mut wire = Wire::new(ours);
    let (mut rest, mut lengths) = (bytes, lengths.iter().cycle());
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.len().min(*lengths.next().expect("a length")));
        wire.send(piece).await;
        tokio::task::yield_now().await;
        rest = later;
    }
    wire.end_sending().await;
    wire.rest().await
}

/// Whether `said` is nothing but whole messages.
fn is_whole(mut said: &[u8], in_frames: bool) -> bool {
    if !in_frames {
        return said.split_inclusive(|byte| *byte == b'\n').all(|line| {
            line.ends_with(b"\n") && serde_json::from_slice::<serde_json::Value>(line).is_ok()
        });
    }
    while let Some((length, rest)) = said.split_first_chunk::<LENGTH_BYTES>() {
        let length = binary::read_length(*length, REPLY_BYTES).expect("a frame within its limit");
        let Some(body) = rest.get(..length) else { return false };
        if binary::read_sent(body).is_err() {
            return false;
        }
        said = &rest[length..];
    }
    said.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn messages_survive_any_chunking(lengths in prop::collection::vec(1..200usize, 1..20)) {
        with_agent(async move |rig| {
            for conversation in [lines(), frames()] {
                let at_once = said(&rig, &conversation, &[usize::MAX]).await;
                assert!(at_once.len() > 1_000, "everything is answered");
                assert_eq!(said(&rig, &conversation, &lengths).await, at_once);
            }
        });
    }

    #[test]
    fn garbage_is_answered_by_whole_messages_and_harms_nobody(
        begin in prop_oneof![Just(vec![]), Just(b"{".to_vec()), Just(preamble().to_vec())],
        garbage in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        with_agent(async move |rig| {
            let bytes = [begin.clone(), garbage].concat();
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            rig.admit(theirs, "/usr/bin/garbage", Rights::CODES);
            let mut wire = Wire::new(ours);
            wire.send_if_open(&bytes).await;
            wire.end_sending().await;
            let said = wire.rest().await;
            assert!(is_whole(&said, bytes.starts_with(&preamble())), "{said:?}");
            assert!(rig.client().ask(Status {}).await.is_ok());
        });
    }

    #[test]
    fn frames_of_garbage_are_each_answered(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20),
    ) {
        with_agent(async move |rig| {
            let mut bytes = preamble().to_vec();
            for body in &bodies {
                bytes.extend((body.len() as u32).to_be_bytes());
                bytes.extend(body);
            }
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            rig.admit(theirs, "/usr/bin/garbage", Rights::CODES);
            let mut wire = Wire::new(ours);
            wire.send(&bytes).await;
            wire.end_sending().await;
            for _ in &bodies {
                wire.frame().await;
            }
            wire.closed().await;
        });
    }
}
