//! Every message as it is on the wire, in files that are never edited, only added: one that changes breaks clients that
//! are installed already, and raises the protocol's version.
//!
//! A file has two lines: the message in JSON, and the frame in binary as hexadecimal digits. With `PASSCODE_BLESS=1` the
//! files that are missing are written.

use std::collections::BTreeSet;
use std::path::PathBuf;

use passcode_proto::codec::binary::{self, LENGTH_BYTES};
use passcode_proto::codec::{Sent, json};
use passcode_proto::event::Event;
use passcode_proto::limits::REPLY_BYTES;
use passcode_proto::{Answer, FaultCode, Request, Verb, request, verb};

use crate::samples::{self, Message};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn path(name: &str) -> PathBuf {
    folder().join(format!("{name}.txt"))
}

/// The two lines of a golden file.
fn golden(name: &str, message: &Message) -> (String, Vec<u8>) {
    if std::env::var_os("PASSCODE_BLESS").is_some() && !path(name).exists() {
        let text = format!("{}\n{}\n", in_json(message), to_hex(&in_binary(message)));
        std::fs::write(path(name), text).expect("the folder can be written");
    }
    let text = std::fs::read_to_string(path(name));
    let text =
        text.unwrap_or_else(|_| panic!("{name} has no golden file; PASSCODE_BLESS=1 adds it"));
    let (json, hex) = text.trim_end().split_once('\n').expect("two lines");
    (json.to_owned(), from_hex(hex))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16);
    pairs.map(|pair| byte(pair).expect("hexadecimal digits")).collect()
}

fn in_binary(message: &Message) -> Vec<u8> {
    let mut frame = Vec::new();
    let written = match message {
        Message::Request(request) => binary::write_request(request, &mut frame),
        Message::Sent(sent) => binary::write_sent(sent, &mut frame),
    };
    written.expect("within the limit");
    frame
}

fn from_binary(frame: &[u8], like: &Message) -> Message {
    let (length, body) = frame.split_first_chunk::<LENGTH_BYTES>().expect("a length");
    assert_eq!(binary::read_length(*length, REPLY_BYTES), Ok(body.len()));
    match like {
        Message::Request(_) => Message::Request(binary::read_request(body).expect("a request")),
        Message::Sent(_) => Message::Sent(binary::read_sent(body).expect("a message")),
    }
}

fn in_json(message: &Message) -> String {
    match message {
        Message::Request(request) => request_line(request),
        Message::Sent(sent) => {
            let first = br#"{"jsonrpc":"2.0","id":1,"method":"help"}"#;
            let mut line = Vec::new();
            json::write_sent(&json::read_request(first).0, sent, &mut line)
                .expect("within the limit");
            String::from_utf8(line).expect("UTF-8").trim_end().to_owned()
        }
    }
}

/// A request as a client would write it: parameters that are left out are not there.
fn request_line(request: &Request) -> String {
    let tagged = serde_json::to_value(request).expect("JSON");
    let (_, params) =
        tagged.as_object().and_then(|tagged| tagged.iter().next()).expect("one variant");
    let mut params = params.as_object().expect("parameters").clone();
    params.retain(|_, value| !value.is_null() && *value != false);
    let line = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": request.verb(), "params": params });
    line.to_string()
}

#[test]
fn every_message_is_on_the_wire_what_it_was_when_it_was_new() {
    for (name, message) in samples::all() {
        let (json, frame) = golden(&name, &message);
        assert_eq!(from_binary(&frame, &message), message, "{name} from binary");
        assert_eq!(to_hex(&in_binary(&message)), to_hex(&frame), "{name} in binary");
        match &message {
            Message::Request(request) => {
                assert_eq!(
                    json::read_request(json.as_bytes()).1.as_ref(),
                    Ok(request),
                    "{name} from JSON"
                );
            }
            Message::Sent(_) => assert_eq!(in_json(&message), json, "{name} in JSON"),
        }
    }
}

#[test]
fn faults_and_answers_can_be_read_back_from_json() {
    for (name, message) in samples::all() {
        let line = golden(&name, &message).0;
        match message {
            Message::Sent(Sent::Fault(fault)) => {
                assert_eq!(json::read_refusal(line.as_bytes()), Ok(fault), "{name}");
            }
            Message::Sent(Sent::Answer(answer)) => {
                let reply: serde_json::Value = serde_json::from_str(&line).expect("JSON");
                assert_eq!(reread(&answer, reply["result"].to_string()), answer, "{name}");
            }
            Message::Sent(Sent::Event(event)) => {
                let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
                let params = serde_json::from_value(line["params"].clone());
                assert_eq!(params.ok(), Some(event), "{name}");
            }
            Message::Request(_) => {}
        }
    }
}

/// Ties each answer to its verb; a new one does not compile until it stands here.
macro_rules! answers {
    ($($Verb:ident),+) => {
        /// The answer that `text` holds, as the type of `like`.
        fn reread(like: &Answer, text: String) -> Answer {
            match like {
                $(Answer::$Verb(_) => {
                    let read: <request::$Verb as Verb>::Answer =
                        serde_json::from_str(&text).expect("what was written can be read");
                    Answer::$Verb(read)
                })+
            }
        }

        /// The number of an answer's verb.
        fn verb_number(answer: &Answer) -> usize {
            let verbs = [$(stringify!($Verb)),+];
            let name = match answer { $(Answer::$Verb(_) => stringify!($Verb)),+ };
            verbs.iter().position(|verb| *verb == name).expect("it is one of them")
        }
    };
}

answers! {
    Hello, Help, Status, Subscribe, List, GetCode, Pair, Rename, SetDefault, Unpair, Lock, Unlock, PinSet, PinChange,
    PinRemove, KeystoreSet, HotpShow, HotpSet, HotpResync, PolicyRefresh, HandOver,
    ProxySet, ProxyRemove, PrompterRegister, PrompterAnswer, LockTimesSet, Reset, Doctor, Quit, PasswordSet,
    PasswordRemove, PasswordUse, PromptExplain
}

/// The event's name in JSON; a new one does not compile until it stands here and in [`EVENTS`].
fn event_name(event: &Event) -> &'static str {
    match event {
        Event::View(_) => "view",
        Event::State(_) => "state",
        Event::ProfileAdded(_) => "profile_added",
        Event::ProfileChanged(_) => "profile_changed",
        Event::ProfileRemoved(_) => "profile_removed",
        Event::DefaultChanged(_) => "default_changed",
        Event::CodeGiven(_) => "code_given",
        Event::PasswordGiven(_) => "password_given",
        Event::WrongPin(_) => "wrong_pin",
        Event::ProtectionChanged => "protection_changed",
        Event::Reset => "reset",
        Event::PrompterChanged(_) => "prompter_changed",
        Event::Prompt(_) => "prompt",
        Event::PromptOver(_) => "prompt_over",
    }
}

const EVENTS: [&str; 14] = [
    "view",
    "state",
    "profile_added",
    "profile_changed",
    "profile_removed",
    "default_changed",
    "code_given",
    "password_given",
    "wrong_pin",
    "protection_changed",
    "reset",
    "prompter_changed",
    "prompt",
    "prompt_over",
];

#[test]
fn no_message_is_without_a_golden_file_and_no_file_without_a_message() {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let (mut failed, mut happened) = (Vec::new(), BTreeSet::new());
    let samples = samples::all();
    for (_, message) in &samples {
        match message {
            Message::Request(request) => drop(asked.insert(request.verb())),
            Message::Sent(Sent::Answer(answer)) => drop(answered.insert(verb_number(answer))),
            Message::Sent(Sent::Fault(fault)) => failed.push(fault.code),
            Message::Sent(Sent::Event(event)) => drop(happened.insert(event_name(&event.event))),
        }
    }
    let verbs = verb::table();
    assert_eq!(asked, verbs.iter().map(|verb| verb.name.as_str()).collect());
    assert_eq!(answered, (0..verbs.len()).collect());
    assert_eq!(failed, FaultCode::ALL);
    assert_eq!(happened, EVENTS.into());

    let named: BTreeSet<_> = samples.iter().map(|(name, _)| format!("{name}.txt")).collect();
    assert_eq!(named.len(), samples.len(), "no two samples share a file");
    let found = std::fs::read_dir(folder()).expect("the folder is there");
    let found = found.map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8"));
    assert_eq!(found.collect::<BTreeSet<_>>(), named);
}

#[test]
fn what_is_left_out_of_a_json_request_has_its_default() {
    for (_, message) in samples::all() {
        let Message::Request(request) = message else { continue };
        let whole = serde_json::to_value(&request).expect("JSON");
        let params =
            whole.as_object().and_then(|tagged| tagged.values().next()).expect("parameters");
        let line = serde_json::json!({
            "jsonrpc": "2.0", "id": 1, "method": request.verb(), "params": params,
        });
        // With every parameter spelled out, as null or false where it was left out before.
        assert_eq!(json::read_request(line.to_string().as_bytes()).1, Ok(request));
    }
}
