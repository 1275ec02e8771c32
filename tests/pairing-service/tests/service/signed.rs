//! Promises of signed calls: every component counts, nothing works twice, and a removed device is told so.

use serde_json::json;

use crate::device::{Device, text};
use crate::rig::{ALICE, Rig};

#[test]
fn a_device_sees_where_it_stands() {
    let rig = Rig::start();
    let (mut web, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    let pending = device.state();
    assert_eq!(pending.status, 200, "{pending:?}");
    let expected = json!({
        "device": device.id(),
        "issuer": "Example Corp",
        "account": ALICE,
        "state": "pending",
        "policy": {"pin": 0, "export": false},
        "counter": "0",
    });
    assert_eq!(pending.json(), expected);
    web.enter_code(&device.code(2));
    let paired = device.state().json();
    assert_eq!((&paired["state"], &paired["counter"]), (&json!("paired"), &json!("3")));
}

#[test]
fn a_changed_policy_is_seen_by_the_next_call() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    rig.decide(|policy| (policy.pin, policy.export) = (6, true));
    assert_eq!(device.state().json()["policy"], json!({"pin": 6, "export": true}));
}

#[test]
fn a_device_with_timed_passcodes_has_no_counter() {
    let rig = Rig::start();
    rig.decide(|policy| policy.passcodes.is_timed = true);
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    assert_eq!(device.state().json().get("counter"), None);
    let codes = [device.code(1), device.code(2)];
    device.resynchronise(&codes).is_problem(409, "resync-failed");
}

#[test]
fn every_component_of_the_signature_counts() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let path = device.path();
    let body = json!({"codes": ["123456", "654321"]}).to_string();
    let resync = format!("{path}/resync");
    let https = device.https.clone();

    let headers = device.signed("GET", &path, "");
    https.send("DELETE", &path, &headers, b"").is_problem(401, "signature-invalid");
    let headers = device.signed("GET", &path, "");
    https.send("GET", &format!("{path}?a=b"), &headers, b"").is_problem(401, "signature-invalid");
    let headers = device.signed("POST", &resync, &body);
    let other = body.replace("123456", "123457");
    https.send("POST", &resync, &headers, other.as_bytes()).is_problem(401, "signature-invalid");
    assert_eq!(device.state().status, 200);
}

/// Changes one header of a call that is right otherwise.
fn changed(device: &mut Device, name: &str, change: impl Fn(&str) -> String) {
    let path = device.path();
    let mut headers = device.signed("GET", &path, "");
    for header in headers.iter_mut().filter(|header| header.0 == name) {
        header.1 = change(&header.1);
    }
    let answer = device.https.send("GET", &path, &headers, b"");
    answer.is_problem(401, "signature-invalid");
}

#[test]
fn every_header_of_the_signature_counts() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let device = &mut device;
    changed(device, "Passcode-Count", |_| "900".to_owned());
    changed(device, "Content-Digest", |digest| digest.replace("47DEQ", "47DEX"));
    changed(device, "Content-Digest", |digest| digest.replace("sha-256", "sha-512"));
    changed(device, "Signature", |signature| signature.replace("sig1", "sig2"));
    changed(device, "Signature", |_| "sig1=:AAAA:".to_owned());
    changed(device, "Signature", |signature| format!("{signature}, sig2=:AAAA:"));
    changed(device, "Signature-Input", |input| input.replace("1700000000", "1700000001"));
    changed(device, "Signature-Input", |input| input.replace("ed25519", "hmac-sha256"));
    changed(device, "Signature-Input", |input| input.replace("passcode-pairing", "other"));
    changed(device, "Signature-Input", |input| input.replace(" \"passcode-count\"", ""));
    changed(device, "Signature-Input", |input| format!("{input};expires=1800000000"));
    assert_eq!(device.state().status, 200);
}

#[test]
fn a_call_without_its_headers_is_not_signed() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let path = device.path();
    for missing in ["Content-Digest", "Passcode-Count", "Signature-Input", "Signature"] {
        let mut headers = device.signed("GET", &path, "");
        headers.retain(|(name, _)| *name != missing);
        device.https.send("GET", &path, &headers, b"").is_problem(401, "signature-invalid");
    }
}

#[test]
fn a_device_cannot_speak_for_another() {
    let rig = Rig::start();
    let (mut web, mut first) = rig.alice_with_device();
    let key = web.walk_to_key();
    let mut second = rig.device();
    second.pair(&key);
    let path = first.path();
    second.call("DELETE", &path, "").is_problem(401, "signature-invalid");
    second.told["device"] = first.told["device"].clone();
    second.call("DELETE", &path, "").is_problem(401, "signature-invalid");
    assert_eq!(first.state().status, 200);
}

#[test]
fn when_it_was_signed_does_not_matter() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    rig.clock.advance(10 * 365 * 24 * 3600);
    assert_eq!(device.state().status, 200);
}

#[test]
fn a_call_works_once() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let path = device.path();
    let headers = device.signed("GET", &path, "");
    assert_eq!(device.https.send("GET", &path, &headers, b"").status, 200);
    device.https.send("GET", &path, &headers, b"").is_problem(401, "nonce-invalid");
}

#[test]
fn a_nonce_that_nobody_gave_or_that_is_over_is_worth_nothing() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let path = device.path();
    let headers = device.sign(&text(&[1; 16]), 0, "GET", &path, "");
    device.https.send("GET", &path, &headers, b"").is_problem(401, "nonce-invalid");
    let headers = device.signed("GET", &path, "");
    rig.clock.advance(120);
    device.https.send("GET", &path, &headers, b"").is_problem(401, "nonce-invalid");
}

#[test]
fn the_count_only_rises() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    device.count = 42;
    assert_eq!(device.state().status, 200);
    for low in [0, 41, 42] {
        device.count = low;
        assert_eq!(device.state().is_problem(409, "count-invalid")["count"], "42");
    }
    device.count = 1_000_000;
    assert_eq!(device.state().status, 200);
}

#[test]
fn a_count_that_cannot_be_counted_is_malformed() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    device.count = u64::MAX;
    let path = device.path();
    let nonce = device.challenge()["nonce"].as_str().expect("a nonce").to_owned();
    let headers = device.sign(&nonce, u64::MAX, "GET", &path, "");
    device.https.send("GET", &path, &headers, b"").is_problem(400, "malformed");
}

#[test]
fn a_counter_that_ran_far_ahead_is_found_by_two_passcodes() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let answer = device.resynchronise(&[device.code(700), device.code(701)]);
    assert_eq!((answer.status, answer.json()), (200, json!({"counter": "702"})));
    assert!(!rig.sign_on(&device.code(701)).is_signed_on());
    assert!(rig.sign_on(&device.code(702)).is_signed_on());
}

#[test]
fn passcodes_that_do_not_follow_each_other_or_are_too_far_are_not_found() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    for (first, second) in [(20, 22), (21, 20), (1001, 1002), (0, 1)] {
        let codes = [device.code(first), device.code(second)];
        device.resynchronise(&codes).is_problem(409, "resync-failed");
    }
    let codes = [device.code(1000), device.code(1001)];
    assert_eq!(device.resynchronise(&codes).json(), json!({"counter": "1002"}));
}

#[test]
fn a_resynchronisation_brings_two_passcodes_and_nothing_else() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    let path = format!("{}/resync", device.path());
    for body in [
        json!({"codes": ["123456"]}),
        json!({"codes": ["123456", "123456", "123456"]}),
        json!({"codes": ["12345", "123456"]}),
        json!({"codes": ["12345x", "123456"]}),
        json!({"codes": ["123456", "123456"], "more": 1}),
        json!({}),
    ] {
        device.call("POST", &path, &body.to_string()).is_problem(400, "malformed");
    }
    let twice = r#"{"codes": ["123456", "123456"], "codes": ["123456", "123456"]}"#;
    device.call("POST", &path, twice).is_problem(400, "malformed");
    device.call("POST", &path, r#"[["123456", "123456"]]"#).is_problem(400, "malformed");
}

#[test]
fn a_device_that_removes_itself_is_gone_and_is_told_so_from_then_on() {
    let rig = Rig::start();
    let (mut web, mut device) = rig.alice_with_device();
    let gone = device.remove();
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    device.remove().is_problem(410, "device-removed");
    device.state().is_problem(410, "device-removed");
    assert!(web.open("/devices").contains("You have no device yet."));
}

#[test]
fn a_tombstone_speaks_only_to_who_can_sign() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    device.remove();
    device.sign = rig.device().sign;
    device.state().is_problem(401, "signature-invalid");
}

#[test]
fn a_device_that_was_never_there_is_unknown() {
    let rig = Rig::start();
    let (_, mut device) = rig.alice_with_device();
    device.told["device"] = json!("d-nobody");
    device.state().is_problem(404, "device-unknown");
}

#[test]
fn a_device_whose_first_passcode_does_not_come_is_removed_in_the_end() {
    let rig = Rig::start();
    let (_, key) = rig.alice_with_key();
    let mut device = rig.device();
    device.pair(&key);
    rig.clock.advance(40 * 60);
    assert_eq!(device.state().status, 200);
    rig.clock.advance(1);
    device.state().is_problem(410, "device-removed");
}
