//! Limits of what can be sent: each is an error of its own when it is passed, never a silent cut.

use passcode_proto::codec::Sent;
use passcode_proto::codec::binary::{self, preamble};
use passcode_proto::limits::{
    CODE_WAIT, JSON_DEPTH, JSON_ID_BYTES, LABEL_BYTES, PAGE, REQUEST_BYTES,
};
use passcode_proto::request::{Hello, List};
use passcode_proto::{FaultCode, Verb};
use passcode_tests::rig::json::fault_code;
use passcode_tests::rig::watchdog::with_agent;
use passcode_tests::rig::{asks, keys};

/// A `hello` in JSON of exactly `length` bytes, without the line break.
fn hello_line(length: usize) -> String {
    let (head, tail) =
        (r#"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":""#, r#""}}"#);
    format!("{head}{}{tail}", "x".repeat(length - head.len() - tail.len()))
}

/// A `hello` as a frame whose body has exactly `length` bytes.
fn hello_frame(length: usize) -> Vec<u8> {
    let framed = |text: usize| {
        let mut frame = Vec::new();
        let hello = Hello { client: "x".repeat(text) };
        binary::write_request(&hello.ask(), &mut frame).map(|()| frame)
    };
    let overhead = framed(length - 16).expect("within the limit").len() - 4 - (length - 16);
    framed(length - overhead).expect("within the limit")
}

#[test]
fn a_json_message_of_64_kib_is_taken_and_one_byte_more_is_too_large() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(hello_line(REQUEST_BYTES) + "\n").await;
        assert_eq!(wire.line().await["id"], 1);
        wire.send_if_open((hello_line(REQUEST_BYTES + 1) + "\n").as_bytes()).await;
        assert_eq!(fault_code(&wire.line().await), "too_large");
        wire.closed().await;
    });
}

#[test]
fn a_last_line_of_64_kib_needs_no_line_break() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(hello_line(REQUEST_BYTES)).await;
        wire.end_sending().await;
        assert_eq!(wire.line().await["id"], 1);
        wire.closed().await;
    });
}

#[test]
fn a_line_that_never_ends_is_too_large_before_it_is_kept() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send_if_open(hello_line(REQUEST_BYTES + 1).as_bytes()).await;
        assert_eq!(fault_code(&wire.line().await), "too_large");
        wire.closed().await;
    });
}

#[test]
fn a_binary_message_of_64_kib_is_taken_and_one_byte_more_is_too_large() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        let largest = hello_frame(REQUEST_BYTES);
        assert_eq!(largest.len(), REQUEST_BYTES + 4);
        wire.send(preamble()).await;
        wire.send(largest).await;
        assert!(matches!(wire.frame().await, Sent::Answer(_)));
        wire.send(((REQUEST_BYTES + 1) as u32).to_be_bytes()).await;
        assert!(
            matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::TooLarge)
        );
        wire.closed().await;
    });
}

#[test]
fn a_huge_length_is_refused_before_anything_of_that_size_is_kept() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        wire.send(preamble()).await;
        wire.send(u32::MAX.to_be_bytes()).await;
        assert!(
            matches!(wire.frame().await, Sent::Fault(fault) if fault.code == FaultCode::TooLarge)
        );
        wire.closed().await;
    });
}

#[test]
fn nesting_of_eight_levels_is_read_and_nine_are_too_deep() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        for (levels, code) in [(JSON_DEPTH, "unknown_field"), (JSON_DEPTH + 1, "too_deep")] {
            // The request and its parameters are two of the levels.
            let (open, close) = ("[".repeat(levels - 2), "]".repeat(levels - 2));
            let params = format!(r#"{{"a":{open}{close}}}"#);
            wire.send(format!(r#"{{"jsonrpc":"2.0","id":1,"method":"status","params":{params}}}"#))
                .await;
            wire.send("\n").await;
            assert_eq!(fault_code(&wire.line().await), code);
        }
    });
}

#[test]
fn an_id_of_64_bytes_is_echoed_and_a_longer_one_is_refused() {
    with_agent(async |rig| {
        let mut wire = rig.wire();
        let longest = "i".repeat(JSON_ID_BYTES - 2);
        wire.send(format!("{{\"jsonrpc\":\"2.0\",\"id\":\"{longest}\",\"method\":\"help\"}}\n"))
            .await;
        assert_eq!(wire.line().await["id"], longest.as_str());
        wire.send(format!("{{\"jsonrpc\":\"2.0\",\"id\":\"{longest}i\",\"method\":\"help\"}}\n"))
            .await;
        let refusal = wire.line().await;
        assert_eq!(
            (&refusal["id"], fault_code(&refusal)),
            (&serde_json::Value::Null, "bad_request")
        );
    });
}

#[test]
fn a_name_of_256_bytes_is_taken_and_a_longer_one_is_refused() {
    with_agent(async |rig| {
        let mut client = rig.client();
        let longest = "ä".repeat(LABEL_BYTES / 2);
        client.pair_quietly(keys::TOTP, &longest).await;
        assert_eq!(client.ask(asks::list()).await.unwrap().profiles[0].name.as_str(), longest);
        let longer = longest + "x";
        assert_eq!(client.refused(asks::pair(keys::TOTP, &longer)).await, FaultCode::BadName);
        assert_eq!(client.refused(asks::rename("ä", &longer)).await, FaultCode::BadName);
    });
}

#[test]
fn a_name_cannot_hold_what_would_forge_a_line_or_turn_its_direction() {
    with_agent(async |rig| {
        let mut client = rig.client();
        for name in
            ["", "  ", "a\nb", "a\x1b[31mb", "a\u{202E}b", "a\u{2066}b", "a\u{200B}b", "a\0b"]
        {
            let refused = client.refused(asks::pair(keys::TOTP, name)).await;
            assert_eq!(refused, FaultCode::BadName, "{name:?}");
        }
        assert_eq!(client.ask(asks::list()).await.unwrap().profiles, []);
    });
}

#[test]
fn a_page_of_none_or_of_more_than_500_is_refused() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        for limit in [0, PAGE + 1, u32::MAX] {
            let refused = client.refused(List { after: None, limit: Some(limit) }).await;
            assert_eq!(refused, FaultCode::BadRequest, "{limit}");
        }
        for limit in [1, PAGE] {
            assert!(client.ask(List { after: None, limit: Some(limit) }).await.is_ok(), "{limit}");
        }
    });
}

#[test]
fn a_wait_of_more_than_60_seconds_is_refused() {
    with_agent(async |rig| {
        let mut client = rig.client();
        client.pair_quietly(keys::TOTP, "work").await;
        let patient =
            |wait| passcode_proto::request::GetCode { wait: Some(wait), ..asks::code("work") };
        assert_eq!(client.refused(patient(CODE_WAIT + 1)).await, FaultCode::BadRequest);
        assert!(client.ask(patient(CODE_WAIT)).await.is_ok());
        assert!(client.ask(patient(0)).await.is_ok());
    });
}
