//! Pairing keys in every spelling, with every slip, whole and in parts: nothing of them stays in the agent's memory.

use data_encoding::HEXLOWER;
use passcode_process_tests::home::pairing;
use passcode_process_tests::watchdog;
use passcode_proto::Verb;
use passcode_proto::codec::binary::{self, LENGTH_BYTES, PREAMBLE_BYTES};
use serde_json::{Value, json};

use super::watched::Watched;

/// A way to hand over the secret, as a line of JSON; some of them fail.
type Spelling = (&'static str, fn(&Watched) -> String);

const SPELLINGS: &[Spelling] = &[
    ("as a link", |agent| pair(&json!({"key": agent.key("totp", ""), "name": "link"}))),
    ("as a counter's link", |agent| pair(&json!({"key": agent.key("hotp", "")}))),
    ("in escaped JSON", |agent| {
        let key = escaped(&agent.key("totp", ""));
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"pair","params":{{"key":"{key}"}}}}"#)
    }),
    ("in an escaped link", |agent| {
        let secret: String = agent.base32().bytes().map(|byte| format!("%{byte:02x}")).collect();
        pair(&json!({"key": format!("otpauth://totp/me?digits=8&secret={secret}")}))
    }),
    ("in groups of small letters", |agent| {
        pair(&json!({"key": grouped(&agent.base32().to_lowercase()), "digits": 8, "counter": "7"}))
    }),
    ("in hexadecimal", |agent| {
        pair(&json!({"key": format!("hex:{}", HEXLOWER.encode(&agent.secret)), "digits": 8}))
    }),
    ("in a long message", |agent| {
        let image = format!("&image={}", "a".repeat(7_000));
        pair(&json!({"key": agent.key("totp", &image), "name": "long"}))
    }),
    ("with a wrong number", |agent| pair(&json!({"key": agent.key("totp", "&period=0")}))),
    ("with a slip in it", |agent| pair(&json!({"key": format!("{}1", agent.base32())}))),
    ("with a name that is taken", |agent| {
        pair(&json!({"key": agent.key("totp", ""), "name": "LINK"}))
    }),
    ("in a list", |agent| pair(&json!({"key": [agent.base32()]}))),
    ("as another parameter", |agent| pair(&json!({"key": "a", "digits": agent.base32()}))),
    ("as a parameter's name", |agent| pair(&json!({agent.base32(): 1}))),
    ("as a verb", |agent| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, agent.base32())),
    ("in what is no JSON", |agent| format!(r#"{{"key":"{}"#, agent.base32())),
];

fn pair(params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "pair", "params": params}).to_string()
}

/// A text in JSON with every character escaped.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\u{byte:04x}")).collect()
}

fn grouped(text: &str) -> String {
    let groups: Vec<&[u8]> = text.as_bytes().chunks(4).collect();
    String::from_utf8(groups.join(&b' ')).expect("a text")
}

#[test]
fn nothing_of_a_pairing_stays_in_the_agents_memory() {
    let _watchdog = watchdog::watch();
    let mut agent = Watched::start();
    for (how, spelled) in SPELLINGS {
        let line = spelled(&agent) + "\n";
        agent.wire.send(line.as_bytes()).expect("a request");
        let answer = agent.wire.line().expect("an answer");
        if let Some(code) = answer["result"]["first"]["code"].as_str() {
            agent.gave(how, code);
        }
        agent.assert_holds_its_key_alone(how);
    }
    let how = "by the command line";
    let code = agent.home().pair(how, &agent.key("totp", ""));
    agent.gave(how, &code);
    agent.assert_holds_its_key_alone(how);
}

#[test]
fn nothing_of_a_pairing_that_comes_in_parts_or_breaks_off_stays_in_the_agents_memory() {
    let _watchdog = watchdog::watch();
    let mut agent = Watched::start();
    agent.ask("pair", json!({"key": agent.key("totp", ""), "name": "whole", "no_code": true}));
    let line = pair(&json!({"key": agent.key("totp", ""), "name": "in parts"})) + "\n";
    let (first, second) = line.split_at(line.len() - 30);
    agent.wire.send(first.as_bytes()).expect("the first part");
    agent.home().status().expect("others are served meanwhile");
    agent.wire.send(second.as_bytes()).expect("the second part");
    let answer = agent.wire.line().expect("an answer");
    agent.gave("in parts", answer["result"]["first"]["code"].as_str().expect("a code"));
    agent.assert_holds_its_key_alone("in parts");

    let mut gone = agent.another_wire();
    gone.send(first.as_bytes()).expect("the first part");
    drop(gone);
    agent.wait_until_alone();
    agent.assert_holds_its_key_alone("broken off");
}

#[test]
fn nothing_of_a_pairing_in_a_damaged_frame_stays_in_the_agents_memory() {
    let _watchdog = watchdog::watch();
    let mut agent = Watched::start();
    agent.ask("pair", json!({"key": agent.key("totp", ""), "name": "whole", "no_code": true}));
    let mut frame = binary::preamble().to_vec();
    let request = pairing("in binary", &agent.key("totp", "")).ask();
    binary::write_request(&request, &mut frame).expect("within the limit");
    let whole = frame.len() - PREAMBLE_BYTES - LENGTH_BYTES;
    // What its length says, and how much of it is sent.
    let damages = [
        ("of which the end is missing", whole, 9),
        ("too short", whole - 9, 9),
        ("too long", whole - 9, 0),
    ];
    for (damage, length, missing) in damages {
        let length = u32::try_from(length).expect("a short frame").to_be_bytes();
        frame[PREAMBLE_BYTES..][..LENGTH_BYTES].copy_from_slice(&length);
        let mut wire = agent.another_wire();
        wire.send(&frame[..frame.len() - missing]).expect("a frame");
        drop(wire);
        agent.wait_until_alone();
        agent.assert_holds_its_key_alone(&format!("in a frame {damage}"));
    }
}
