//! Laws of the two spellings: whatever the bytes are, a decoder gives an error or a message that stands for itself, and
//! no limit is passed.

use passcode_proto::codec::binary::{self, LENGTH_BYTES};
use passcode_proto::codec::{Sent, json};
use passcode_proto::limits::{REPLY_BYTES, REQUEST_BYTES};
use passcode_proto::profile::{Counter, ProfileId};
use passcode_proto::reply::ProfilePage;
use passcode_proto::request::{GetCode, Hello, HotpSet, List, Pair};
use passcode_proto::{Answer, FaultCode, Request, SecretText, Verb};
use proptest::prelude::*;

use crate::samples::{self, Message};

fn request() -> impl Strategy<Value = Request> {
    let flags = || (any::<bool>(), any::<bool>());
    prop_oneof![
        ".{0,200}".prop_map(|client| Hello { client }.ask()),
        (any::<Option<u32>>(), any::<Option<u32>>()).prop_map(|(after, limit)| List {
            after: after.map(ProfileId),
            limit
        }
        .ask()),
        (any::<Option<String>>(), any::<Option<u32>>(), any::<Option<u32>>(), flags()).prop_map(
            |(profile, min_valid, wait, (fresh, show))| {
                GetCode { profile, fresh, min_valid, wait, show, no_prompt: !show, purpose: None }
                    .ask()
            }
        ),
        (".*", any::<u64>()).prop_map(|(profile, next)| HotpSet {
            profile,
            next: Counter(next),
            pin: None
        }
        .ask()),
        (".*", any::<[Option<String>; 2]>(), any::<Option<u64>>(), any::<Option<u8>>()).prop_map(
            |(key, [name, service], counter, digits)| {
                let (key, counter) = (SecretText::new(key), counter.map(Counter));
                let (algorithm, period, no_code) = (None, None, false);
                let passphrase = service.clone().map(SecretText::new);
                Pair { key, name, counter, digits, algorithm, period, no_code, service, passphrase }
                    .ask()
            }
        ),
    ]
}

/// A golden frame with some of its bytes changed, left out or added.
fn nearly_a_frame() -> impl Strategy<Value = Vec<u8>> {
    let frames: Vec<_> = samples::all().iter().map(|(_, message)| frame(message)).collect();
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..3u8);
    (prop::sample::select(frames), prop::collection::vec(change, 0..4)).prop_map(
        |(mut body, changes)| {
            for (place, byte, how) in changes {
                let place = place.index(body.len() + 1);
                match how {
                    0 => body.insert(place, byte),
                    _ if place == body.len() => body.truncate(place.saturating_sub(1)),
                    1 => body[place] = byte,
                    _ => drop(body.remove(place)),
                }
            }
            body
        },
    )
}

/// The body of a message's frame.
fn frame(message: &Message) -> Vec<u8> {
    let mut frame = Vec::new();
    match message {
        Message::Request(request) => binary::write_request(request, &mut frame),
        Message::Sent(sent) => binary::write_sent(sent, &mut frame),
    }
    .expect("within the limit");
    frame.split_off(LENGTH_BYTES)
}

/// What is read stands for itself: written and read again it is the same, and never longer.
fn stands_for_itself(body: &[u8]) -> Result<(), TestCaseError> {
    let mut frame = Vec::new();
    if let Ok(request) = binary::read_request(body) {
        binary::write_request(&request, &mut frame).expect("it was within the limit");
        prop_assert!(frame.len() <= body.len() + LENGTH_BYTES);
        prop_assert_eq!(binary::read_request(&frame[LENGTH_BYTES..]), Ok(request));
        frame.clear();
    }
    if let Ok(sent) = binary::read_sent(body) {
        binary::write_sent(&sent, &mut frame).expect("it was within the limit");
        prop_assert!(frame.len() <= body.len() + LENGTH_BYTES);
        prop_assert_eq!(binary::read_sent(&frame[LENGTH_BYTES..]), Ok(sent));
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_request_is_read_as_it_was_written(request in request()) {
        prop_assert_eq!(binary::read_request(&frame(&Message::Request(request.clone()))), Ok(request));
    }

    #[test]
    fn a_request_with_bytes_left_over_or_missing_is_refused(request in request(), extra in any::<u8>()) {
        let mut body = frame(&Message::Request(request));
        body.push(extra);
        prop_assert_eq!(binary::read_request(&body).unwrap_err().code, FaultCode::BadRequest);
        body.truncate(body.len() - 2);
        prop_assert_eq!(binary::read_request(&body).unwrap_err().code, FaultCode::BadRequest);
    }

    #[test]
    fn garbage_is_refused_or_stands_for_itself(body in prop::collection::vec(any::<u8>(), 0..300)) {
        stands_for_itself(&body)?;
    }

    #[test]
    fn a_damaged_message_is_refused_or_stands_for_itself(body in nearly_a_frame()) {
        stands_for_itself(&body)?;
    }

    #[test]
    fn no_line_makes_the_json_decoder_panic(line in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = json::read_request(&line);
        let _ = json::read_refusal(&line);
    }

    #[test]
    fn a_damaged_line_is_refused_or_read(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), request in request(),
    ) {
        let tagged = serde_json::to_value(&request).unwrap();
        let params = tagged.as_object().unwrap().values().next().unwrap();
        let line = serde_json::json!({
            "jsonrpc": "2.0", "id": 1, "method": request.verb(), "params": params,
        });
        let mut line = line.to_string().into_bytes();
        prop_assert_eq!(json::read_request(&line).1, Ok(request));
        let place = place.index(line.len());
        line[place] = byte;
        if let (_, Err(fault)) = json::read_request(&line) {
            prop_assert!(!fault.message.is_empty());
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused(length in any::<u32>()) {
        let read = binary::read_length(length.to_be_bytes(), REQUEST_BYTES);
        match length as usize <= REQUEST_BYTES {
            true => prop_assert_eq!(read, Ok(length as usize)),
            false => prop_assert_eq!(read.unwrap_err().code, FaultCode::TooLarge),
        }
    }
}

#[test]
fn a_reply_over_the_limit_is_not_begun() {
    let profiles = vec![samples::profile(1); REPLY_BYTES / 50];
    let sent = Sent::Answer(Answer::List(ProfilePage { profiles, default: None, next: None }));
    let mut out = b"before".to_vec();
    assert_eq!(binary::write_sent(&sent, &mut out).unwrap_err().code, FaultCode::TooLarge);
    let written = json::write_sent(&json::Id::unknown(), &sent, &mut out);
    assert_eq!(written.unwrap_err().code, FaultCode::TooLarge);
    assert_eq!(out, b"before");
}

#[test]
fn a_request_over_the_limit_is_not_begun() {
    let mut out = b"before".to_vec();
    let hello = Hello { client: "x".repeat(REQUEST_BYTES) }.ask();
    assert_eq!(binary::write_request(&hello, &mut out).unwrap_err().code, FaultCode::TooLarge);
    assert_eq!(out, b"before");
}

#[test]
fn messages_of_the_longest_length_can_be_read() {
    for length in REQUEST_BYTES - 40..=REQUEST_BYTES {
        let hello = Hello { client: "x".repeat(length) }.ask();
        let mut frame = Vec::new();
        if binary::write_request(&hello, &mut frame).is_ok() {
            assert_eq!(binary::read_request(&frame[LENGTH_BYTES..]), Ok(hello), "{length}");
        }
    }
    let warnings = vec![String::new(); REPLY_BYTES - 200];
    let paired = passcode_proto::reply::Paired {
        profile: Some(samples::profile(1)),
        others: Vec::new(),
        first: None,
        pin_due: None,
        fingerprint: None,
        client_part: None,
        warnings,
    };
    let sent = Sent::Answer(Answer::Pair(paired));
    assert_eq!(
        binary::read_sent(&frame(&Message::Sent(sent.clone()))),
        Ok(sent),
        "many small values"
    );
}

#[test]
fn a_length_that_lies_takes_no_memory() {
    // A `hello` whose text claims to have 2⁶⁰ bytes, and a list of as many profiles.
    let lie = [0xFD, 0, 0, 0, 0, 0, 0, 0, 0x10];
    let request = [&[0][..], &lie].concat();
    assert_eq!(binary::read_request(&request).unwrap_err().code, FaultCode::BadRequest);
    let sent = [&[0, 4][..], &lie].concat();
    assert_eq!(binary::read_sent(&sent).unwrap_err().code, FaultCode::BadRequest);
}
