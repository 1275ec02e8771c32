//! What stands on the wire: two spellings told apart by the first byte, requests in order, and an answer to everything
//! that can be answered.

use passcode_proto::codec::binary::{self, FIRST_BYTE, preamble};
use passcode_proto::codec::{Sent, VERSION};
use passcode_proto::request::{Hello, Status};
use passcode_proto::{Answer, FaultCode, Verb};
use passcode_tests::rig::Rig;
use passcode_tests::rig::json::fault_code;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::wire::Wire;
use passcode_tests::rig::{asks, keys};

const STATUS: &str = r#"{"jsonrpc":"2.0","id":1,"method":"status"}"#;

fn frame(request: impl Verb) -> Vec<u8> {
    let mut frame = Vec::new();
    binary::write_request(&request.ask(), &mut frame).expect("within the limit");
    frame
}

fn frame_of(body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes(), body].concat()
}

async fn fault(wire: &mut Wire) -> FaultCode {
    match wire.frame().await {
        Sent::Fault(fault) => fault.code,
        other => panic!("a fault: {other:?}"),
    }
}

async fn binary_wire(rig: &Rig) -> Wire {
    let mut wire = rig.wire();
    wire.send(preamble()).await;
    wire
}

#[test]
fn what_is_neither_spelling_is_told_so_in_one_line_of_json_and_closed() {
    with_agent(async |rig| {
        for begin in [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "[",
            "\n{}",
            " {",
            "\0",
            "\x16\x03\x01",
            "\u{feff}{",
        ] {
            let mut wire = rig.wire();
            wire.send(begin).await;
            let line = wire.line().await;
            assert_eq!(fault_code(&line), "bad_request", "{begin:?}");
            assert_eq!(line["id"], serde_json::Value::Null);
            wire.closed().await;
        }
    });
}

#[test]
fn a_batch_is_refused() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(format!("[{STATUS},{STATUS}]\n")).await;
        assert_eq!(fault_code(&wire.line().await), "bad_request");
        wire.closed().await;
        let mut wire = rig.wire();
        wire.send(format!("{STATUS}\n[{STATUS}]\n{STATUS}\n")).await;
        assert_eq!(wire.line().await["id"], 1);
        assert_eq!(fault_code(&wire.line().await), "bad_request");
        assert_eq!(wire.line().await["id"], 1, "the connection goes on");
    });
}

#[test]
fn another_protocol_version_is_refused_in_json_which_every_version_reads() {
    with_agent(async |rig| {
        for version in [0, VERSION as u8 + 1, 0xFF] {
            let mut wire = rig.wire();
            wire.send([FIRST_BYTE, b'P', b'A', version]).await;
            assert_eq!(fault_code(&wire.line().await), "version", "{version}");
            wire.closed().await;
        }
    });
}

#[test]
fn a_preamble_that_is_not_ours_is_refused() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send([FIRST_BYTE, 0xA9, b'o', b'k']).await;
        assert_eq!(fault_code(&wire.line().await), "bad_request");
        wire.closed().await;
    });
}

#[test]
fn a_preamble_that_is_cut_is_refused() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(&preamble()[..3]).await;
        wire.end_sending().await;
        assert_eq!(fault_code(&wire.line().await), "bad_request");
        wire.closed().await;
    });
}

#[test]
fn a_frame_of_garbage_is_refused_and_the_next_one_is_answered() {
    with_agent(async |rig| {
        let mut wire = binary_wire(&rig).await;
        let mut trailing = frame(Status {});
        trailing.push(0);
        for body in [&b""[..], &[0xFF], &[200, 200, 200], &trailing[4..], &[5, 1, 250], &[253; 40]]
        {
            wire.send(frame_of(body)).await;
            assert_eq!(fault(&mut wire).await, FaultCode::BadRequest, "{body:?}");
        }
        wire.send(frame(Status {})).await;
        assert!(matches!(wire.frame().await, Sent::Answer(Answer::Status(_))));
    });
}

#[test]
fn a_frame_that_is_cut_is_refused() {
    with_agent(async |rig| {
        let whole = frame(Hello { client: "cut".into() });
        for length in 1..whole.len() {
            let mut wire = binary_wire(&rig).await;
            wire.send(&whole[..length]).await;
            wire.end_sending().await;
            assert_eq!(fault(&mut wire).await, FaultCode::BadRequest, "{length}");
            wire.closed().await;
        }
    });
}

#[test]
fn lines_of_garbage_are_refused_and_the_next_one_is_answered() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        for line in
            [&b"{"[..], b"", b"\xff\xfe", b"null", b"{\"id\":1}", b"{\"\xff\":1}", b"{}{}", b"\0"]
        {
            // The first byte of the connection settles the spelling, so the first line begins with it.
            wire.send([line, b"\n"].concat()).await;
            assert_eq!(fault_code(&wire.line().await), "bad_request", "{line:?}");
        }
        wire.send([STATUS, "\r\n"].concat()).await;
        assert_eq!(wire.line().await["result"]["state"], "empty");
    });
}

#[test]
fn an_unknown_verb_and_an_unknown_parameter_have_their_own_codes() {
    with_agent(async |rig| {
        let mut json = rig.json();
        assert_eq!(json.refused("dance", serde_json::json!({})).await, "unknown_verb");
        assert_eq!(json.refused("code", serde_json::json!({ "at": 5 })).await, "unknown_field");
        assert_eq!(json.refused("code", serde_json::json!([])).await, "bad_request");
        assert_eq!(json.refused("code", serde_json::json!({ "profile": 5 })).await, "bad_request");
        assert_eq!(
            json.refused("rename", serde_json::json!({ "profile": "a" })).await,
            "bad_request"
        );
    });
}

#[test]
fn requests_in_one_write_are_answered_in_order() {
    with_agent(async |rig| {
        rig.client().pair_quietly(keys::HOTP, "work").await;
        let lines: String = (0..20)
            .map(|id| {
                format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"code","params":{{}}}}"#) + "\n"
            })
            .collect();
        let mut wire = rig.wire();
        wire.send(lines).await;
        for id in 0..20 {
            let line = wire.line().await;
            assert_eq!(line["id"], id);
            assert_eq!(line["result"]["counter"], id.to_string());
        }
        let mut wire = binary_wire(&rig).await;
        wire.send(
            [frame(asks::code("work")), frame(Status {}), frame(asks::code("work"))].concat(),
        )
        .await;
        let mut answers = Vec::new();
        for _ in 0..3 {
            match wire.frame().await {
                Sent::Answer(answer) => answers.push(answer),
                other => panic!("an answer: {other:?}"),
            }
        }
        assert!(matches!(
            &answers[..],
            [Answer::GetCode(_), Answer::Status(_), Answer::GetCode(_)]
        ));
    });
}

#[test]
fn a_client_that_has_stopped_sending_still_gets_its_answers() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(format!("{STATUS}\n{STATUS}")).await;
        wire.end_sending().await;
        assert_eq!(wire.line().await["id"], 1);
        assert_eq!(wire.line().await["id"], 1, "the last line needs no line break");
        wire.closed().await;
        let mut wire = binary_wire(&rig).await;
        wire.send(frame(Status {})).await;
        wire.end_sending().await;
        assert!(matches!(wire.frame().await, Sent::Answer(Answer::Status(_))));
        wire.closed().await;
    });
}

#[test]
fn a_client_that_says_nothing_is_closed_without_a_word() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.end_sending().await;
        wire.closed().await;
        let mut wire = binary_wire(&rig).await;
        wire.end_sending().await;
        wire.closed().await;
    });
}

#[test]
fn no_refusal_repeats_what_was_sent() {
    with_agent(async |rig| {
        let secret = keys::RFC_BASE32;
        let lines = [
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{secret}"}}"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"{secret}":1}}}}"#),
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":["{secret}"]}}}}"#
            ),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":"{secret}!"}}}}"#),
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":"otpauth://{secret}"}}}}"#
            ),
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"code","params":{{"profile":"{secret}"}}}}"#
            ),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"code","params":"{secret}"#),
            format!(r#"{{"jsonrpc":"2.0","id":["{secret}"],"method":"status"}}"#),
        ];
        for line in lines {
            let mut wire = rig.wire();
            wire.send(format!("{line}\n")).await;
            fault_code(&wire.line().await);
            assert!(!String::from_utf8_lossy(wire.seen()).contains(secret), "{line}");
        }
    });
}
